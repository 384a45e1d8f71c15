"""Standard errors and intervals of parameters: theory where there is some, and each way of resampling."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture, GaussianMixtureSearch, MergedGaussianMixture, Mixture
from mixtura.forms import Dense
from mixtura.selection import bootstrap_parameters
from mixtura.selection.refitting import match
from mixtura.selection.resampling import RESAMPLINGS

from .conftest import three_groups


@pytest.mark.parametrize("method", RESAMPLINGS)
def test_of_one_gaussian_theory_knows_the_errors(method):
    """Of n rows: the mean's error is σ/√n, the variance's σ² √(2/n)."""
    X = 3.0 * np.random.default_rng(0).normal(size=(200, 1))
    model = GaussianMixture(reg_covar=0.0).fit(X)
    found = bootstrap_parameters(model, X, method=method, n_bootstrap=300, random_state=0)
    variance = X.var()
    np.testing.assert_allclose(found.standard_errors.means, np.sqrt(variance / 200), rtol=0.15)
    kurtosis = ((X - X.mean()) ** 4).mean() / variance**2  # what the resampling of rows sees; 3 in the model
    expected = variance * np.sqrt(((3 if method == "parametric" else kurtosis) - 1) / 200)
    np.testing.assert_allclose(found.standard_errors.covariances, expected, rtol=0.15)
    np.testing.assert_array_equal(found.standard_errors.weights, 0.0)
    assert found.n_failed == 0


@pytest.mark.parametrize("method", ["nonparametric", "weighted_likelihood"])
def test_intervals_hold_the_truth_as_often_as_they_say(method):
    """Two groups of known means, 24 data sets: of the intervals of 90 % from 30 replicates about 84 % hold a mean.

    (Percentiles of so few replicates lose five of a hundred, and so few rows one more.) Intervals half as wide would
    hold 57 %, intervals twice as wide 99 %.
    """
    means, held = np.array([[0.0], [6.0]]), []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        X = means[rng.choice(2, size=80, p=[0.4, 0.6])] + rng.normal(size=(80, 1))
        model = GaussianMixture(2, covariance_type="E", means_init=means, reg_covar=0).fit(X)
        lower, upper = bootstrap_parameters(model, X, method=method, n_bootstrap=30, random_state=seed).intervals(0.9)
        held += [(lower.means <= means) & (means <= upper.means)]
    assert 0.7 < np.mean(held) < 0.96


def test_the_jackknife_of_a_mean_is_exact():
    X = np.random.default_rng(1).normal(size=(50, 2))
    found = bootstrap_parameters(GaussianMixture(reg_covar=0.0).fit(X), X, method="jackknife")
    np.testing.assert_allclose(found.standard_errors.means[0], X.std(axis=0, ddof=1) / np.sqrt(50), rtol=1e-10)
    lower, upper = found.intervals(0.95)
    np.testing.assert_allclose(upper.means - lower.means, 2 * 1.959963985 * found.standard_errors.means, rtol=1e-6)
    np.testing.assert_allclose((upper.means + lower.means) / 2, found.estimates.means)


def test_components_keep_their_order(X):
    """Each replicate's components lie near those of the fitted mixture, whatever their order there."""
    model = GaussianMixture(3, covariance_type="spherical", random_state=0).fit(X)
    found = bootstrap_parameters(model, X, n_bootstrap=40, random_state=0)
    assert found.replicates.weights.shape == (40, 3)
    assert found.replicates.covariances.shape == (40, 3, 2, 2)
    assert np.abs(found.replicates.means - found.estimates.means).max() < 2.0
    lower, upper = found.intervals(0.9)
    for name in ("weights", "means", "covariances"):
        assert (getattr(lower, name) <= getattr(upper, name)).all()
        inside = getattr(found.replicates, name)
        held = (inside >= getattr(lower, name)) & (inside <= getattr(upper, name))
        np.testing.assert_allclose(held.mean(axis=0), 0.9, atol=0.051 if name != "covariances" else 0.11)


def test_matching_undoes_any_order():
    """Also of components about the same mean, which only their covariances tell apart."""
    covariances = np.array([np.eye(2), 9 * np.eye(2), np.diag([0.1, 4.0])])
    mixture = Mixture(np.array([0.2, 0.3, 0.5]), np.array([[0.0, 0], [0, 0], [5, 5]]), Dense(covariances))
    for order in ([0, 1, 2], [1, 0, 2], [2, 1, 0], [2, 0, 1]):
        back = match(mixture.permute(order), mixture)
        np.testing.assert_array_equal(back.weights, mixture.weights)
        np.testing.assert_array_equal(back.covariances.stored, covariances)


