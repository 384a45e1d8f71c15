"""Traps 12 to 14: too few rows, too many copies, components without rows, singular covariances, missing values."""

import warnings

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from mixtura import GaussianMixture, Outcome
from mixtura.starts import STARTS, Ground

from .conftest import two_groups

every_family = pytest.mark.parametrize("family", SKLEARN_FAMILIES)
every_start = pytest.mark.parametrize("start", STARTS)


def fit(X, n_components, sample_weight=None, **parameters) -> tuple[GaussianMixture, list[str]]:
    """Fit; return the mixture and the texts of the warnings about how it ended."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gmm = GaussianMixture(n_components, random_state=0, **parameters).fit(X, sample_weight=sample_weight)
    assert {w.category for w in caught} <= {ConvergenceWarning, UserWarning}
    assert all("constant features" in str(w.message) for w in caught if w.category is UserWarning)
    return gmm, [str(w.message) for w in caught if w.category is ConvergenceWarning]


def assert_sound(gmm: GaussianMixture, X: np.ndarray) -> None:
    """Everything that one may ask of the mixture has an answer."""
    assert_allclose(gmm.weights_.sum(), 1.0, rtol=1e-12)
    assert np.isfinite(gmm.means_).all()
    assert np.isfinite(gmm.covariances_).all()
    assert np.isfinite(gmm.score(X))
    assert_allclose(gmm.predict_proba(X).sum(axis=1), 1.0, rtol=1e-12)
    assert set(gmm.predict(X)) <= set(np.flatnonzero(gmm.weights_))
    drawn, labels = gmm.sample(50, random_state=0)
    assert np.isfinite(drawn).all()
    assert set(labels) <= set(np.flatnonzero(gmm.weights_))


# Trap 12: one explained outcome, never a crash, for every family and every start.
@every_start
@every_family
@pytest.mark.parametrize(
    ("n", "d", "n_components"),
    [(4, 2, 4), (3, 8, 1), (3, 8, 2), (2, 1, 1), (2, 2, 2), (30, 1, 3), (12, 30, 3)],
    ids=["n=K", "n<D", "n<D two", "n=2", "n=2 two", "D=1", "D=30"],
)
def test_few_rows_give_a_mixture_and_one_explanation(n, d, n_components, family, start):
    X = np.random.default_rng(n + d).normal(size=(n, d))
    gmm, told = fit(X, n_components, covariance_type=family, init_params=start)
    assert_sound(gmm, X)
    quiet = gmm.outcome_ is Outcome.CONVERGED
    assert told == ([] if quiet else [gmm.outcome_.value])


# Trap 12: copies end on Spark as the platform likes, and never on mlpack.
@every_start
@every_family
def test_fewer_distinct_rows_than_components_are_explained(family, start):
    X = np.repeat([[0.0, 0.0], [4.0, 1.0], [1.0, 5.0]], 10, axis=0)
    gmm, told = fit(X, 5, covariance_type=family, init_params=start, max_iter=300)
    assert_sound(gmm, X)
    assert told == ([] if gmm.outcome_ is Outcome.CONVERGED else [gmm.outcome_.value])
    if start != "random":  # which puts components between the rows, where two may share one
        assert gmm.outcome_ is Outcome.EMPTIED
        assert (gmm.weights_ > 0).sum() == 3
        assert_allclose(gmm.weights_[gmm.weights_ > 0], 1 / 3)


# Trap 12: also where the rows lie far from zero, as years do, and no component has any width of its own.
@every_family
@pytest.mark.parametrize("offset", [0.0, 2e3, 1e5, 1e8])
@pytest.mark.parametrize("copies", [1, 10])
def test_as_many_components_as_distinct_rows_anywhere(family, offset, copies):
    X = np.repeat([[0.0, 0.0], [4.0, 1.0], [1.0, 5.0]], copies, axis=0) + offset
    gmm, told = fit(X, 3, covariance_type=family)
    assert_sound(gmm, X)
    assert told == []
    assert_allclose(gmm.weights_, 1 / 3)


@every_start
@every_family
def test_copies_of_one_row_are_one_gaussian_of_the_width_that_was_added(family, start):
    X = np.full((20, 2), [3.0, -2.0])
    gmm, _ = fit(X, 2, covariance_type=family, init_params=start, reg_covar=0.25)
    assert_sound(gmm, X)
    assert_allclose(gmm.means_[gmm.weights_ > 0], np.full(((gmm.weights_ > 0).sum(), 2), [3.0, -2.0]), atol=1.5)
    assert_allclose(gmm.mixture_.covariances.variances, 0.25, rtol=0.5)


@every_family
def test_all_copies_terminate_without_regularisation_in_one_clear_error(family):
    with pytest.raises(ValueError, match=r"ill-defined empirical covariance.*increase reg_covar.*'auto' does so"):
        GaussianMixture(2, covariance_type=family, reg_covar=0).fit(np.ones((10, 2)))


# Trap 12.
def test_fewer_rows_than_components_are_refused(X):
    with pytest.raises(ValueError, match=r"n_components = 3, n_samples = 2.*Use fewer components or more rows"):
        GaussianMixture(3).fit(X[:2])
    with pytest.raises(ValueError, match=r"n_samples = 2 \(rows of weight 0 do not count\)"):
        GaussianMixture(3).fit(X[:9], sample_weight=[0, 0, 0, 0, 0, 0, 0, 1, 1])
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        GaussianMixture(1).fit(X[:1])


# Trap 12.
@every_family
def test_one_component_is_the_gaussian_of_all_rows_at_once(X, family):
    gmm, told = fit(X, 1, covariance_type=family, reg_covar=0)
    assert (gmm.n_iter_, told) == (2, [])  # the first changes nothing, which ends the run after the second
    assert_allclose(gmm.lower_bounds_[1], gmm.lower_bounds_[0], rtol=1e-14)
    assert_allclose(gmm.means_[0], X.mean(axis=0), rtol=1e-14)
    exact = np.cov(X.T, bias=True)
    shape = {"diag": np.diag(np.diag(exact)), "spherical": np.eye(2) * np.trace(exact) / 2}.get(family, exact)
    assert_allclose(gmm.mixture_.covariances.matrix(0), shape, rtol=1e-12)


# Trap 12: a component without rows keeps its covariance, its mean and a weight of exactly 0, and is never drawn.
@every_family
def test_a_component_without_rows_is_told(X, family):
    labels = np.repeat([0, 2], 200)
    gmm, told = fit(X, 3, covariance_type=family, init_params=labels)
    assert_sound(gmm, X)
    assert told == [Outcome.EMPTIED.value]
    assert (gmm.weights_[1], gmm.converged_) == (0.0, True)
    two = GaussianMixture(2, covariance_type=family, init_params=labels // 2).fit(X)
    assert_array_equal(gmm.predict(X), two.predict(X) * 2)
    assert_allclose(gmm.score(X), two.score(X), rtol=1e-12)


# Trap 12.
@every_family
def test_a_weight_of_zero_may_be_given(X, family):
    gmm, told = fit(X, 2, covariance_type=family, weights_init=[1.0, 0.0], means_init=[[1, 1], [2, 2]])
    assert_sound(gmm, X)
    assert told == [Outcome.EMPTIED.value]
    assert_array_equal(gmm.weights_, [1.0, 0.0])


# Trap 12: a component that is not a number never enters.
@pytest.mark.parametrize("name", ["weights_init", "means_init", "precisions_init"])
def test_given_parameters_that_are_not_numbers_are_refused(X, name):
    given = {"weights_init": [0.5, np.nan], "means_init": [[0, 0], [np.nan, 1]], "precisions_init": [np.nan, 1.0]}
    with pytest.raises(ValueError, match="contains NaN"):
        GaussianMixture(2, covariance_type="spherical", **{name: given[name]}).fit(X)


# Trap 12: without regularisation a component may run onto a single row, where the likelihood has no upper bound.
@pytest.mark.parametrize("family", ["full", "diag", "spherical"])
def test_a_collapse_keeps_the_last_sound_mixture_and_says_so(X, family):
    narrow = {"full": np.stack([np.eye(2), 1e4 * np.eye(2)]), "diag": [[1, 1], [1e4, 1e4]], "spherical": [1, 1e4]}
    given = {"weights_init": [0.5, 0.5], "means_init": [[3, 3], X[0]], "precisions_init": narrow[family]}
    gmm, told = fit(X, 2, covariance_type=family, reg_covar=0, tol=0, **given)
    assert_sound(gmm, X)
    assert gmm.outcome_ is Outcome.COLLAPSED
    assert told == [Outcome.COLLAPSED.value]
    assert not gmm.converged_
    assert len(gmm.lower_bounds_) == gmm.n_iter_


# Trap 12: with the default it becomes a narrow component instead.
@every_family
def test_the_default_survives_a_component_on_one_row(X, family):
    wild = np.vstack([X, [[50.0, -50.0]]])
    gmm, told = fit(wild, 3, covariance_type=family)
    assert_sound(gmm, wild)
    assert told == []
    assert_allclose(gmm.weights_.min(), 1 / 401, rtol=1e-6)


# Trap 12: what a start uses inside speaks of clusters and points; the user hears of components and rows, once.
@every_start
def test_a_wild_row_that_hides_all_others_is_told_in_our_words(X, start):
    gmm, told = fit(np.vstack([X, [[1e30, -1e30]]]), 4, init_params=start)
    assert told == ([] if gmm.outcome_ is Outcome.CONVERGED else [gmm.outcome_.value])


# Trap 13.
@pytest.mark.parametrize(
    ("family", "precisions"),
    [
        ("full", [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]),
        ("full", [[[1.0, 0.5], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]),
        ("full", [[[1.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]),
        ("full", [[[1.0, 1.0], [1.0, 1.0 + 2**-52]], [[1.0, 0.0], [0.0, 1.0]]]),
        ("tied", [[1.0, -1.0], [-1.0, 1.0]]),
        ("diag", [[1.0, 0.0], [1.0, 1.0]]),
        ("spherical", [1.0, -1.0]),
    ],
    ids=["indefinite", "asymmetric", "singular", "singular to rounding", "tied singular", "zero", "negative"],
)
def test_precisions_that_are_not_positive_definite_are_refused_before_any_work(monkeypatch, X, family, precisions):
    monkeypatch.setattr(Ground, "survey", None)
    with pytest.raises(ValueError, match=f"'{family} precision' should be .*positive.*inverse covariances"):
        GaussianMixture(2, covariance_type=family, precisions_init=precisions).fit(X)


# Trap 13: one column more than the space has dimensions; sampling and fitting the sample must not throw.
@every_start
@every_family
def test_one_hot_rows_can_be_fitted_drawn_and_fitted_again(family, start):
    X = np.eye(4)[np.random.default_rng(0).integers(4, size=200)]
    gmm, _ = fit(X, 3, covariance_type=family, init_params=start)
    assert_sound(gmm, X)
    drawn, _ = gmm.sample(300, random_state=1)
    again, _ = fit(drawn, 3, covariance_type=family, init_params=start)
    assert_sound(again, drawn)


# Trap 13: columns that repeat each other.
@every_family
def test_columns_that_depend_on_each_other_can_be_fitted_drawn_and_fitted_again(X, family):
    dependent = np.column_stack([X, X.sum(axis=1), X[:, 0]])
    gmm, told = fit(dependent, 2, covariance_type=family)
    assert_sound(gmm, dependent)
    assert told == []
    drawn, _ = gmm.sample(300, random_state=1)
    assert_sound(fit(drawn, 2, covariance_type=family)[0], drawn)


# Trap 14.
@pytest.mark.parametrize(("value", "name"), [(np.nan, "NaN"), (np.inf, "infinity"), (-np.inf, "infinity")])
@pytest.mark.parametrize("method", ["fit", "fit_predict", "predict", "predict_proba", "score_samples", "score", "bic"])
def test_missing_and_infinite_values_raise(X, value, name, method):
    gmm = GaussianMixture(2, random_state=0).fit(X)
    X[17, 1] = value
    with pytest.raises(ValueError, match=f"contains {name}"):
        getattr(gmm, method)(X)


# Trap 14: mclust and MATLAB drop rows silently, and labels no longer fit the rows.
def test_every_row_has_a_label(X):
    weights = np.r_[np.zeros(30), np.ones(370)]
    gmm = GaussianMixture(2, random_state=0)
    labels = gmm.fit_predict(X, sample_weight=weights)
    assert labels.shape == (400,)
    assert_array_equal(labels, gmm.predict(X))
    assert gmm.predict_proba(X).shape == (400, 2)
    assert gmm.score_samples(X).shape == (400,)


# Trap 14: an error leaves the fitted mixture as it was.
def test_a_refused_fit_leaves_the_last_one_usable(X):
    gmm = GaussianMixture(2, random_state=0).fit(X)
    before = gmm.score(X)
    for bad in (two_groups(d=3)[:1], np.full((10, 2), np.nan)):
        with pytest.raises(ValueError, match=r"minimum of 2|NaN"):
            gmm.fit(bad)
    with pytest.raises(ValueError, match="n_samples >= n_components"):
        gmm.set_params(n_components=5).fit(two_groups(n=2, d=3))
    assert gmm.score(X) == before
