"""Axes: how ellipsoids in any direction are maximised, by what of them is common.

Along known axes the rest is ``shapes.py``. Axes of their own are the eigenvectors of each component's scatter (Celeux
and Govaert 1995, section 4.1); where shape varies with them no eigenvectors are needed, nor where shape and orientation
are both common. A common orientation alone is found in ``orientation.py``.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.compiled import compiled_for
from mixtura.forms import Dense, NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.structures.family import Family, Part
from mixtura.structures.orientation import fit_orientation
from mixtura.structures.shapes import SHAPES, log_volumes
from mixtura.structures.volumes import fit_volumes

__all__ = ["AXES", "fit_ellipsoids"]

_FEW = 8
"""Features up to which the compiled twin is the quicker: it finds eigenvectors plainly."""

_ALIKE = 1e-7
"""Largest correlation between axes that rounding alone leaves."""

Maximise: TypeAlias = Callable[[FloatArray, FloatArray, Mixture, Part], FloatArray]
"""From shares (K,), second moments within components (K, D, D), the previous mixture and how volumes are to the best
covariances (K, D, D)."""


def _free(shares: FloatArray, within: FloatArray, previous: Mixture, volume: Part) -> FloatArray:
    """EVV, VVV: each its own; for one volume scaled to the mean of |W_k|^(1/D)."""
    if volume == "varying":
        return within
    volumes = np.exp(Dense(within).log_volumes)  # (K,)
    return within * (shares @ volumes / volumes)[:, None, None]


def _own_axes(shares: FloatArray, within: FloatArray, previous: Mixture, volume: Part) -> FloatArray:
    """EEV, VEV: one shape along the eigenvectors of each, the longest axis with the longest."""
    along, axes = np.linalg.eigh(within)  # (K, D), (K, D, D)
    fitted = SHAPES[volume, "equal"](shares, np.maximum(along, 0.0), previous)
    return _ellipsoids(axes, fitted)


def _common_form(shares: FloatArray, within: FloatArray, previous: Mixture, volume: Part) -> FloatArray:
    """VEE: one shape and orientation (with one volume too, it is a structure of its own, ``tied.py``)."""
    return fit_volumes(shares, within, log_volumes(previous))


def _common_axes(shares: FloatArray, within: FloatArray, previous: Mixture, volume: Part) -> FloatArray:
    """EVE, VVE: shapes of their own along common axes."""
    volumes = np.exp(Dense(within).log_volumes)  # (K,); a component without volume is refused
    before = _matrices(previous)
    scales = np.exp(-log_volumes(previous))
    candidates = np.linalg.eigh(np.einsum("k,kde->de", shares * scales, before))[1][None]
    if not _are_axes(candidates[0], before):  # the previous mixture was none of this family
        pooled = np.einsum("k,kde->de", shares / volumes, within)
        candidates = np.concatenate([candidates, np.linalg.eigh(np.concatenate([pooled[None], within]))[1]])
    axes, along = fit_orientation(shares, within, volume, candidates)
    return _ellipsoids(axes, SHAPES[volume, "varying"](shares, along, previous))


def _matrices(previous: Mixture) -> FloatArray:
    return previous.covariances.expand(previous.n_components)  # (K, D, D)


def _are_axes(axes: FloatArray, covariances: FloatArray) -> bool:
    """Return whether all covariances (K, D, D) have these axes (D, D), to rounding of their deviations."""
    rotated = axes.T @ covariances @ axes
    along = np.diagonal(rotated, axis1=1, axis2=2)  # (K, D)
    deviations = np.sqrt(np.maximum(along, np.finfo(float).tiny))
    correlations = rotated / deviations[:, :, None] / deviations[:, None, :] - np.eye(len(axes))
    return bool(np.abs(correlations).max() < _ALIKE)


def _ellipsoids(axes: FloatArray, variances: FloatArray) -> FloatArray:
    """Return the covariances (K, D, D) with variances (K, D) along axes (D, D) or (K, D, D), exactly symmetric."""
    matrices = (axes * variances[:, None, :]) @ np.swapaxes(axes, -1, -2)
    return (matrices + np.swapaxes(matrices, -1, -2)) / 2


AXES: dict[tuple[Part, Part], Maximise] = {
    ("varying", "varying"): _free,
    ("equal", "varying"): _own_axes,
    ("equal", "equal"): _common_form,
    ("varying", "equal"): _common_axes,
}
"""What to do for a shape and an orientation."""


def fit_ellipsoids(family: Family, shares: FloatArray, within: FloatArray, previous: Mixture) -> FloatArray:
    """Return the best covariances (K, D, D) of a family, from second moments within components of such shares (K,).

    Raises
    ------
    NotPositiveDefiniteError
        If a component has no volume, where volumes are compared.
    """
    parts = (family.volume, family.shape, family.orientation)
    functions = compiled_for(within.shape[1], most=_FEW) if "equal" in parts else None
    if functions is None:
        return AXES[family.shape, family.orientation](shares, within, previous, family.volume)
    out = np.empty(within.shape)
    equal = [part == "equal" for part in parts]
    failed = functions.fit_ellipsoids(*equal, shares, within, _matrices(previous), log_volumes(previous), out)
    if failed >= 0:
        raise NotPositiveDefiniteError(failed)
    return out
