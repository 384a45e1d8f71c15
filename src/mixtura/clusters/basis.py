"""Basis: the fitted mixture whose components are joined to clusters."""

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from mixtura import FactorMixture, GaussianMixture, GaussianMixtureSearch

__all__ = ["choose_mixture", "fit_given"]

_MOST = 20

_STARTS = 3
"""For each number of components: where one lands in a poor maximum, the tree may join across groups."""


def choose_mixture(
    X: ArrayLike,
    sample_weight: ArrayLike | None,
    n_components: int | Iterable[int] | None,
    n_clusters: int,
    parameters: Mapping[str, Any],
) -> GaussianMixture:
    """Return the mixture of lowest BIC for X (N, D), of at least ``n_clusters`` components.

    ``parameters`` are those that ``GaussianMixture`` and ``GaussianMixtureSearch`` share.
    """
    rows = check_array(X, dtype=[np.float64, np.float32], ensure_min_samples=2)
    numbers, family = _numbers(n_components, n_clusters, *rows.shape), parameters["covariance_type"]
    if len(numbers) == 1 and isinstance(family, str) and family != "all":  # nothing to choose
        single = GaussianMixture(numbers[0], tol=1e-5, max_iter=1000, **parameters)
        return single.fit(X, sample_weight=sample_weight)
    with warnings.catch_warnings():
        # There are no fewer components than clusters, however few would do.
        warnings.filterwarnings("ignore", "The best number of components, .* is the smallest")
        search = GaussianMixtureSearch(numbers, n_init=_STARTS, **parameters).fit(X, sample_weight=sample_weight)
    return search.best_estimator_


def fit_given(estimator: Any, X: ArrayLike, sample_weight: ArrayLike | None) -> Any:
    """Return the estimator that a user gave if it is fitted, else a fitted clone.

    Raises
    ------
    TypeError
        If it is no mixture of this package.
    """
    if not isinstance(estimator, GaussianMixture | FactorMixture | GaussianMixtureSearch):
        raise TypeError(
            f"Got estimator={estimator!r}, expected a GaussianMixture, FactorMixture or GaussianMixtureSearch of "
            "mixtura, fitted or not. Of scikit-learn's mixture make one with GaussianMixture.from_sklearn."
        )
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return clone(estimator).fit(X, sample_weight=sample_weight)
    return estimator


def _numbers(asked: int | Iterable[int] | None, n_clusters: int, n_rows: int, n_features: int) -> list[int]:
    """Return the numbers of components to try."""
    if asked is None:
        asked = range(1, max(1, min(_MOST, n_rows // (2 * (n_features + 1)))) + 1)
    numbers = [int(k) for k in asked] if isinstance(asked, Iterable) else [int(asked)]
    if not numbers:
        raise ValueError("Got n_components without a number, expected at least one.")
    return sorted({max(k, n_clusters) for k in numbers})
