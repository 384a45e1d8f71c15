"""FactorMixture: against scikit-learn for one component, and what every mixture promises."""

import warnings

import numpy as np
import pytest
from conftest import make_blobs
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from mixtura import FactorMixture
from mixtura.mixture import Mixture

NOISES = ("isotropic", "diagonal")


@parametrize_with_checks([FactorMixture(), FactorMixture(2, noise="isotropic", rank="bic", random_state=0)])
def test_conventions_of_scikit_learn(estimator, check):
    check(estimator)


def one_analyser(n=400, d=8, q=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, q)) @ (2 * rng.normal(size=(q, d))) + rng.normal(size=(n, d)) * rng.uniform(1, 3, d) + 5


def test_one_component_is_principal_components():
    X = one_analyser()
    ours = FactorMixture(1, 3, noise="isotropic", reg_covar=0, tol=1e-10).fit(X)
    theirs = PCA(3).fit(X)
    biased = (len(X) - 1) / len(X)  # scikit-learn divides by N - 1
    np.testing.assert_allclose(ours.noise_variances_[0], theirs.noise_variance_ * biased, rtol=1e-6)
    np.testing.assert_allclose(ours.get_covariance(), theirs.get_covariance() * biased, rtol=1e-4, atol=1e-4)
    assert theirs.score(X) <= ours.score(X) == pytest.approx(theirs.score(X), abs=1e-4)


def test_one_component_is_factor_analysis():
    X = one_analyser()
    ours = FactorMixture(1, 3, reg_covar=0, tol=1e-10, max_iter=2000).fit(X)
    theirs = FactorAnalysis(3, svd_method="lapack", tol=1e-10, max_iter=5000).fit(X)
    assert ours.score(X) == pytest.approx(theirs.score(X), abs=1e-6)
    np.testing.assert_allclose(ours.noise_variances_[0], theirs.noise_variance_, rtol=1e-3)


@pytest.mark.parametrize("noise", NOISES)
def test_the_likelihood_never_falls_and_is_the_score(noise):
    X = load_digits().data[:600] + np.random.default_rng(0).uniform(size=(600, 64))
    model = FactorMixture(4, 3, noise=noise, reg_covar=0, random_state=0, tol=1e-4, max_iter=60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X)
    assert np.diff(model.lower_bounds_).min() > -1e-9
    assert model.lower_bound_ == pytest.approx(model.score(X), rel=1e-12)
    assert (model.n_factors_ == 3).all()
    own = 64 * 3 - 3 + (1 if noise == "isotropic" else 64)
    assert model.n_parameters_ == 3 + 4 * 64 + 4 * own


@pytest.mark.parametrize("noise", NOISES)
def test_units_and_origin_do_not_matter(noise):
    X = make_blobs(n=150, d=6).X
    model = FactorMixture(3, 2, noise=noise, random_state=0, tol=1e-2, max_iter=300)
    once = clone(model).fit(X)
    for factor, shift in ((1e-8, 0.0), (1.0, 1e6), (1e8, 0.0)):
        other = clone(model).fit(X * factor + shift)
        np.testing.assert_allclose(other.means_, once.means_ * factor + shift, rtol=1e-5, atol=1e-4 * factor)
        np.testing.assert_allclose(
            other.noise_variances_, once.noise_variances_ * factor**2, rtol=2e-3, atol=1e-5 * factor**2
        )


