"""The same start and the same floor give scikit-learn's numbers, and fitted models travel both ways.

Only the meaning of ``lower_bound_`` differs: theirs is of the mixture before the last maximisation, ours is of the
mixture that is returned, so ours is one iteration ahead.
"""

import warnings

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.mixture import BayesianGaussianMixture
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture

MEANS = np.array([[0.0, 0.0, 1.0], [3.0, -2.0, 0.0], [-2.0, 4.0, 0.0]])
PRECISIONS = {
    "full": np.stack([np.eye(3), 0.5 * np.eye(3) + 0.1, 2.0 * np.eye(3)]),
    "tied": np.eye(3) + 0.2,
    "diag": np.array([[1.0, 2.0, 0.5], [1.0, 1.0, 1.0], [0.3, 2.0, 1.0]]),
    "spherical": np.array([1.0, 0.5, 2.0]),
}
pytestmark = pytest.mark.parametrize("family", SKLEARN_FAMILIES)


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    rng = np.random.default_rng(4)
    shapes = rng.normal(size=(3, 3, 3)) + np.eye(3)
    return np.vstack([rng.normal(size=(150, 3)) @ shape + mean for shape, mean in zip(shapes, MEANS, strict=True)])


def fitted(kind, rows, family, max_iter=25, tol=0.0, means=MEANS):
    model = kind(
        3,
        covariance_type=family,
        reg_covar=1e-3,
        tol=tol,
        max_iter=max_iter,
        weights_init=[0.5, 0.3, 0.2],
        means_init=means,
        precisions_init=PRECISIONS[family],
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Best performing initialization did not converge")
        return model.fit(rows)


@pytest.mark.parametrize("n_iter", [1, 2, 25])
def test_parameters_after_the_same_number_of_iterations(rows, family, n_iter):
    ours, theirs = fitted(GaussianMixture, rows, family, n_iter), fitted(TheirMixture, rows, family, n_iter)
    assert ours.n_iter_ == theirs.n_iter_ == n_iter
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-9, atol=1e-11, err_msg=name)


def test_log_likelihoods_are_one_iteration_ahead(rows, family):
    ours = fitted(GaussianMixture, rows, family)
    for n_iter in (1, 2, 10):
        theirs = fitted(TheirMixture, rows, family, n_iter + 1)
        assert_allclose(ours.lower_bounds_[n_iter - 1], theirs.lower_bound_, rtol=1e-11)
        assert_allclose(ours.lower_bounds_[n_iter], theirs.score(rows), rtol=1e-11)
    assert ours.lower_bound_ == ours.lower_bounds_[-1]


