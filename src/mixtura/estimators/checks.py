"""Checks: what users give becomes arrays and parts, or one clear error before any work is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.random import RandomState
from sklearn.utils import check_array

from mixtura.arrays import Array, FloatArray
from mixtura.families import find_family
from mixtura.forms import Form, NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.starts import STARTS, GivenMemberships, GivenParameters, NoisyStart, Start
from mixtura.structures import STRUCTURES, Structure

__all__ = [
    "check_memberships",
    "check_resumable",
    "check_start",
    "check_structure",
    "check_values",
    "check_weights",
    "named_or_given",
    "restoring",
]

_LARGEST = 1e150
"""Squares of larger numbers leave the range of float64."""


@contextmanager
def restoring(estimator: Any, *names: str) -> Iterator[None]:
    """Give an estimator these attributes back if what follows fails, so that its last fit stays usable."""
    before = {name: estimator.__dict__[name] for name in names if name in estimator.__dict__}
    try:
        yield
    except BaseException:
        for name in names:
            estimator.__dict__.pop(name, None)
        estimator.__dict__.update(before)
        raise


def check_structure(covariance_type: str, n_features: int) -> Structure:
    """Return the structure of a name, if there is one for rows of D features."""
    family = find_family(covariance_type)
    if family.univariate and n_features != 1:
        raise ValueError(
            f"Got covariance_type={covariance_type!r} for {n_features} features, expected one feature: it is a family "
            f"of variances ({family.description}). Use a code of three letters, such as '{family.code}II' for balls "
            f"or '{family.code * 3}' for ellipsoids."
        )
    return STRUCTURES[covariance_type]


def check_values(X: Array, n_components: int) -> None:
    """Raise where rows (N, D) are fewer than components or too large for variances to exist."""
    if len(X) < n_components:
        raise ValueError(
            f"Expected n_samples >= n_components but got n_components = {n_components}, n_samples = {len(X)} "
            "(rows of weight 0 do not count). Use fewer components or more rows."
        )
    largest = float(max(abs(float(X.max())), abs(float(X.min()))))
    if largest > _LARGEST:
        raise ValueError(
            f"Got values as large as {largest:.3g}, expected at most {_LARGEST:.0e}, because their squares must fit "
            "into float64. Divide X by a constant, or remove the outliers."
        )


def check_weights(sample_weight: Any, n_samples: int) -> FloatArray | None:
    """Return weights (N,) in float64, or None where every row weighs the same."""
    if sample_weight is None:
        return None
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != (n_samples,):
        raise ValueError(
            f"Got sample_weight of shape {weights.shape}, expected ({n_samples},): one weight for each row of X."
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(
            "Got sample_weight with NaN, infinite or negative entries, expected finite numbers of at least 0. "
            "A weight of 0 leaves a row out, a weight of 2 counts it twice."
        )
    if not weights.any():
        raise ValueError(
            "Got sample_weight in which every weight is zero, expected some above 0: no row would be left."
        )
    most = float(weights.max())
    extreme = not 1e-100 <= most <= 1e100  # a common factor changes nothing, not even where sums would overflow
    return weights / most if extreme else weights


def check_memberships(memberships: Any, n_samples: int, n_components: int, noise: bool = False) -> Array:
    """Return labels (N,) or responsibilities (N, K) that init_params gave, checked; with noise -1, or a last column."""
    least, n_columns = (-1, n_components + 1) if noise else (0, n_components)
    try:
        given = np.asarray(memberships)
    except ValueError:  # rows of unlike lengths
        given = np.asarray(memberships, dtype=object)
    expected = (
        f"expected {n_samples} labels from {least} to {n_components - 1}, or responsibilities of shape "
        f"({n_samples}, {n_columns}) whose rows sum to 1"
    )
    if given.shape == (n_samples,):
        whole = given.dtype.kind in "iu" or (given.dtype.kind == "f" and (given == np.floor(given)).all())
        if not whole or given.min() < least or given.max() >= n_components:
            counted = whole and given.min() >= least + 1 and given.max() == n_components
            hint = " Labels are counted from 0 here: subtract 1 from labels that begin with 1." if counted else ""
            raise ValueError(f"Got init_params with labels that are not such whole numbers, {expected}.{hint}")
        return given.astype(np.intp)
    if given.shape != (n_samples, n_columns) or given.dtype.kind not in "biuf":
        raise ValueError(f"Got init_params of shape {given.shape} and type {given.dtype}, {expected}.")
    given = given.astype(np.float64)
    if not ((given >= 0).all() and np.allclose(given.sum(axis=1), 1.0, atol=1e-6)):
        raise ValueError(f"Got init_params with negative entries, NaN or rows that do not sum to 1, {expected}.")
    return given


def check_start(estimator: Any, X: Array, kept: Array | slice, n_features: int, structure: Structure) -> Start:
    """Turn ``init_params``, ``weights_init``, ``means_init``, ``precisions_init`` and ``noise`` into a start.

    ``kept`` chooses the rows of X (N, D) whose weight is not 0: memberships are given for all, and used for those.
    """
    n_components = estimator.n_components
    weights = _initial_weights(estimator.weights_init, n_components)
    means = _initial_means(estimator.means_init, n_components, n_features)
    covariances = _initial_covariances(
        estimator.precisions_init, estimator.covariance_type, n_components, n_features, structure
    )
    noise = estimator.noise
    if isinstance(noise, bool):  # True would be a volume of 1
        raise ValueError(
            f"Got noise={noise}, expected None, 'auto' or a volume above 0. 'auto' takes that of a box around the rows."
        )
    start = named_or_given(estimator.init_params, X, kept, n_components, noise is not None)
    if weights is not None or means is not None or covariances is not None:
        start = GivenParameters(weights, means, covariances, otherwise=start)
    if noise is None:
        return start
    return NoisyStart(start, None if isinstance(noise, str) else float(noise))


def named_or_given(init_params: Any, X: Array, kept: Array | slice, n_components: int, noise: bool = False) -> Start:
    """Turn ``init_params`` into a start: a name, memberships of the rows X (N, D), or a function that makes them."""
    if isinstance(init_params, str):
        return STARTS[init_params]
    if callable(init_params):
        ask: Callable[..., Any] = init_params

        def memberships(random: RandomState) -> Array:
            given = ask(X, n_components=n_components, random_state=random)
            return check_memberships(given, len(X), n_components, noise)[kept]

        return GivenMemberships(memberships)
    given = check_memberships(init_params, len(X), n_components, noise)[kept]
    return GivenMemberships(lambda random: given)


def _initial_weights(given: Any, n_components: int) -> FloatArray | None:
    if given is None:
        return None
    weights = check_array(given, dtype=[np.float64, np.float32], ensure_2d=False)
    _check_shape(weights, (n_components,), "weights")
    least, most = weights.min(), weights.max()
    if least < 0 or most > 1:
        # scikit-learn swaps the two in its message and tests for that; the words in brackets put it right.
        raise ValueError(
            "The parameter 'weights' should be in the range [0, 1], but got "
            f"max value {least:.5f}, min value {most:.5f} "
            f"(that is, from {least:.5f} to {most:.5f}). Give shares that sum to 1."
        )
    if abs(1.0 - weights.sum()) > 1e-6:
        raise ValueError(
            f"The parameter 'weights' should be normalized, but got sum(weights) = {weights.sum():.5f}. "
            "Divide them by their sum."
        )
    exact: FloatArray = weights.astype(np.float64)
    return exact / exact.sum()


def _initial_means(given: Any, n_components: int, n_features: int) -> FloatArray | None:
    if given is None:
        return None
    means = check_array(given, dtype=[np.float64, np.float32], ensure_2d=False)
    _check_shape(means, (n_components, n_features), "means")
    exact: FloatArray = means.astype(np.float64)
    return exact


def _initial_covariances(
    given: Any, name: str, n_components: int, n_features: int, structure: Structure
) -> Form | None:
    if given is None:
        return None
    precisions = check_array(given, dtype=[np.float64, np.float32], ensure_2d=False, allow_nd=True)
    shape = structure.shape(n_components, n_features)
    _check_shape(precisions, shape, f"{name} precision")
    try:
        return structure.form(precisions.astype(np.float64), n_components, n_features).inverse()
    except NotPositiveDefiniteError as error:
        raise ValueError(
            f"The parameter '{name} precision' should be {error.expected}: precisions are inverse covariances. "
            f"Got one that is not, for component {error.component}."
        ) from error


def _check_shape(array: Array, expected: tuple[int, ...], name: str) -> None:
    if array.shape != expected:
        raise ValueError(
            f"The parameter '{name}' should have the shape of {expected}, but got {array.shape}. "
            "It must agree with n_components, covariance_type and the columns of X."
        )


def check_resumable(mixture: Mixture, given: tuple[int, int, str], fitted_family: str, noise: bool) -> None:
    """Raise where a warm start is asked of a mixture (K, D, family) of another shape than the last fit's."""
    last = (mixture.n_components, mixture.n_features, fitted_family)
    if given != last:
        raise ValueError(
            "Got warm_start=True with (n_components, n_features, covariance_type) = "
            f"{given}, expected {last} as in the last fit. Set warm_start=False to begin anew."
        )
    if noise != (mixture.noise is not None):
        raise ValueError(
            f"Got warm_start=True {'with' if noise else 'without'} a noise component, which the last fit had"
            f"{' none' if noise else ''}. Set warm_start=False to begin anew."
        )
