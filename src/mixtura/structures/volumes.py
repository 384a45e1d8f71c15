"""Volumes: covariances of one shape (and orientation) whose volumes vary, Σ_k = λ_k C.

For given volumes the best C is Σ_k p_k W_k / λ_k, with p_k the share of a component and W_k the second moment within
it. What is left is to minimise, over x_k = log λ_k,

    D Σ_k p_k x_k + log |Σ_k p_k exp(-x_k) W_k|,

which is convex. Its gradient is p_k (D - t_k), where t_k = trace(C⁻¹ W_k) / λ_k, so at the minimum each volume solves
the equation λ_k = trace(C⁻¹ W_k) / D of Celeux and Govaert (1995), section 4.1, model VEE and section 4.2, model VEI.
They go back and forth between C and λ, which never raises the objective but may be slow; here Newton's steps are taken
wherever they lower it, and theirs where not.

Stopped when every equation holds to ``_TOLERANCE``, or after ``_MOST_STEPS``.
"""

from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.compiled import compiled_for
from mixtura.forms import NotPositiveDefiniteError

__all__ = ["fit_volumes"]

_TOLERANCE = 1e-12
"""Largest |log(t_k / D)| that is left: the relative error of a volume given the shape."""

_MOST_STEPS = 100
_PATIENCE = 3
"""Steps without a gain that rounding does not hide, after which rounding is all that is left."""

_LONGEST = 2.0
"""Farthest that a step of Newton moves the logarithm of a volume."""


@dataclass(frozen=True, eq=False)
class _Point:
    """The objective and what its derivatives need, at given log-volumes x (K,)."""

    x: FloatArray  # (K,)
    common: FloatArray  # C, (D,) or (D, D)
    parts: FloatArray  # C^(-1/2) W_k C^(-1/2) / λ_k, flat: (K, D) or (K, D * D)
    traces: FloatArray  # t_k (K,)
    objective: float


def fit_volumes(shares: FloatArray, within: FloatArray, start: FloatArray) -> FloatArray:
    """Return the best covariances of one shape, laid out as the second moments ``within``: (K, D) or (K, D, D).

    Parameters
    ----------
    shares : ndarray of shape (K,)
        A component of share 0 takes the common shape, and its volume from its own moment.
    within : ndarray of shape (K, D) or (K, D, D)
        Second moments within components; diagonal or dense.
    start : ndarray of shape (K,)
        Logarithms of volumes to begin with; no result is worse than these.

    Raises
    ------
    NotPositiveDefiniteError
        If a component has no volume or the common shape none.
    """
    empty = within.reshape(len(within), -1).max(axis=1) <= 0
    if empty.any():
        raise NotPositiveDefiniteError(int(np.flatnonzero(empty)[0]))
    functions = compiled_for(within.shape[1])
    if functions is None:
        return _fit(shares, within, start)
    out = np.empty(within.shape)
    if not functions.fit_volumes(shares, within, start, out):
        raise NotPositiveDefiniteError(0)
    return out


def _fit(shares: FloatArray, within: FloatArray, start: FloatArray) -> FloatArray:
    """Do it in NumPy."""
    n_features = within.shape[1]
    evaluate = _diagonal if within.ndim == 2 else _dense
    here, stalled = evaluate(shares, within, start), 0
    for _ in range(_MOST_STEPS):
        error = np.log(here.traces / n_features)  # also the step that goes back and forth
        if np.abs(error).max() <= _TOLERANCE or stalled >= _PATIENCE:
            break
        ahead = evaluate(shares, within, here.x + _newton(shares, here, n_features))
        if not ahead.objective <= here.objective + 1e-14 * abs(here.objective):
            ahead = evaluate(shares, within, here.x + error)
        stalled = stalled + 1 if ahead.objective >= here.objective - 1e-15 * abs(here.objective) else 0
        here = ahead
    volumes: FloatArray = np.exp(here.x).reshape(-1, *[1] * (within.ndim - 1))
    return volumes * here.common


def _newton(shares: FloatArray, here: _Point, n_features: int) -> FloatArray:
    """Return Newton's step (K,), shortened where it is long; moving all log-volumes alike changes nothing."""
    scaled = shares[:, None] * here.parts
    curvature = np.diag(shares * here.traces * (1 + 1e-12)) - scaled @ scaled.T + np.outer(shares, shares)
    live = shares > 0
    step = np.log(here.traces / n_features)
    step[live] = np.linalg.solve(curvature[np.ix_(live, live)], (shares * (here.traces - n_features))[live])
    step[live] *= min(1.0, _LONGEST / max(float(np.abs(step[live]).max()), np.finfo(float).tiny))
    return step


def _diagonal(shares: FloatArray, within: FloatArray, x: FloatArray) -> _Point:
    scaled = within * np.exp(-x)[:, None]
    common = shares @ scaled  # (D,)
    if not (common > 0).all():
        raise NotPositiveDefiniteError(0)
    parts = scaled / common
    objective = len(common) * (shares @ x) + np.log(common).sum()
    return _Point(x, common, parts, parts.sum(axis=1), float(objective))


def _dense(shares: FloatArray, within: FloatArray, x: FloatArray) -> _Point:
    scaled = within * np.exp(-x)[:, None, None]
    common = np.einsum("k,kde->de", shares, scaled)
    try:
        factor = np.linalg.cholesky(common)
    except np.linalg.LinAlgError as error:
        raise NotPositiveDefiniteError(0) from error
    white = np.linalg.inv(factor)
    parts = white @ scaled @ white.T  # (K, D, D)
    pivots = np.diagonal(factor)
    objective = len(common) * (shares @ x) + 2 * np.log(pivots).sum()
    return _Point(x, common, parts.reshape(len(x), -1), np.trace(parts, axis1=1, axis2=2), float(objective))