@pytest.mark.parametrize("tol", [1e-2, 1e-3, 1e-4, 1e-7])
@pytest.mark.parametrize("seed", range(5))
def test_the_stopping_rule_is_theirs(rows, family, tol, seed):
    """They compare the mixtures before the last maximisation; so do we, and score the last one too."""
    means = rows[np.random.default_rng(seed).choice(len(rows), 3, replace=False)]
    ours, theirs = (
        fitted(kind, rows, family, max_iter=3000, tol=tol, means=means) for kind in (GaussianMixture, TheirMixture)
    )
    assert ours.converged_
    assert theirs.converged_
    assert ours.n_iter_ == theirs.n_iter_
    assert_allclose(ours.lower_bounds_[:-1], theirs.lower_bounds_[1:], rtol=1e-10)
    assert_allclose(ours.lower_bound_, theirs.score(rows), rtol=1e-10)
    assert_allclose(ours.means_, theirs.means_, rtol=1e-7, atol=1e-8)
    assert_allclose(ours.covariances_, theirs.covariances_, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("method", ["score_samples", "predict_proba", "predict", "score", "bic", "aic"])
def test_what_a_fitted_mixture_says(rows, family, method):
    ours, theirs = fitted(GaussianMixture, rows, family), fitted(TheirMixture, rows, family)
    unseen = np.random.default_rng(5).normal(size=(200, 3), scale=3.0)
    assert_allclose(getattr(ours, method)(unseen), getattr(theirs, method)(unseen), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_to_sklearn_and_back(rows, family, dtype):
    ours = fitted(GaussianMixture, rows.astype(dtype), family)
    theirs = ours.to_sklearn()
    assert type(theirs) is TheirMixture
    assert {**theirs.get_params(), "noise": None} == ours.get_params()  # which scikit-learn does not know
    names = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")
    for name in (*names, "lower_bound_", "lower_bounds_", "n_iter_", "converged_", "n_features_in_"):
        assert_array_equal(getattr(theirs, name), getattr(ours, name), err_msg=name)
    assert_allclose(theirs.score_samples(rows), ours.score_samples(rows), rtol=1e-9 if dtype == np.float64 else 1e-3)
    back = GaussianMixture.from_sklearn(theirs)
    assert back.get_params() == ours.get_params()
    for name in ("weights_", "means_", "covariances_"):
        assert_allclose(getattr(back, name), getattr(ours, name), rtol=1e-15 if dtype == np.float64 else 1e-6)
        assert getattr(back, name).dtype == dtype
    assert_allclose(back.score_samples(rows), ours.score_samples(rows), rtol=1e-12 if dtype == np.float64 else 1e-3)


def test_from_sklearn_answers_as_the_original(rows, family):
    theirs = fitted(TheirMixture, rows, family)
    ours = GaussianMixture.from_sklearn(theirs)
    for method in ("score_samples", "predict_proba", "predict", "score", "bic", "aic"):
        assert_allclose(getattr(ours, method)(rows), getattr(theirs, method)(rows), rtol=1e-10, atol=1e-12)
    assert (ours.lower_bound_, ours.n_iter_, ours.converged_) == (theirs.lower_bound_, theirs.n_iter_, False)
    assert ours.sample(5)[0].shape == (5, 3)


def test_to_sklearn_gives_what_was_fitted_whatever_the_parameters_say_now(rows, family):
    ours = fitted(GaussianMixture, rows, family)
    expected = ours.predict_proba(rows)
    other = "diag" if family == "full" else "full"
    ours.set_params(covariance_type=other, n_components=7)
    assert_allclose(ours.to_sklearn().predict_proba(rows), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("amount", [0.25, np.float32(0.25), np.int64(2), 1])
def test_to_sklearn_keeps_any_number_as_floor(rows, family, amount):
    ours = GaussianMixture(2, covariance_type=family, reg_covar=amount, random_state=0).fit(rows)
    assert ours.to_sklearn().reg_covar == amount


def test_to_sklearn_leaves_out_what_they_do_not_know(rows, family):
    labels = np.arange(len(rows)) % 2
    ours = GaussianMixture(2, covariance_type=family, init_params=labels, tol=0.1).fit(rows)
    theirs = ours.to_sklearn()
    defaults = TheirMixture()
    assert (theirs.reg_covar, theirs.init_params) == (defaults.reg_covar, defaults.init_params)
    assert theirs.fit(rows).means_.shape == (2, 3)


@pytest.mark.parametrize("start", ["auto", "hierarchical", "short-em", "random"])
def test_to_sklearn_can_be_fitted_again_whatever_the_start(rows, family, start):
    ours = GaussianMixture(2, covariance_type=family, init_params=start, random_state=0, tol=1e3).fit(rows)
    theirs = ours.to_sklearn()
    assert theirs.init_params == (start if start == "random" else TheirMixture().init_params)
    assert theirs.fit(rows).means_.shape == (2, 3)


def test_only_a_fitted_mixture_of_theirs_is_taken(rows, family):
    with pytest.raises(TypeError, match=r"Got BayesianGaussianMixture, expected a fitted sklearn\.mixture\.Gauss"):
        GaussianMixture.from_sklearn(BayesianGaussianMixture(n_components=2, covariance_type=family, tol=1.0).fit(rows))
    with pytest.raises(NotFittedError, match="not fitted yet"):
        GaussianMixture.from_sklearn(TheirMixture(2, covariance_type=family))
    with pytest.raises(NotFittedError, match="not fitted yet"):
        GaussianMixture(2, covariance_type=family).to_sklearn()
