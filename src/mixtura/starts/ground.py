"""Ground: what is known before the first iteration, and the steps that lead from a guess to a mixture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixtura import em
from mixtura.arrays import Array, FloatArray
from mixtura.engines.memory import Memory
from mixtura.forms import Dense, Diagonal, Form
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, Need, Projected
from mixtura.regularisation import Regularisation, constant_features
from mixtura.structures.contract import Structure

__all__ = ["Ground"]

_CANCELLATION = 1e4
"""Sums that lose more than these four digits are gathered again."""

_SHARPNESS = 2.0**-40
"""What covariances are multiplied by so that only exact ties are shared: a power of two, which rounds nothing."""

_LEAST = 1e-200
"""Variances that stay in range when sharpened and inverted."""

Sums = Callable[[Need, FloatArray], Moments]
"""Moments of all rows that a need keeps, about centres (K, D)."""


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

        def sums(need: Need, centres: FloatArray) -> Moments:
            return engine.gather(everyone, need, centres)

        moments = _once_or_twice(sums, DIAGONAL, engine.rows[:1].astype(np.float64))
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
        whole = _settle(sums, structure, independent, regularisation, structure.rounds)
        constant = constant_features(means[0], variances)
        return cls(engine, structure, regularisation, whole, constant, n_components)

    def spread(self, means: FloatArray) -> Mixture:
        """Put components of equal weight at ``means`` (K, D), each with the covariance of the whole data."""
        shares = np.full(len(means), 1.0 / len(means))
        return Mixture(shares, means, self.whole.covariances.select([0] * len(means)))

    def from_memberships(self, memberships: Array) -> Mixture:
        """Maximise under labels (N,) or responsibilities (N, K)."""
        return self._maximise(lambda need, centres: self.engine.gather(memberships, need, centres))

    def from_points(self, points: FloatArray, metric: Form | None = None) -> Mixture:
        """Give each row to the nearest of ``points`` (K, D), then maximise.

        Distances are measured in the covariance ``metric``, by default with features scaled to unit variance. Where
        rows and covariances allow it that is one sweep, of components so tight that the nearest has all of a row.
        """
        units = Diagonal(self.whole.covariances.variances) if metric is None else metric
        first = np.unique(points, axis=0, return_index=True)[1]
        shares = np.zeros(len(points))  # a point that is there twice has its rows once
        shares[first] = 1.0 / len(first)
        tight = _SHARPNESS if self._sharpens(units) else 1.0
        shared = (
            Dense(tight * units.matrices, shared=True)
            if isinstance(units, Dense)
            else Diagonal(np.repeat(tight * units.variances, len(points), axis=0))
        )
        cells = Mixture(shares, points, shared)
        if tight == 1.0:
            return self.from_memberships(self.engine.assign(cells).labels)
        return self._maximise(lambda need, centres: self.engine.sweep(cells, need, centres))

    def _sharpens(self, units: Form) -> bool:
        """Whether a sweep can serve: float32 would lose the digits that tell points apart, projections need labels."""
        squares = units.variances
        kept = self.engine.rows.dtype == np.float64 and not isinstance(self.structure.need_of(self.whole), Projected)
        return bool(kept and squares.min() > _LEAST and squares.max() < 1.0 / _LEAST)

    def _maximise(self, sums: Sums) -> Mixture:
        """Maximise under memberships that stay, from one Gaussian for all rows."""
        begin = self.spread(np.repeat(self.whole.means, self.n_components, axis=0))
        # Directions of all rows are seldom those of a component, and are left slowly: it looks for its own.
        variances = np.repeat(self.whole.covariances.variances, self.n_components, axis=0)  # (K, D)
        blank = Mixture(begin.weights, begin.means, Diagonal(variances))
        moments = _once_or_twice(sums, self.structure.need_of(blank), begin.means)
        mixture = em.maximise(self.structure, moments, begin, self.regularisation)
        return _settle(sums, self.structure, mixture, self.regularisation, self.structure.rounds - 1)


def _once_or_twice(sums: Sums, need: Need, centres: FloatArray) -> Moments:
    """Return moments under fixed memberships; where digits cancel about the centres, about the means instead."""
    moments = sums(need, centres)
    return sums(need, moments.means) if moments.cancels(_CANCELLATION) else moments


def _settle(sums: Sums, structure: Structure, mixture: Mixture, regularisation: Regularisation, rounds: int) -> Mixture:
    """Maximise under fixed memberships so many times, from a ``mixture`` whose means are theirs."""
    for _ in range(rounds):
        moments = sums(structure.need_of(mixture), mixture.means)
        mixture = em.maximise(structure, moments, mixture, regularisation)
    return mixture
