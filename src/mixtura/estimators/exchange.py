"""Exchange: fitted mixtures to and from scikit-learn, and to and from plain arrays."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.mixture import GaussianMixture as TheirMixture
from sklearn.utils.validation import check_is_fitted

from mixtura.arrays import FloatArray
from mixtura.estimators.checks import check_structure
from mixtura.mixture import Mixture
from mixtura.outcome import Fit, Outcome
from mixtura.structures import STRUCTURES
from mixtura.uniform_noise import UniformNoise

__all__ = [
    "SHARED_FACTS",
    "SHARED_PARAMETERS",
    "SHARED_STARTS",
    "read_fit",
    "read_mixture",
    "read_parameters",
    "write_mixture",
    "write_parameters",
]

SHARED_PARAMETERS = (
    "n_components",
    "covariance_type",
    "tol",
    "max_iter",
    "n_init",
    "weights_init",
    "means_init",
    "precisions_init",
    "random_state",
    "warm_start",
    "verbose",
    "verbose_interval",
)
"""Parameters that mean the same on both sides; reg_covar and init_params know more here than there."""

SHARED_STARTS = ("kmeans", "k-means++", "random", "random_from_data")
"""Names of ``init_params`` on both sides."""

SHARED_FACTS = ("lower_bound_", "n_iter_", "n_features_in_", "feature_names_in_")
"""Attributes of a fit that are more than its mixture and mean the same on both sides."""


def read_mixture(fitted: Any) -> Mixture:
    """Return the mixture that a fitted scikit-learn ``GaussianMixture`` holds."""
    if not isinstance(fitted, TheirMixture):
        raise TypeError(
            f"Got {type(fitted).__name__}, expected a fitted sklearn.mixture.GaussianMixture; fit one and pass it."
        )
    check_is_fitted(fitted)
    means: FloatArray = np.asarray(fitted.means_, dtype=np.float64)
    structure = STRUCTURES[fitted.covariance_type]
    covariances = structure.form(np.asarray(fitted.covariances_, dtype=np.float64), *means.shape)
    weights: FloatArray = np.asarray(fitted.weights_, dtype=np.float64)
    return Mixture(weights / weights.sum(), means, covariances)


def read_fit(fitted: Any, mixture: Mixture) -> Fit:
    """Return how the fit of a scikit-learn ``GaussianMixture`` went, of which ``mixture`` was read."""
    bounds = getattr(fitted, "lower_bounds_", [])  # scikit-learn 1.6 keeps none
    return Fit(mixture, (-np.inf, *bounds), Outcome.CONVERGED if fitted.converged_ else Outcome.UNFINISHED)


def write_mixture(estimator: Any) -> TheirMixture:
    """Return a fitted scikit-learn ``GaussianMixture`` of the smallest type that holds the same mixture."""
    check_is_fitted(estimator)
    mixture: Mixture = estimator.mixture_
    ours = STRUCTURES[estimator._family]
    holder = STRUCTURES[ours.holder]
    if mixture.noise is not None:
        raise ValueError(
            "Got a mixture with a noise component, expected one without: scikit-learn has none. Fit with noise=None."
        )
    theirs = TheirMixture(**{name: getattr(estimator, name) for name in SHARED_PARAMETERS})
    theirs.set_params(n_components=mixture.n_components, covariance_type=ours.holder)
    if estimator.precisions_init is not None and ours is not holder:
        given = ours.form(np.asarray(estimator.precisions_init, dtype=np.float64), *mixture.means.shape)
        theirs.set_params(precisions_init=holder.publish(given.stored))
    if isinstance(estimator.reg_covar, Real):
        theirs.set_params(reg_covar=estimator.reg_covar)
    if isinstance(estimator.init_params, str) and estimator.init_params in SHARED_STARTS:
        theirs.set_params(init_params=estimator.init_params)
    names = ("weights_", "means_", "converged_", "lower_bounds_", *SHARED_FACTS)
    vars(theirs).update({name: getattr(estimator, name) for name in names if hasattr(estimator, name)})
    form = mixture.covariances
    for name, stored in (
        ("covariances_", form.stored),
        ("precisions_", form.precisions),
        ("precisions_cholesky_", form.whiteners),
    ):
        setattr(theirs, name, estimator._publish(holder.publish(stored)))
    return theirs


def read_parameters(
    weights: ArrayLike,
    means: ArrayLike,
    covariances: ArrayLike,
    covariance_type: str,
    noise: UniformNoise | None,
) -> Mixture:
    """Return the mixture with these weights (K,), means (K, D) and covariances in the users' shape: copies, checked."""
    exact_weights, exact_means, exact_covariances = (
        np.array(given, dtype=np.float64, order="C") for given in (weights, means, covariances)
    )
    if exact_means.ndim != 2 or not exact_means.size:
        raise ValueError(f"Got means of shape {exact_means.shape}, expected (K, D): a row for each component.")
    structure = check_structure(covariance_type, exact_means.shape[1])
    expected = structure.shape(*exact_means.shape)
    if exact_covariances.shape != expected:
        raise ValueError(
            f"Got covariances of shape {exact_covariances.shape}, expected {expected} for "
            f"covariance_type={covariance_type!r} and means of shape {exact_means.shape}."
        )
    return Mixture(exact_weights, exact_means, structure.form(exact_covariances, *exact_means.shape), noise)


def write_parameters(estimator: Any) -> dict[str, Any]:
    """Return what ``from_parameters`` takes to make the same mixture: copies of the arrays, and their type."""
    check_is_fitted(estimator)
    mixture: Mixture = estimator.mixture_
    noise = {} if mixture.noise is None else {"noise": mixture.noise}
    return noise | {
        "weights": mixture.weights.copy(),
        "means": mixture.means.copy(),
        "covariances": STRUCTURES[estimator._family].publish(mixture.covariances.stored).copy(),
        "covariance_type": estimator._family,
        "dtype": estimator._dtype,
    }
