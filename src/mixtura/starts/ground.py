"""Ground: what is known before the first iteration, and the steps that lead from a guess to a mixture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixtura import em
from mixtura.arrays import Array, FloatArray
from mixtura.engines.memory import Memory
from mixtura.forms import Dense, Diagonal, Form
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, Need
from mixtura.regularisation import Regularisation, constant_features
from mixtura.structures.contract import Structure

__all__ = ["Ground"]

_CANCELLATION = 1e4
"""Sums that lose more than these four digits are gathered again."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What a start stands on.

    Parameters
    ----------
    engine : Memory
        The rows, all of positive weight.
    structure : Structure
        The family of covariances that EM will fit.
    regularisation : Regularisation
        What EM will add to every variance.
    whole : Mixture
        One Gaussian fitted to all rows: the scale of the data, and what a component without rows falls back on.
    constant : ndarray of shape (D,)
        Which features do not vary.
    n_components : int
        How many components are wanted.
    """

    engine: Memory
    structure: Structure
    regularisation: Regularisation
    whole: Mixture  # one component
    constant: NDArray[np.bool_]  # (D,)
    n_components: int

    @classmethod
    def survey(cls, engine: Memory, structure: Structure, n_components: int, reg_covar: float | str) -> "Ground":
        """Measure the data: mean and variances, from which the regularisation follows, then one Gaussian for all.

        Raises
        ------
        NotPositiveDefiniteError
            If even one Gaussian for all rows is singular, regularisation included.
        """
        everyone = np.broadcast_to(np.intp(0), len(engine.rows))  # all rows in component 0
        moments = _gather(engine, everyone, DIAGONAL, engine.rows[:1].astype(np.float64))
        means = moments.means  # (1, D)
        variances = moments.scatter[0] / moments.counts[0]  # (D,)
        regularisation = (
            Regularisation.automatic(means[0], variances)
            if isinstance(reg_covar, str)
            else Regularisation.absolute(float(reg_covar), means[0], variances)
        )
        # A constant feature has a scale here too: whether its variance of 0 will do is for the family to say.
        scales = np.where(variances > 0, variances, variances.max()) + regularisation.base
        independent = Mixture(np.ones(1), means, Diagonal(scales[None]))
        whole = _settle(engine, structure, everyone, independent, regularisation, structure.rounds)
        constant = constant_features(means[0], variances)
        return cls(engine, structure, regularisation, whole, constant, n_components)

    def spread(self, means: FloatArray) -> Mixture:
        """Put components of equal weight at ``means`` (K, D), each with the covariance of the whole data."""
        shares = np.full(len(means), 1.0 / len(means))
        return Mixture(shares, means, self.whole.covariances.select([0] * len(means)))

    def from_memberships(self, memberships: Array) -> Mixture:
        """Maximise under labels (N,) or responsibilities (N, K)."""
        begin = self.spread(np.repeat(self.whole.means, self.n_components, axis=0))
        moments = _gather(self.engine, memberships, self.structure.need_of(begin), begin.means)
        mixture = em.maximise(self.structure, moments, begin, self.regularisation)
        return _settle(
            self.engine, self.structure, memberships, mixture, self.regularisation, self.structure.rounds - 1
        )

    def from_points(self, points: FloatArray, metric: Form | None = None) -> Mixture:
        """Give each row to the nearest of ``points`` (K, D), then maximise.

        Distances are measured in the covariance ``metric``, by default with features scaled to unit variance.
        """
        units = Diagonal(self.whole.covariances.variances) if metric is None else metric
        shares = np.full(len(points), 1.0 / len(points))
        shared = Dense(units.matrices, shared=True) if isinstance(units, Dense) else units.select([0] * len(points))
        cells = Mixture(shares, points, shared)
        return self.from_memberships(self.engine.assign(cells).labels)


def _gather(engine: Memory, memberships: Array, need: Need, centres: FloatArray) -> Moments:
    """Return moments under fixed memberships; where digits cancel about the centres, about the means instead."""
    moments = engine.gather(memberships, need, centres)
    return engine.gather(memberships, need, moments.means) if moments.cancels(_CANCELLATION) else moments


def _settle(
    engine: Memory,
    structure: Structure,
    memberships: Array,
    mixture: Mixture,
    regularisation: Regularisation,
    rounds: int,
) -> Mixture:
    """Maximise under fixed memberships so many times, from a ``mixture`` whose means are theirs."""
    for _ in range(rounds):
        moments = engine.gather(memberships, structure.need_of(mixture), mixture.means)
        mixture = em.maximise(structure, moments, mixture, regularisation)
    return mixture
