"""The bootstrap likelihood-ratio test: its statistic, its null distribution, its errors."""

import numpy as np
import pytest
from scipy.stats import kstest

from mixtura import GaussianMixture
from mixtura.selection import LikelihoodRatioTest, bootstrap_likelihood_ratio


def test_it_stops_at_the_number_of_groups(X):
    test = bootstrap_likelihood_ratio(X, covariance_type="spherical", n_bootstrap=29, random_state=0)
    assert test.chosen == 3
    assert test.n_components.tolist() == [1, 2, 3]
    assert (test.p_values[:2] == 1 / 30).all()
    assert test.p_values[2] > 0.05
    assert [len(values) for values in test.replicates] == [29, 29, 29]
    for statistic, p_value, values in zip(test.statistics, test.p_values, test.replicates, strict=True):
        assert p_value == (1 + (values >= statistic).sum()) / 30


def test_the_statistic_is_twice_the_difference_of_log_likelihoods(X):
    test = bootstrap_likelihood_ratio(X, covariance_type="tied", max_components=2, n_bootstrap=1, random_state=0)
    fits = [
        GaussianMixture(k, covariance_type="tied", reg_covar=0, tol=1e-5, init_params="auto", max_iter=999)
        for k in (1, 2)
    ]
    small, large = (fit.fit(X).score_samples(X).sum() for fit in fits)
    np.testing.assert_allclose(test.statistics, [2 * (large - small)], rtol=1e-6)
    assert test.p_values.tolist() == [0.5]  # of one replicate, so the statistic was the larger
    assert test.chosen == 1


@pytest.mark.parametrize(
    ("p_values", "level", "chosen"),
    [([0.01, 0.3, 0.01], None, 2), ([0.01, 0.02], None, 3), ([0.2], 0.1, 1), ([0.07, 0.5], 0.1, 2)],
)
def test_the_smallest_number_that_is_not_rejected_is_chosen(p_values, level, chosen):
    tests = len(p_values)
    nothing = np.zeros(tests)
    record = LikelihoodRatioTest("full", np.arange(1, tests + 1), nothing, np.array(p_values), (nothing,), level)
    assert record.chosen == chosen


def test_p_values_are_uniform_under_the_null():
    """Of data sets that one Gaussian made, p-values are spread evenly: 1 against 2, a Kolmogorov-Smirnov test."""
    rng = np.random.default_rng(0)
    p_values = [
        bootstrap_likelihood_ratio(
            rng.normal(size=(40, 1)), covariance_type="E", max_components=2, n_bootstrap=9, random_state=seed
        ).p_values[0]
        for seed in range(20)
    ]
    spread = np.array(p_values) - np.random.default_rng(1).uniform(0, 0.1, size=20)  # the steps of 0.1 smoothed
    assert kstest(spread, "uniform").pvalue > 0.01


def test_all_tests_run_where_no_level_ends_them(X):
    arguments = {"covariance_type": "spherical", "max_components": 5, "n_bootstrap": 3}
    test = bootstrap_likelihood_ratio(X[:60], level=None, random_state=0, **arguments)
    again = bootstrap_likelihood_ratio(X[:60], level=None, random_state=0, n_jobs=2, **arguments)
    assert test.n_components.tolist() == [1, 2, 3, 4]
    np.testing.assert_array_equal(test.replicates, again.replicates)


def test_more_starts_never_find_less(X):
    arguments = {"covariance_type": "full", "max_components": 2, "n_bootstrap": 4, "random_state": 0}
    quick = bootstrap_likelihood_ratio(X[:50], **arguments)
    thorough = bootstrap_likelihood_ratio(X[:50], restart=True, **arguments)
    assert (thorough.replicates[0] >= quick.replicates[0] - 1e-2).all()


def test_it_ends_where_a_component_collapses():
    """Three points that repeat: three components have no upper bound, so the row of tests ends at one against two."""
    X = np.repeat([[0.0], [1.0], [30.0]], 20, axis=0)
    arguments = {"covariance_type": "E", "n_bootstrap": 5, "level": None, "random_state": 0}
    assert bootstrap_likelihood_ratio(X, max_components=3, **arguments).n_components.tolist() == [1]
    four = np.append(X, X[-20:] + 15, axis=0)
    assert bootstrap_likelihood_ratio(four, max_components=3, **arguments).n_components.tolist() == [1, 2]
    with pytest.raises(ValueError, match="one and two components are needed, but fitting 1 ended so: Fitting"):
        bootstrap_likelihood_ratio(np.column_stack([X, X]), n_bootstrap=5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_components": 1}, "max_components=1, expected a whole number of at least 2"),
        ({"n_bootstrap": 0}, "n_bootstrap=0, expected"),
        ({"max_iter": 0}, "max_iter=0, expected a whole number of at least 1"),
        ({"tol": -1}, "tol=-1, expected a number of at least 0"),
        ({"tol": "auto"}, "tol='auto', expected a number of at least 0"),
        ({"reg_covar": "some"}, "reg_covar='some', expected 'auto' or a number of at least 0"),
        ({"reg_covar": -1e-3}, "reg_covar=-0.001, expected 'auto' or a number"),
        ({"level": 5}, "level=5, expected a number between 0 and 1"),
        ({"covariance_type": "VVX"}, "covariance_type='VVX', expected one of"),
        ({"init_params": "kmean"}, "init_params='kmean', expected a str among"),
    ],
)
def test_errors(X, arguments, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_likelihood_ratio(X, **arguments)
