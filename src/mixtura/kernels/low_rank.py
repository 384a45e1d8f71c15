"""Low-rank covariances in the compiled kernel: what it needs to know of a mixture, and the leading directions.

The kernel skips a component for a row where a few leading directions alone say that it cannot matter. They are those in
which the means differ most, in units of the noise; any choice is right, a better one skips more.
"""

from dataclasses import replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from mixtura.arrays import Array, FloatArray
from mixtura.kernels import _native, wanted
from mixtura.kernels.contract import Assignment
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, TRACE, Need, Projected

__all__ = ["assign", "gather", "responsibilities", "serves", "sweep"]

_LEADING = 48
"""At most so many leading directions; they cost half their square for a pair of a row and a component."""

_FEATURES = 64
"""Fewer features are quicker evaluated than bounded."""

_CERTAIN = float(np.sqrt(np.finfo(np.float64).eps))
"""Share of a variance that must be left unexplained by earlier directions for half of its digits to be certain."""


def sweep(instruction_set: str, rows: Array, weights: FloatArray | None, mixture: Mixture, moments: Moments) -> None:
    """Add ``rows`` (n, D) under the responsibilities of ``mixture`` to ``moments``, whose need is one of ``serves``."""
    if isinstance(moments.need, Projected):
        _native.low_rank_sweep(
            instruction_set, rows, weights, **_model(mixture), **_sums(moments), wanted=wanted.flag()
        )
        return
    n_components, n_features = moments.centres.shape
    squares = np.zeros((n_components, 1, n_features))
    alone = replace(moments, need=Projected(np.empty((n_components, 0, n_features))), second=squares)
    _native.low_rank_sweep(instruction_set, rows, weights, **_model(mixture), **_sums(alone), wanted=wanted.flag())
    moments.second[...] += squares[:, 0].sum(axis=1) if moments.need is TRACE else squares[:, 0]


def serves(need: Need) -> bool:
    """Whether the compiled kernel sums this second moment for low-rank covariances: all but products of features."""
    return isinstance(need, Projected) or need in (TRACE, DIAGONAL)


def gather(instruction_set: str, rows: Array, weights: FloatArray | None, labels: Array, moments: Moments) -> None:
    """Add ``rows`` (n, D) under given labels (n,) to ``moments``."""
    _native.projected_gather(instruction_set, rows, weights, labels, **_sums(moments), wanted=wanted.flag())


def assign(instruction_set: str, rows: Array, mixture: Mixture, out: Assignment) -> None:
    """Fill ``out`` with the log-density, the most probable component and its responsibility of each row."""
    outputs = {"densities": out.log_densities, "labels": out.labels, "confidences": out.confidences}
    _native.low_rank_assign(instruction_set, rows, **_model(mixture), **outputs, wanted=wanted.flag())


def responsibilities(instruction_set: str, rows: Array, mixture: Mixture, out: FloatArray) -> None:
    """Fill ``out`` (n, K) with responsibilities."""
    _native.low_rank_responsibilities(instruction_set, rows, **_model(mixture), out=out, wanted=wanted.flag())


_models: WeakKeyDictionary[Mixture, dict[str, Any]] = WeakKeyDictionary()
_making = Lock()


def _model(mixture: Mixture) -> dict[str, Any]:
    """Return what the kernel needs of a mixture, made once however many threads ask for it."""
    with _making:
        if mixture not in _models:
            _models[mixture] = _made(mixture)
        return _models[mixture]


def _made(mixture: Mixture) -> dict[str, Any]:
    form = mixture.covariances
    assert isinstance(form, LowRank)
    centre = mixture.weights @ mixture.means  # (D,)
    leading, means, roots = _leading(mixture, form, centre)
    return {
        "means": np.ascontiguousarray(mixture.means),
        "whiteners": np.ascontiguousarray(form.whiteners),
        "log_scales": np.ascontiguousarray(mixture.log_scales),
        "centre": centre,
        "leading": leading,
        "lead_means": means,
        "lead_roots": roots,
    }


def _leading(mixture: Mixture, form: LowRank, centre: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return directions (L, D), the means along them (K, L), and upper factors (K, L, L) of the precisions there."""
    n_components, n_features = mixture.means.shape
    n_leading = min(_LEADING, n_components - 1) if n_features >= _FEATURES else 0
    units = np.sqrt(np.average(form.noise, axis=0, weights=mixture.weights))  # (D,)
    with np.errstate(over="ignore"):
        apart = np.sqrt(mixture.weights)[:, None] * (mixture.means - centre) / units
    if not n_leading or not np.isfinite(apart).all():
        return np.empty((0, n_features)), np.empty((n_components, 0)), np.empty((n_components, 0, 0))
    leading = np.linalg.svd(apart, full_matrices=False)[2][:n_leading] / units
    loadings = form.loadings @ leading.T  # (K, Q, L)
    covariances = (leading * form.noise[:, None]) @ leading.T  # (K, L, L)
    covariances += loadings.transpose(0, 2, 1) @ loadings
    roots = np.stack([_root(covariance) for covariance in covariances])
    return np.ascontiguousarray(leading), (mixture.means - centre) @ leading.T, roots


def _root(covariance: FloatArray) -> FloatArray:
    """Return the upper factor (L, L) of the inverse of a covariance; where digits do not allow it, 0, which bounds too.

    Where a factor is so much larger than the noise that a pivot is mostly rounding, so would be the bound.
    """
    factor, failed = dpotrf(covariance, lower=True)
    if failed or (np.square(factor.diagonal()) <= _CERTAIN * covariance.diagonal()).any():
        return np.zeros_like(covariance)
    root: FloatArray = np.ascontiguousarray(dtrtri(factor, lower=True)[0].T)
    return root


def _sums(moments: Moments) -> dict[str, Any]:
    assert isinstance(moments.need, Projected)
    return {
        "directions": np.ascontiguousarray(moments.need.directions),
        "centres": np.ascontiguousarray(moments.centres),
        "counts": moments.counts,
        "first": moments.first,
        "second": moments.second,
        "log_likelihood": moments.log_likelihood,
        "weight": moments.weight,
    }
