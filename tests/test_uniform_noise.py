"""The record of uniform noise, and mixtures that carry one."""

import pickle

import numpy as np
import pytest
from conftest import random_mixture
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from mixtura import Mixture, UniformNoise


@pytest.fixture
def noise():
    angle = 0.4
    axes = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return UniformNoise(0.2, np.array([1.0, -2.0]), np.array([3.0, 5.0]), axes)


def with_noise(noise, seed=0):
    gaussians = random_mixture(3, 2, "dense", seed=seed)
    return Mixture(gaussians.weights, gaussians.means, gaussians.covariances, noise)


def test_the_density_is_the_sum_of_both(noise):
    mixture = with_noise(noise)
    X = np.random.default_rng(0).normal(size=(50, 2)) * 10
    logs = [
        np.log(0.8 * w) + multivariate_normal(mean, mixture.covariances.matrix(k)).logpdf(X)
        for k, (w, mean) in enumerate(zip(mixture.weights, mixture.means, strict=True))
    ]
    expected = logsumexp([*logs, np.full(50, np.log(0.2 / 60.0))], axis=0)
    np.testing.assert_allclose(mixture.log_density(X), expected, rtol=1e-12)


def test_without_noise_nothing_is_added(noise):
    mixture = with_noise(noise)
    plain = Mixture(mixture.weights, mixture.means, mixture.covariances)
    none = Mixture(mixture.weights, mixture.means, mixture.covariances, noise.with_share(0.0))
    X = np.random.default_rng(0).normal(size=(50, 2)) * 10
    np.testing.assert_allclose(none.log_density(X), plain.log_density(X), rtol=1e-13)


def test_samples_are_labelled_and_stay_in_the_box(noise):
    X, labels = with_noise(noise).sample(20_000, np.random.default_rng(0))
    assert (labels == -1).mean() == pytest.approx(0.2, abs=0.01)
    turned = (X[labels == -1] - noise.centre) @ noise.axes
    assert (np.abs(turned) <= noise.half_widths).all()
    np.testing.assert_allclose(turned.std(axis=0), noise.half_widths / np.sqrt(3), rtol=0.03)


def test_a_row_far_from_everything_is_noise_and_without_a_share_a_row_of_the_gaussians(noise):
    far = np.array([-np.inf, -1e300])
    density, gaussians, of_noise = noise.split(far)
    np.testing.assert_allclose(density, np.log(0.2 / 60))
    assert (gaussians.tolist(), of_noise.tolist()) == ([0, 0], [1, 1])
    density, gaussians, of_noise = noise.with_share(0.0).split(far)
    assert density.tolist() == far.tolist()
    assert (gaussians.tolist(), of_noise.tolist()) == ([1, 1], [0, 0])


def test_what_is_split_adds_up(noise):
    densities = np.linspace(-800, 50, 400)
    _, gaussians, of_noise = noise.split(densities)
    np.testing.assert_allclose(gaussians + of_noise, 1.0, rtol=1e-13)


def test_a_share_stays_below_one(noise):
    assert noise.with_share(1.0).share < 1


def test_copies_are_frozen_and_permuting_keeps_noise(noise):
    mixture = pickle.loads(pickle.dumps(with_noise(noise)))
    assert mixture.noise.volume == pytest.approx(60.0)
    with pytest.raises(ValueError, match="read-only"):
        mixture.noise.axes[0] = 0
    assert mixture.permute([2, 0, 1]).noise is mixture.noise


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, [0.0], [1.0], [[1.0]]), "Got a share of noise of 1.0"),
        ((np.nan, [0.0], [1.0], [[1.0]]), "Got a share of noise of nan"),
        ((0.1, [0.0], [0.0], [[1.0]]), "without volume"),
        ((0.1, [0.0, 0.0], [1.0, 1.0], [[1.0, 1.0], [0.0, 1.0]]), "not orthonormal"),
        ((0.1, [0.0], [np.inf], [[1.0]]), "NaN or infinity"),
        ((0.1, [0.0], [1.0, 1.0], [[1.0]]), r"of shapes \(1,\), \(2,\) and \(1, 1\)"),
    ],
)
def test_errors_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        UniformNoise(*arguments)


def test_noise_and_means_have_the_same_features(noise):
    gaussians = random_mixture(3, 3, "dense")
    with pytest.raises(ValueError, match="noise of 2 features and means of 3"):
        Mixture(gaussians.weights, gaussians.means, gaussians.covariances, noise)
