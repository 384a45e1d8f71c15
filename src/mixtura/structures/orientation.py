"""Orientation: axes that all components share, while shapes vary (EVE, VVE).

Along axes D, component k has the second moments s_kj = d_jᵀ W_k d_j. With those as variances (VVE), or scaled to one
volume (EVE), what is left to minimise over orthogonal D is

    VVE:  Σ_k p_k Σ_j log s_kj            EVE:  D log Σ_k p_k v_k,  v_k = (Π_j s_kj)^(1/D),

Flury's criterion of common principal components (1984) and its match for one volume. Browne and McNicholas (2014),
"Estimating common principal components in high dimensions", minimise it by majorisation, in steps that are safe and
short. Here all axes turn at once, by Newton's step in the angles of their planes, with every curvature taken as
positive; where there are so many planes that this is dear, by each plane's own curvature near the minimum (Ablin,
Cardoso and Gramfort 2018, "Beyond Pham's algorithm for joint diagonalization", section 3). A turn that does not lower
the objective is halved until it does, so the objective never rises.

There may be several minima, so several beginnings are tried, the lowest first, and the best end is taken. The search
stops when no product of two axes is wrong by more than ``_TOLERANCE`` of their deviations, or after ``_MOST_TURNS``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.linalg.lapack import dposv

from mixtura.arrays import FloatArray, IntArray
from mixtura.structures.family import Part

__all__ = ["fit_orientation"]

_TOLERANCE = 1e-7
_MOST_TURNS = 100
_MOST_STARTS = 4
_PATIENCE = 3
"""Turns without a gain that rounding does not hide, after which rounding is all that is left."""

_MOST_PLANES = 190
"""Up to 20 features, the curvature of all planes together is worth its price."""

_WIDEST = 0.7
"""Farthest that a step turns a plane, in radians: half of what would bring all axes to each other's places."""

_ROUND = 1e-10
"""The least curvature of a plane, so that in one where all components are round nothing turns on rounding."""


@dataclass(frozen=True, eq=False)
class _Point:
    """The objective at some axes, and what its derivatives need."""

    axes: FloatArray  # (D, D)
    rotated: FloatArray  # second moments in these axes (K, D, D)
    along: FloatArray  # their diagonals (K, D)
    weights: FloatArray  # what each component weighs in the slope (K,)
    coupling: float
    objective: float


