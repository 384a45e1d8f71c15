"""Within: what moments say of each component, per unit of weight; a component without rows keeps what it had."""

from collections.abc import Callable

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.forms import Form
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL, TRACE, Need

__all__ = ["within_components"]


def within_components(moments: Moments, previous: Mixture) -> tuple[FloatArray, FloatArray]:
    """Return the share of each component (K,) and the second moment within it, S_k / n_k, shaped as the need's sum.

    A component without rows has share 0, so it does not weigh in what components have in common, and the moment of its
    own previous covariance, so it keeps what it has for itself.
    """
    counts, rows = moments.counts, moments.counts > 0
    some_empty = not rows.all()
    if some_empty:
        counts = np.where(rows, counts, 1.0)
    within = moments.scatter / counts.reshape(-1, *[1] * (moments.scatter.ndim - 1))
    if some_empty:
        kept = _KEPT[moments.need](previous.covariances, len(rows))
        within[~rows] = kept[~rows]
    return moments.weights, within


def _matrices(form: Form, n_components: int) -> FloatArray:
    return form.expand(n_components)


def _variances(form: Form, n_components: int) -> FloatArray:
    return np.broadcast_to(form.variances, (n_components, form.n_features))


def _traces(form: Form, n_components: int) -> FloatArray:
    return _variances(form, n_components).sum(axis=1)


_KEPT: dict[Need, Callable[[Form, int], FloatArray]] = {FULL: _matrices, DIAGONAL: _variances, TRACE: _traces}
