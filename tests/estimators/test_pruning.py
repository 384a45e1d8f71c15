"""Pruning: no factor that pays is dropped, spare ones are, and the criterion is never above that of all factors."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from mixtura import FactorMixture


def digits(n=1797):
    X = load_digits().data
    return (X[:, X.std(axis=0) > 0] + np.random.default_rng(0).uniform(size=(len(X), 61)))[:n]


def both_ranks(model, X, sample_weight=None):
    return [clone(model).set_params(rank=rank).fit(X, sample_weight=sample_weight) for rank in ("fixed", "bic")]


@pytest.mark.parametrize("n_factors", [8, 12, 16])
def test_factors_that_pay_are_kept(n_factors):
    X = digits()
    fixed, chosen = both_ranks(FactorMixture(5, n_factors, noise="isotropic", random_state=0), X)
    assert chosen.bic(X) <= fixed.bic(X)
    assert (chosen.n_factors_ == n_factors).all()


@pytest.mark.parametrize("noise", ["isotropic", "diagonal"])
def test_more_factors_than_pay_are_dropped_at_once_after_convergence(noise):
    X = digits(400)
    fixed, chosen = both_ranks(FactorMixture(5, 20, noise=noise, random_state=0), X)
    assert chosen.bic(X) < fixed.bic(X) - 1000
    assert (chosen.n_factors_ < fixed.n_factors_).any()
    assert chosen.lower_bounds_[: fixed.n_iter_] == fixed.lower_bounds_  # not before
    falls = np.flatnonzero(np.diff(chosen.lower_bounds_) < -1e-6)
    assert falls[0] == fixed.n_iter_ - 1
    assert len(falls) <= 4  # EM never falls: each is a round of dropping
    assert chosen.lower_bound_ == pytest.approx(chosen.score(X), rel=1e-12)


@pytest.mark.parametrize("seed", [*range(21), 28])
def test_small_groups_keep_the_factor_that_they_have(seed):
    rng = np.random.default_rng(seed)
    labels, axes = np.repeat(range(10), 100), rng.normal(size=(10, 12))
    axes *= 3 / np.linalg.norm(axes, axis=1, keepdims=True)  # eigenvalue 1 + 9
    means = 10 * rng.normal(size=(10, 12))
    X = means[labels] + rng.normal(size=(1000, 1)) * axes[labels] + rng.normal(size=(1000, 12))
    fixed, chosen = both_ranks(FactorMixture(10, 1, init_params=labels), X)
    assert chosen.n_factors_.tolist() == [1] * 10
    assert chosen.bic(X) == fixed.bic(X)
    parts = {"loadings": axes[:, None], "noise_variances": np.ones((10, 12))}
    assert fixed.score(X) > FactorMixture.from_parameters(np.full(10, 0.1), means, **parts).score(X)


@pytest.mark.parametrize("noise", ["isotropic", "diagonal"])
def test_each_component_gets_the_rank_that_it_has(noise):
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(800, 1)) @ (3 * rng.normal(size=(1, 12))) + rng.normal(size=(800, 12))
    deep = rng.normal(size=(800, 4)) @ (3 * rng.normal(size=(4, 12))) + rng.normal(size=(800, 12)) + 20
    X, labels = np.concatenate([flat, deep]), np.repeat([0, 1], 800)
    model = FactorMixture(2, 6, noise=noise, rank="bic", init_params=labels).fit(X)
    assert model.n_factors_.tolist() == [1, 4]
    assert not model.loadings_[0, 1:].any()
    told = [FactorMixture(2, q, noise=noise, init_params=labels).fit(X).bic(X) for q in (1, 4)]
    assert model.bic(X) < min(told)


def planes(seed, sizes=(1, 2, 3), n=60, d=12):
    """Groups of n rows around planes of so many dimensions."""
    rng = np.random.default_rng(seed)
    flat = [rng.normal(size=(n, q)) @ rng.normal(size=(q, d)) + 2 * rng.normal(size=d) for q in sizes]
    return np.concatenate(flat) + rng.normal(size=(n * len(sizes), d))


def test_of_several_runs_the_lowest_criterion_is_kept():
    """The run of the highest likelihood is one that keeps more factors."""
    X, random = planes(17), np.random.RandomState(3)
    model = FactorMixture(3, 5, noise="isotropic", rank="bic", init_params="random_from_data", random_state=random)
    alone = [clone(model).set_params(random_state=random).fit(X) for _ in range(4)]
    best = model.set_params(n_init=4, random_state=np.random.RandomState(3)).fit(X)
    assert best.bic(X) == pytest.approx(min(fit.bic(X) for fit in alone), rel=1e-12)
    assert best.lower_bound_ < max(fit.lower_bound_ for fit in alone) - 0.01


def test_rows_count_as_often_as_their_weight_says():
    X, times, labels = planes(0), np.arange(180) % 3, np.repeat(range(3), 60)
    model = FactorMixture(3, 5, rank="bic", noise="isotropic", tol=1e-6)
    weighted = clone(model).set_params(init_params=labels).fit(X, sample_weight=times)
    repeated = clone(model).set_params(init_params=np.repeat(labels, times)).fit(np.repeat(X, times, axis=0))
    assert weighted.n_factors_.tolist() == repeated.n_factors_.tolist() == [1, 2, 3]
    assert weighted.bic(X, sample_weight=times) == pytest.approx(repeated.bic(np.repeat(X, times, axis=0)), rel=1e-9)


def test_nothing_is_dropped_before_convergence():
    X = digits(300)
    model = FactorMixture(3, 20, rank="bic", noise="isotropic", tol=0.0, max_iter=5, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X)
    assert (model.n_factors_ == 20).all()
    assert model.n_iter_ == 5


def test_a_fit_that_would_collapse_next_is_left_as_it_is():
    """With all factors it has converged, by a coarse rule, just before a feature is constant in one component."""
    X = np.random.default_rng(0).normal(size=(200, 5))
    X[:100] += 10
    X[:100, 4] = 3.0
    shares = np.where(np.arange(200) < 100, [[0.9], [0.1]], [[0.1], [0.9]]).T
    fixed, chosen = both_ranks(FactorMixture(2, 1, reg_covar=0.0, init_params=shares, tol=1e6), X)
    assert chosen.outcome_.name == "CONVERGED"
    assert chosen.bic(X) == fixed.bic(X)
