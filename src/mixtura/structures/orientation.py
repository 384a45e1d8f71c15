"""Orientation: axes that all components share, while shapes vary (EVE, VVE).

Along axes D, component k has the second moments s_kj = d_jᵀ W_k d_j. With those as variances (VVE), or scaled to one
volume (EVE), what is left to minimise over orthogonal D is

    VVE:  Σ_k p_k Σ_j log s_kj            EVE:  D log Σ_k p_k v_k,  v_k = (Π_j s_kj)^(1/D),

Flury's criterion of common principal components and its match for one volume (Browne and McNicholas 2014, "Estimating
common principal components in high dimensions", who minimise it by majorisation, with steps that are safe and short).
Here all pairs of axes turn at once, each by the angle that minimises the objective to second order if the axes were
nearly right, ½ arctan(2 g / h): for one component that is Jacobi's rotation (Flury and Gautschi 1986; Ablin, Cardoso
and Gramfort 2018, "Beyond Pham's algorithm for joint diagonalization", section 3). A turn that does not lower the
objective is halved until it does, so the objective never rises.

There may be several minima, so the search begins at the best of several axes, the previous ones among them. It stops
when no product of two axes is wrong by more than ``_TOLERANCE`` of their deviations, or after ``_MOST_TURNS``.
"""

from collections.abc import Callable

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.structures.family import Part

__all__ = ["fit_orientation"]

_TOLERANCE = 1e-10
_MOST_TURNS = 200
_PATIENCE = 10
"""Turns without a gain that rounding does not hide, after which rounding is all that is left."""

_ROUND = 1e-10
"""Added to the curvature of a plane, so that in a plane where all components are round nothing turns on rounding."""


def fit_orientation(shares: FloatArray, within: FloatArray, volume: Part, candidates: FloatArray) -> FloatArray:
    """Return the axes (D, D), in columns, that best serve all second moments ``within`` (K, D, D).

    Parameters
    ----------
    shares : ndarray of shape (K,)
    within : ndarray of shape (K, D, D)
    volume : {"equal", "varying"}
    candidates : ndarray of shape (C, D, D)
        Axes to begin with; no result is worse than any of these.
    """
    measure = _OBJECTIVES[volume]
    values, _ = measure(shares, _moments_along(candidates, within))
    axes = candidates[int(np.argmin(values))]
    value, stalled = float(values.min()), 0
    identity = np.eye(len(axes))
    for _ in range(_MOST_TURNS):
        rotated = axes.T @ within @ axes  # (K, D, D)
        along = np.diagonal(rotated, axis1=1, axis2=2)  # (K, D)
        _, weights = measure(shares, along)
        ratios = along[:, None, :] / along[:, :, None]  # (K, D, D): s_kj / s_ki
        scaled = weights[:, None, None] * rotated / along[:, :, None]
        slope = scaled.sum(axis=0)
        slope = slope - slope.T  # (D, D): Σ_k m_k R_kij (1 / s_ki - 1 / s_kj)
        curvature = np.einsum("k,kij->ij", weights, ratios)
        curvature = curvature + curvature.T - 2 * weights.sum() + _ROUND
        if np.abs(slope / np.sqrt(curvature)).max() <= _TOLERANCE or stalled >= _PATIENCE:
            break
        angles = 0.5 * np.arctan2(2 * slope, curvature)  # (D, D), skew
        for _ in range(40):
            turned = axes @ np.linalg.solve(identity - angles / 2, identity + angles / 2)  # Cayley: a rotation
            ahead = float(measure(shares, _moments_along(turned, within))[0])
            if ahead <= value + 1e-15 * abs(value):
                break
            angles = angles / 2
        else:
            break
        stalled = 0 if ahead < value - 1e-15 * abs(value) else stalled + 1
        axes, value = turned, ahead
    return axes


def _moments_along(axes: FloatArray, within: FloatArray) -> FloatArray:
    """Return d_jᵀ W_k d_j for each axis of one set (D, D) or several (C, D, D): (K, D) or (C, K, D)."""
    sets = axes[..., None, :, :]  # (..., 1, D, D)
    return np.einsum("...kdj,...kdj->...kj", np.broadcast_to(sets, np.shape(within @ sets)), within @ sets)


def _varying_volume(shares: FloatArray, along: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the objective of VVE for moments along axes (..., K, D), and what each component weighs in its slope."""
    return np.log(along).sum(axis=-1) @ shares, shares


def _equal_volume(shares: FloatArray, along: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the same of EVE."""
    parts = shares * np.exp(np.log(along).mean(axis=-1))  # (..., K)
    volume = parts.sum(axis=-1)
    return along.shape[-1] * np.log(volume), parts / volume[..., None]


_OBJECTIVES: dict[Part, Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]] = {
    "varying": _varying_volume,
    "equal": _equal_volume,
}