def test_a_search_serves_as_well_and_jobs_change_nothing(X, search):
    one = bootstrap_parameters(search, X, method="weighted_likelihood", n_bootstrap=5, random_state=3)
    two = bootstrap_parameters(
        search.best_estimator_, X, method="weighted_likelihood", n_bootstrap=5, random_state=3, n_jobs=2
    )
    np.testing.assert_array_equal(one.replicates.means, two.replicates.means)
    np.testing.assert_array_equal(one.estimates.weights, search.weights_)


def test_merged_components_have_the_intervals_of_their_mixture(X, search):
    merged = MergedGaussianMixture(2, estimator=search).fit(X)
    found, expected = (bootstrap_parameters(model, X, n_bootstrap=3, random_state=0) for model in (merged, search))
    np.testing.assert_array_equal(found.replicates.means, expected.replicates.means)
    assert "In brackets" in str(merged.summary(X, intervals=found))


def test_weights_count_rows():
    """Standard errors shrink with the square root of the weights' sum, as with rows that repeat."""
    X = np.random.default_rng(0).normal(size=(150, 1))
    model = GaussianMixture().fit(X)
    single = bootstrap_parameters(model, X, n_bootstrap=200, random_state=0)
    fourfold = bootstrap_parameters(model, X, n_bootstrap=200, sample_weight=np.full(150, 4.0), random_state=0)
    np.testing.assert_allclose(2 * fourfold.standard_errors.means, single.standard_errors.means, rtol=0.2)


def test_replicates_that_collapse_are_drawn_again_or_left_out():
    """A component of three rows collapses in most draws with replacement, and in none with exponential weights."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(60, 2)), 40 + rng.normal(size=(4, 2))])
    labels = np.repeat([0, 1], [60, 4])
    model = GaussianMixture(2, init_params=labels, reg_covar=0.0).fit(X)
    found = bootstrap_parameters(model, X, n_bootstrap=30, random_state=0)
    assert len(found.replicates.weights) + found.n_failed == 30
    smooth = bootstrap_parameters(model, X, method="weighted_likelihood", n_bootstrap=30, random_state=0)
    assert smooth.n_failed == 0


def test_where_no_replicate_can_be_fitted_it_says_so():
    """Two rows stand for a component of the plane: without regularisation each fit of it collapses."""
    X = np.concatenate([np.random.default_rng(0).normal(size=(40, 2)), [[50.0, 0], [50, 1]]])
    model = GaussianMixture(2, init_params=np.repeat([0, 1], [40, 2]), reg_covar=1e-3).fit(X)
    model.reg_covar = 0.0
    with pytest.raises(ValueError, match="Of 2 replicates 0 could be fitted: a component collapses"):
        bootstrap_parameters(model, X, method="weighted_likelihood", n_bootstrap=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "magic"}, "method='magic', expected one of: nonparametric"),
        ({"n_bootstrap": 1}, "n_bootstrap=1, expected a whole number of at least 2"),
        ({"method": "jackknife", "sample_weight": np.ones(150)}, "leaves out whole rows"),
        ({"sample_weight": -np.ones(150)}, "negative entries"),
    ],
)
def test_errors(X, search, arguments, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_parameters(search, X, **arguments)


def test_other_errors(X, search):
    theirs = TheirMixture(2).fit(X)
    with pytest.raises(TypeError, match="expected a fitted GaussianMixture, GaussianMixtureSearch or Merged"):
        bootstrap_parameters(theirs, X)
    found = bootstrap_parameters(search, X, n_bootstrap=2, random_state=0)
    with pytest.raises(ValueError, match="level=95, expected a number between 0 and 1"):
        found.intervals(95)


def test_a_search_is_not_needed_for_small_data():
    X = three_groups(12)
    search = GaussianMixtureSearch((1,), covariance_type="EII").fit(X)
    assert bootstrap_parameters(search, X, method="jackknife").replicates.means.shape == (12, 1, 2)


@pytest.mark.parametrize("method", RESAMPLINGS)
def test_named_columns_are_taken_as_they_are(X, method):
    frame = pd.DataFrame(X[:60], columns=["length", "width"])
    model = GaussianMixture(2, covariance_type="diag", random_state=0).fit(frame)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        named = bootstrap_parameters(model, frame, method=method, n_bootstrap=5, random_state=0)
    nameless = GaussianMixture(2, covariance_type="diag", random_state=0).fit(X[:60])
    plain = bootstrap_parameters(nameless, X[:60], method=method, n_bootstrap=5, random_state=0)
    np.testing.assert_array_equal(named.replicates.means, plain.replicates.means)
    with pytest.raises(ValueError, match="feature names"):
        bootstrap_parameters(model, frame[["width", "length"]], method=method, n_bootstrap=5)