def fit_orientation(
    shares: FloatArray, within: FloatArray, volume: Part, candidates: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the axes (D, D), in columns, that best serve all second moments ``within``, and moments along them (K, D).

    Parameters
    ----------
    shares : ndarray of shape (K,)
    within : ndarray of shape (K, D, D)
        Positive definite.
    volume : {"equal", "varying"}
    candidates : ndarray of shape (C, D, D)
        Axes to begin with; no result is worse than any of these.
    """
    measure = _OBJECTIVES[volume]
    rounding = np.finfo(np.float64).eps * np.trace(within, axis1=1, axis2=2)[:, None]

    def look(axes: FloatArray) -> _Point:
        rotated = axes.T @ within @ axes
        along = np.maximum(np.diagonal(rotated, axis1=1, axis2=2), rounding)  # less is noise, and seems a gain
        objective, weights, coupling = measure(shares, along)
        return _Point(axes, rotated, along, weights, coupling, float(objective))

    starts = sorted((look(axes) for axes in candidates), key=lambda point: point.objective)[:_MOST_STARTS]
    ends = [_descend(start, look) for start in starts]
    best = min(ends, key=lambda point: point.objective)
    return best.axes, best.along


def _descend(here: _Point, look: Callable[[FloatArray], _Point]) -> _Point:
    """Turn the axes until they are right."""
    stalled = 0
    for _ in range(_MOST_TURNS):
        angles, error = _newton(here)
        if error <= _TOLERANCE or stalled >= _PATIENCE:
            break
        slack = 1e-15 * abs(here.objective)
        ahead = look(_turn(here.axes, angles))
        while ahead.objective > here.objective + slack and np.abs(angles).max() > 1e-12:
            angles = angles / 2
            ahead = look(_turn(here.axes, angles))
        if ahead.objective > here.objective + slack:
            break
        stalled = stalled + 1 if ahead.objective >= here.objective - slack else 0
        here = ahead
    return here


@cache
def _planes(n_features: int) -> tuple[IntArray, IntArray]:
    """Return the two axes of each plane (P,), P = D (D - 1) / 2."""
    return np.triu_indices(n_features, 1)


def _newton(here: _Point) -> tuple[FloatArray, float]:
    """Return by which skew matrix (D, D) to turn the axes, and how wrong the products of two axes are."""
    n_features = len(here.axes)
    first, second = _planes(n_features)
    if not first.size:
        return np.zeros((n_features, n_features)), 0.0
    scaled = here.rotated / here.along[:, :, None]  # (K, D, D): R_kij / s_ki
    slopes = 2 * (scaled - np.swapaxes(scaled, 1, 2))[:, first, second]  # (K, P)
    slope = here.weights @ slopes
    ratios = here.along[:, second] / here.along[:, first]  # (K, P)
    single = 2 * here.weights @ (ratios + 1 / ratios - 2) + _ROUND  # each plane's curvature where products vanish
    error = float(np.abs(slope / np.sqrt(single)).max())
    if first.size > _MOST_PLANES:
        angles = -slope / single
    else:
        curvature = _curvature(here, scaled, first, second)
        curvature += here.coupling * ((slopes * here.weights[:, None]).T @ slopes - np.outer(slope, slope))
        angles = -_solve_upwards(curvature, slope)
    angles *= min(1.0, _WIDEST / max(float(np.abs(angles).max()), np.finfo(float).tiny))
    skew = np.zeros((n_features, n_features))
    skew[second, first], skew[first, second] = angles, -angles
    return skew, error


def _curvature(here: _Point, scaled: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """Return the second derivatives (P, P) of Σ_k m_k Σ_j log s_kj in the angles of the planes, weights m_k fixed.

    To second order axis j becomes d_j + Σ_a d_a (S + S² / 2)_aj, with S the skew matrix of the angles.
    """
    n_features = len(here.axes)
    cube = (n_features,) * 3
    mean = (here.weights @ scaled.reshape(len(scaled), -1)).reshape(cube[:2])
    bent = ((here.weights[:, None] / here.along).T @ here.rotated.reshape(len(scaled), -1)).reshape(cube)
    spokes = np.swapaxes(scaled * np.sqrt(2 * here.weights)[:, None, None], 0, 1)  # (D, K, D)
    bent -= np.swapaxes(spokes, 1, 2) @ spokes
    whole = np.zeros((n_features,) * 4)  # of S_ai and S_bj
    every = np.arange(n_features)
    whole[:, every, :, every] += bent
    whole[:, every, every, :] += mean.T[:, None, :] / 2
    whole[every, :, :, every] += mean / 2
    whole -= np.swapaxes(whole, 0, 1)
    whole -= np.swapaxes(whole, 2, 3)
    return 2 * whole[second, first][:, second, first]


def _solve_upwards(curvature: FloatArray, slope: FloatArray) -> FloatArray:
    """Solve for Newton's step, with the curvature of each direction that bends down turned up."""
    curvature.flat[:: len(curvature) + 1] += _ROUND
    _, step, failed = dposv(curvature, slope)
    if failed:
        values, vectors = np.linalg.eigh(curvature)
        step = vectors @ (vectors.T @ slope / np.maximum(np.abs(values), _ROUND))
    return np.asarray(step)


def _turn(axes: FloatArray, skew: FloatArray) -> FloatArray:
    """Return axes turned by Cayley's rotation of a skew matrix: they stay orthogonal."""
    identity = np.eye(len(axes))
    turned: FloatArray = axes @ np.linalg.solve(identity - skew / 2, identity + skew / 2)
    return turned


def _varying_volume(shares: FloatArray, along: FloatArray) -> tuple[float, FloatArray, float]:
    """Return VVE's objective, what each component weighs in its slope, and how much slopes themselves bend it."""
    return float(shares @ np.log(along).sum(axis=1)), shares, 0.0


def _equal_volume(shares: FloatArray, along: FloatArray) -> tuple[float, FloatArray, float]:
    """Return the same of EVE."""
    parts = shares * np.exp(np.log(along).mean(axis=1))  # (K,)
    n_features = along.shape[1]
    return float(n_features * np.log(parts.sum())), parts / parts.sum(), 1 / n_features


_OBJECTIVES: dict[Part, Callable[[FloatArray, FloatArray], tuple[float, FloatArray, float]]] = {
    "varying": _varying_volume,
    "equal": _equal_volume,
}
