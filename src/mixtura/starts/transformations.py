"""Transformations of the rows before a hierarchical clustering, as R's mclust names them (its option ``use``).

A hierarchical clustering is never undone, so the coordinates in which it begins decide much of what it finds: Scrucca
and Raftery (2015), "Improved initialisation of model-based clustering using Gaussian hierarchical partitions", Advances
in Data Analysis and Classification 9(4), section 3. All but ``VARS`` and ``PCS`` do not depend on the units of the
features.

Symbols: n rows of D features. A row of weight w counts as w rows.
"""

from collections.abc import Callable

import numpy as np

from mixtura.arrays import FloatArray

__all__ = ["PRINCIPAL", "TRANSFORMATIONS", "Transformation"]

Transformation = Callable[[FloatArray, FloatArray], FloatArray]
"""Rows (n, D) and how often each counts (n,) to coordinates (n, d)."""


def _centred(rows: FloatArray, counts: FloatArray) -> FloatArray:
    return rows - np.average(rows, axis=0, weights=counts)


def _standardised(rows: FloatArray, counts: FloatArray) -> FloatArray:
    """Centre and divide by standard deviations; features that do not vary are left out, unless none does."""
    centred = _centred(rows, counts)
    deviations = np.sqrt(counts @ centred**2 / max(counts.sum() - 1.0, 1.0))  # (D,)
    varied = deviations > 1e-13 * np.abs(rows).max(axis=0)
    if not varied.any():
        return np.zeros((len(rows), 1))
    return centred[:, varied] / deviations[varied]


def _rotated(centred: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return principal components (n, d) of centred rows and their singular values (d,), without those of rounding."""
    scale = np.abs(centred).max() or 1.0
    _, values, axes = np.linalg.svd(np.sqrt(counts)[:, None] * (centred / scale), full_matrices=False)
    kept = values > values[0] * 1e-10
    kept[0] = True
    axes = axes[kept] * np.sign(axes[kept].sum(axis=1) + 1e-300)[:, None]  # signs do not matter, but stay put
    return centred @ axes.T, values[kept] * scale


def _std(rows: FloatArray, counts: FloatArray) -> FloatArray:
    return _standardised(rows, counts)


def _sph(rows: FloatArray, counts: FloatArray) -> FloatArray:
    components, values = _rotated(_centred(rows, counts), counts)
    return components / np.where(values > 0, values, 1.0) * np.sqrt(counts.sum())


def _pcs(rows: FloatArray, counts: FloatArray) -> FloatArray:
    return _rotated(_centred(rows, counts), counts)[0]


def _pcr(rows: FloatArray, counts: FloatArray) -> FloatArray:
    return _rotated(_standardised(rows, counts), counts)[0]


def _svd(rows: FloatArray, counts: FloatArray) -> FloatArray:
    components, values = _rotated(_standardised(rows, counts), counts)
    return components / np.sqrt(np.where(values > 0, values, 1.0))


TRANSFORMATIONS: dict[str, Transformation] = {
    "VARS": lambda rows, counts: rows,  # as they are
    "STD": _std,  # unit variance
    "SPH": _sph,  # white: unit variance, no correlation
    "PCS": _pcs,  # principal components of the covariance
    "PCR": _pcr,  # principal components of the correlation
    "SVD": _svd,  # the same, each divided by the root of its singular value: half-way to white; mclust's default
}

PRINCIPAL = frozenset({"SPH", "PCS", "PCR", "SVD"})
"""Those whose coordinates are principal components, the widest first, so that the first of them say most."""