def test_weights_are_copies():
    X = make_blobs(n=100, d=5).X
    times = np.arange(100) % 3
    labels = np.arange(100) % 2
    weighted = FactorMixture(2, 2, init_params=labels, tol=1e-8, max_iter=20)
    repeated = FactorMixture(2, 2, init_params=np.repeat(labels, times), tol=1e-8, max_iter=20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        weighted.fit(X, sample_weight=times)
        repeated.fit(np.repeat(X, times, axis=0))
    np.testing.assert_allclose(weighted.means_, repeated.means_, rtol=1e-6)
    np.testing.assert_allclose(weighted.noise_variances_, repeated.noise_variances_, rtol=1e-5)


def test_groups_in_many_features_are_found():
    rng = np.random.default_rng(0)
    planes = 2 * rng.normal(size=(3, 2, 60))
    parts = [rng.normal(size=(200, 2)) @ plane + rng.normal(size=(200, 60)) for plane in planes]
    X = np.concatenate([part + 4 * g for g, part in enumerate(parts)])
    model = FactorMixture(3, 2, noise="isotropic", random_state=0).fit(X)
    assert adjusted_rand_score(np.repeat(range(3), 200), model.predict(X)) > 0.95
    drawn, labels = model.sample(20_000, random_state=0)
    for k in range(3):
        covariance = np.cov(drawn[labels == k].T)
        assert np.abs(covariance - model.get_covariance(k)).max() < 0.1 * np.abs(covariance).max()


def test_a_dead_component_is_put_elsewhere():
    """Labels leave component 2 without rows; it is put where rows are explained worst, and the likelihood gains."""
    rng = np.random.default_rng(1)
    X = np.concatenate([rng.normal(size=(100, 4)) + 30 * g for g in range(3)])
    labels = np.repeat([0, 0, 1], 100)
    model = FactorMixture(3, 1, init_params=labels, random_state=0).fit(X)
    assert model.outcome_.name == "CONVERGED"
    assert (model.weights_ * len(X) > 1).all()
    assert model.score(X) > FactorMixture(2, 1, init_params=labels).fit(X).score(X)


def test_nowhere_to_put_a_component_is_an_outcome():
    X = np.repeat(np.random.default_rng(0).normal(size=(2, 3)), 5, axis=0)
    model = FactorMixture(3, 1, random_state=0)
    with pytest.warns(ConvergenceWarning):
        model.fit(X)
    assert np.isfinite(model.score(X))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_factors": 4}, r"Got n_factors=4 for 4 feature\(s\), expected fewer factors than features"),
        ({"n_factors": 0}, "n_factors"),
        ({"noise": "full"}, "noise"),
        ({"rank": "aic"}, "rank"),
        ({"n_components": 30}, "n_samples >= n_components"),
    ],
)
def test_what_cannot_be_fitted_is_refused(settings, message):
    X = np.random.default_rng(0).normal(size=(20, 4))
    with pytest.raises(ValueError, match=message):
        FactorMixture(**settings).fit(X)


def test_a_constant_feature_without_regularisation_is_refused_or_fitted_as_noise():
    X = np.column_stack([np.random.default_rng(0).normal(size=(50, 5)), np.ones(50)])
    with pytest.raises(ValueError, match=r"ill-defined .* factors with isotropic noise .* \(columns 5\)"):
        FactorMixture(2, 2, reg_covar=0.0).fit(X)
    with pytest.warns(UserWarning, match=r"constant features \(columns 5\)"):
        model = FactorMixture(2, 2, reg_covar=0.0, noise="isotropic", random_state=0).fit(X)
    assert np.isfinite(model.score(X))


def test_a_feature_that_is_constant_in_one_component_is_a_collapse():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5))
    X[:100] += 6
    X[:100, 4] = 3.0
    labels = np.where(np.arange(200) < 100, [[0.9], [0.1]], [[0.1], [0.9]]).T
    with pytest.warns(ConvergenceWarning, match="collapsed"):
        model = FactorMixture(2, 1, reg_covar=0.0, init_params=labels, tol=0.0, max_iter=500).fit(X)
    assert np.isfinite(model.score(X))


def test_attributes_come_in_the_type_of_the_data():
    X = make_blobs(d=5).X.astype(np.float32)
    model = FactorMixture(2, 2, random_state=0).fit(X)
    assert {model.means_.dtype, model.loadings_.dtype, model.noise_variances_.dtype} == {np.dtype(np.float32)}
    assert isinstance(model.mixture_, Mixture)
    assert not hasattr(FactorMixture(), "loadings_")


def test_a_noise_that_is_set_later_changes_no_fitted_mixture():
    X = one_analyser()
    model = FactorMixture(2, 3, random_state=0).fit(X)
    before = model.n_parameters_, model.bic(X), model.to_parameters()["noise"]
    model.set_params(noise="isotropic")
    assert (model.n_parameters_, model.bic(X), model.to_parameters()["noise"]) == before
    assert model.fit(X).n_parameters_ == before[0] - 2 * 7
    assert model.to_parameters()["noise"] == "isotropic"


def test_known_parameters_have_a_noise_that_there_is():
    given = {"weights": [1.0], "means": [[0.0, 1.0, 2.0]], "loadings": [[[1.0, 1.0, 1.0]]]}
    with pytest.raises(ValueError, match=r"Got noise='x', expected one of 'diagonal', 'isotropic'"):
        FactorMixture.from_parameters(**given, noise_variances=np.ones((1, 3)), noise="x")
    with pytest.raises(ValueError, match=r"Got noise='isotropic' with noise_variances that differ within a component"):
        FactorMixture.from_parameters(**given, noise_variances=[[1.0, 2.0, 3.0]], noise="isotropic")
    assert FactorMixture.from_parameters(**given, noise_variances=[[1.0, 2.0, 3.0]]).n_parameters_ == 3 + 6
    same = FactorMixture.from_parameters(**given, noise_variances=[[2.0, 2.0, 2.0]], noise="isotropic")
    assert same.n_parameters_ == 3 + 4
