"""Mixtures from known parameters, and back."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.exceptions import NotFittedError

from mixtura import FactorMixture, GaussianMixture, Outcome

FAMILIES = ("full", "tied", "diag", "spherical")


def test_density_is_that_of_scipy():
    weights, means = [0.3, 0.7], [[0.0, 1.0], [3.0, -2.0]]
    covariances = [[[2.0, 0.5], [0.5, 1.0]], [[1.0, -0.3], [-0.3, 0.4]]]
    X = np.random.default_rng(0).normal(size=(20, 2)) * 3
    density = sum(w * multivariate_normal(m, c).pdf(X) for w, m, c in zip(weights, means, covariances, strict=True))
    mixture = GaussianMixture.from_parameters(weights, means, covariances)
    np.testing.assert_allclose(mixture.score_samples(X), np.log(density), rtol=1e-12)
    np.testing.assert_array_equal(mixture.covariances_, covariances)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_there_and_back_keeps_every_bit(blobs, family, dtype):
    X = blobs.X.astype(dtype)
    ours = GaussianMixture(3, covariance_type=family, random_state=0).fit(X)
    copy = GaussianMixture.from_parameters(**ours.to_parameters())
    assert (copy.score_samples(blobs.X) == ours.score_samples(blobs.X)).all()
    assert (copy.predict_proba(X) == ours.predict_proba(X)).all()
    assert (copy.sample(5, 1)[0] == ours.sample(5, 1)[0]).all()
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        mine, theirs = getattr(copy, name), getattr(ours, name)
        assert mine.dtype == theirs.dtype == dtype
        assert (mine == theirs).all()
    assert copy.n_parameters_ == ours.n_parameters_
    assert copy.n_features_in_ == ours.n_features_in_


def test_nothing_is_claimed_of_a_fit():
    mixture = GaussianMixture.from_parameters([1.0], [[0.0]], [1.0], covariance_type="spherical")
    assert (mixture.outcome_, mixture.converged_, mixture.n_iter_) == (Outcome.STARTED, False, 0)
    assert mixture.lower_bound_ == -np.inf
    assert mixture.get_params()["covariance_type"] == "spherical"
    assert mixture.get_params()["n_components"] == 1


def test_arrays_are_copied_both_ways():
    means = np.zeros((1, 2))
    mixture = GaussianMixture.from_parameters([1.0], means, [[1.0, 1.0]], covariance_type="diag")
    means += 1
    mixture.to_parameters()["means"][:] = 2
    assert not mixture.means_.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"covariance_type": "round"}, "Got covariance_type='round', expected one of: full, tied, diag, spherical"),
        ({"means": [0.0, 1.0]}, r"Got means of shape \(2,\), expected \(K, D\)"),
        ({"means": np.zeros((2, 0))}, r"Got means of shape \(2, 0\)"),
        ({"weights": [1.0]}, r"Got weights of shape \(1,\) and means of shape \(2, 1\)"),
        ({"weights": [0.5, 0.6]}, "that sum to 1.1, expected non-negative weights that sum to one"),
        ({"weights": [-0.5, 1.5]}, r"weights from -0\.5"),
        ({"means": [[np.nan], [0.0]]}, "weights or means with NaN"),
        ({"covariances": [[1.0], [1.0]]}, r"Got covariances of shape \(2, 1\), expected \(2, 1, 1\)"),
        ({"covariances": [[[1.0]], [[-1.0]]]}, r"not symmetric, positive-definite \(component 1\)"),
        ({"covariances": [[[1.0]], [[np.inf]]]}, r"not symmetric, positive-definite \(component 1\)"),
    ],
)
def test_bad_parameters_are_refused(change, message):
    good = {"weights": [0.5, 0.5], "means": [[0.0], [1.0]], "covariances": [[[1.0]], [[1.0]]]}
    GaussianMixture.from_parameters(**good)
    with pytest.raises(ValueError, match=message):
        GaussianMixture.from_parameters(**good | change)


def test_only_a_fitted_mixture_has_parameters():
    with pytest.raises(NotFittedError):
        GaussianMixture().to_parameters()


def low_rank(seed=0):
    """Parameters of two components of one factor in three features."""
    rng = np.random.default_rng(seed)
    return {
        "weights": [0.4, 0.6],
        "means": rng.normal(size=(2, 3)),
        "loadings": rng.normal(size=(2, 1, 3)),
        "noise_variances": rng.uniform(0.5, 2, size=(2, 3)),
    }


def test_factors_have_the_density_of_their_covariances():
    parameters = low_rank()
    factors = FactorMixture.from_parameters(**parameters)
    loadings, noise = parameters["loadings"], parameters["noise_variances"]
    covariances = loadings.transpose(0, 2, 1) @ loadings + noise[:, None] * np.eye(3)
    whole = GaussianMixture.from_parameters(parameters["weights"], parameters["means"], covariances)
    X, _ = factors.sample(50, random_state=0)
    np.testing.assert_allclose(factors.score_samples(X), whole.score_samples(X), rtol=1e-12)
    assert factors.n_factors_.tolist() == [1, 1]
    back = factors.to_parameters()
    assert {name: np.shape(back[name]) for name in parameters} == {k: np.shape(v) for k, v in parameters.items()}
    again = FactorMixture.from_parameters(**back)
    np.testing.assert_array_equal(again.score_samples(X), factors.score_samples(X))
    assert (again.n_components, again.n_factors, again.noise) == (2, 1, "diagonal")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loadings": np.ones((2, 3))}, r"expected \(K, D\), \(K, Q, D\) and \(K, D\)"),
        ({"noise_variances": np.ones((2, 2))}, r"expected \(K, D\), \(K, Q, D\) and \(K, D\)"),
        ({"loadings": np.ones((1, 1, 3))}, r"expected \(2, Q, 3\) with Q from 1 to 2"),
        ({"loadings": np.ones((2, 3, 3))}, r"expected \(2, Q, 3\) with Q from 1 to 2"),
        ({"noise_variances": np.zeros((2, 3))}, "component 0"),
        ({"weights": [0.5, 0.6]}, "that sum to 1.1"),
    ],
)
def test_bad_factors_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        FactorMixture.from_parameters(**low_rank() | change)


def test_only_fitted_factors_have_parameters():
    with pytest.raises(NotFittedError):
        FactorMixture().to_parameters()
