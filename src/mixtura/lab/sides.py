"""Sides: a Gaussian from a Cholesky factor, on the right side and on the wrong one.

With Σ = L Lᵀ and ε standard normal, the column μ + L ε has covariance Σ. Samples that are rows need the factor on the
other side and turned: μ + ε Lᵀ. Written μ + ε L they have covariance Lᵀ L, which has the trace of Σ but other
directions, so the mistake is easily overlooked.
"""

from dataclasses import dataclass

import numpy as np

from mixtura import GaussianMixture
from mixtura.arrays import Array, FloatArray

__all__ = ["SideCheck", "check_sides"]


@dataclass(frozen=True, eq=False)
class SideCheck:
    """Draws from a mixture with the factor on either side.

    Attributes
    ----------
    right, wrong : array (n, Q)
        Coefficients of the draws, from the same components and the same normal numbers.
    covariance_error : float
        How far Lᵀ L is from Σ: the norm of the difference as a part of the norm of Σ, mean over the components by
        weight.
    trace_error : float
        The same of the traces.
    right_distance, wrong_distance : float
        Median squared distance of a draw from the mean of its component, in the measure of its covariance, for each
        dimension: close to 1 where all is right.
    right_density, wrong_density : float
        Mean log-density of the draws under the mixture, in nats.
    """

    right: FloatArray  # (n, Q)
    wrong: FloatArray  # (n, Q)
    covariance_error: float
    trace_error: float
    right_distance: float
    wrong_distance: float
    right_density: float
    wrong_density: float


def check_sides(mixture: GaussianMixture, scales: FloatArray, n: int, random_state: int) -> SideCheck:
    """Draw from a mixture of coefficients with the factor on either side.

    Parameters
    ----------
    mixture : GaussianMixture
        Fitted to coefficients (N, Q), with full covariances.
    scales : array (Q,)
        What the coefficients are divided by before the factor is taken: the singular values, for a mixture of left
        singular vectors. The right draws do not depend on them, the wrong ones do.
    n : int
        How many draws.
    random_state : int
        Seeds them.
    """
    random = np.random.default_rng(random_state)
    labels = random.choice(mixture.n_components, size=n, p=mixture.weights_)
    normal = random.standard_normal((n, len(scales)))
    covariances = mixture.covariances_ / np.outer(scales, scales)  # (K, Q, Q)
    factors = np.linalg.cholesky(covariances)  # (K, Q, Q), lower
    swapped = np.swapaxes(factors, 1, 2) @ factors  # (K, Q, Q), Lᵀ L
    steps = {"right": np.empty_like(normal), "wrong": np.empty_like(normal)}
    for k in np.unique(labels):
        rows = labels == k
        steps["right"][rows] = normal[rows] @ factors[k].T
        steps["wrong"][rows] = normal[rows] @ factors[k]
    draws = {side: mixture.means_[labels] + step * scales for side, step in steps.items()}
    distances = {side: _squared_distance(step, factors, labels) for side, step in steps.items()}
    norms, traces = np.linalg.norm(covariances, axis=(1, 2)), np.trace(covariances, axis1=1, axis2=2)  # (K,)
    return SideCheck(
        draws["right"],
        draws["wrong"],
        covariance_error=float(mixture.weights_ @ (np.linalg.norm(swapped - covariances, axis=(1, 2)) / norms)),
        trace_error=float(mixture.weights_ @ np.abs(np.trace(swapped, axis1=1, axis2=2) / traces - 1)),
        right_distance=distances["right"],
        wrong_distance=distances["wrong"],
        right_density=float(mixture.score(draws["right"])),
        wrong_density=float(mixture.score(draws["wrong"])),
    )


def _squared_distance(steps: Array, factors: Array, labels: Array) -> float:
    """Return the median squared length, for each dimension, of steps (n, Q) in the measure of their components."""
    lengths = np.empty(len(steps))
    for k in np.unique(labels):
        rows = labels == k
        lengths[rows] = (np.linalg.solve(factors[k], steps[rows].T) ** 2).mean(axis=0)
    return float(np.median(lengths))
