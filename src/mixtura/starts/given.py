"""Starts that are given: memberships, a function that makes them, and parameters that override a start."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from scipy.optimize import linear_sum_assignment

from mixtura.arrays import Array, FloatArray
from mixtura.forms import Form
from mixtura.mixture import Mixture
from mixtura.starts.contract import Start
from mixtura.starts.ground import Ground

__all__ = ["GivenMemberships", "GivenParameters"]


@dataclass(frozen=True, eq=False)
class GivenMemberships:
    """Begin with a maximisation under labels (N,) or responsibilities (N, K)."""

    memberships: Callable[[RandomState], Array]

    def __call__(self, ground: Ground, random: RandomState) -> Mixture:
        """Ask for the memberships and maximise under them."""
        return ground.from_memberships(self.memberships(random))


@dataclass(frozen=True, eq=False)
class GivenParameters:
    """Begin with the parameters that a user gave, and take the others from rows or another start.

    With means given, each row first goes to the nearest of them, so that covariances belong to their means whatever
    the order; the weights are then equal, so that no component begins without weight. Without means, the order of the
    other start is arbitrary, so the given weights and covariances go where they fit best. With all three given, no
    start runs.
    """

    weights: FloatArray | None  # (K,)
    means: FloatArray | None  # (K, D)
    covariances: Form | None
    otherwise: Start

    def __call__(self, ground: Ground, random: RandomState) -> Mixture:
        """Assemble the start."""
        weights, means, covariances = self.weights, self.means, self.covariances
        if means is None:
            rest = self.otherwise(ground, random)
            order = _best_order(weights, covariances, rest)
            weights = rest.weights if weights is None else weights[order]
            covariances = rest.covariances if covariances is None else covariances.select(order)
            return Mixture(weights, rest.means, covariances)
        if weights is None:
            weights = np.full(len(means), 1.0 / len(means))
        if covariances is None:
            covariances = ground.from_points(means).covariances
        return Mixture(weights, means, covariances)


def _best_order(weights: FloatArray | None, covariances: Form | None, rest: Mixture) -> list[int]:
    """Return which given component each component of ``rest`` takes: the order of highest expected log-likelihood."""
    n_components = rest.n_components
    gain = np.zeros((n_components, n_components))  # of rows of component j (first axis) under given component k
    if weights is not None:
        gain += np.log(np.maximum(weights, np.finfo(float).tiny))
    if covariances is not None:
        inverse = covariances.inverse()
        precisions = inverse.expand(n_components)  # (K, D, D)
        groups = np.stack([rest.covariances.matrix(j) for j in range(n_components)])  # (K, D, D)
        gain -= covariances.half_log_determinants + 0.5 * np.einsum("kde,jde->jk", precisions, groups)
    _, order = linear_sum_assignment(rest.weights[:, None] * gain, maximize=True)
    return [int(k) for k in order]
