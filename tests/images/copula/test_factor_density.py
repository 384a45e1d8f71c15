"""FactorDensity: a distribution of bytes, whose samples, draws in boxes and joint densities agree with each other."""

import tracemalloc
from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from tests.images.copula.test_class_density import coarse_margins

from mixtura.images.copula.class_density import ClassDensity
from mixtura.images.copula.factor_density import FactorDensity


def density_of(d, q=1, n_shapes=3, seed=0):
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(n_shapes, 5.0))[:, None]
    loadings = rng.normal(size=(n_shapes, q, d))
    noise = rng.uniform(0.05, 1.0, size=(n_shapes, d))
    return FactorDensity(
        rng.permutation(d), coarse_margins(d), weights, rng.normal(size=(n_shapes, d)), loadings, noise
    )


def covariances_of(density):
    return [load.T @ load + np.diag(noise) for load, noise in zip(density.loadings, density.noise, strict=True)]


def with_matrices(density):
    """The same distribution, held as full covariances."""
    factors = np.stack([np.linalg.cholesky(covariance) for covariance in covariances_of(density)])
    return ClassDensity(density.order, density.margins, density.weights, density.means, factors, np.ones(1))


def test_probabilities_of_all_images_sum_to_one():
    density = density_of(2)
    images = np.array(list(product(range(256), repeat=2)), dtype=np.uint8)
    total = logsumexp(density.log_probability(images, np.random.RandomState(0), 20))
    assert total == pytest.approx(0.0, abs=0.02)


def test_probabilities_are_those_of_the_same_covariances_held_as_matrices():
    density = density_of(9, 2)
    images = density.sample(40, np.random.RandomState(0))
    ours = density.log_probability(images, np.random.default_rng(1), 200)
    theirs = with_matrices(density).log_probability(images, np.random.RandomState(1), 200)
    np.testing.assert_allclose(ours, theirs, atol=0.4)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.05)


def test_samples_have_the_probabilities():
    density = density_of(3, 2)
    drawn = density.sample(100_000, np.random.RandomState(0))
    for image in ([0, 0, 0], [100, 0, 0], [0, 200, 100]):
        same = np.repeat(np.array([image], dtype=np.uint8), 2000, axis=0)
        expected = np.exp(density.log_probability(same, np.random.RandomState(1), 5)).mean()
        assert (drawn == image).all(axis=1).mean() == pytest.approx(expected, rel=0.1)


def test_draws_lie_in_their_boxes_and_have_the_moments_within():
    density = density_of(4, 2)
    image = np.repeat(np.array([[0, 100, 0, 200]], dtype=np.uint8), 3000, axis=0)
    lower, upper = density.margins.intervals(image[:, density.order])
    pairs = np.ones((3000, 3, 1), dtype=bool)
    ours, theirs = (
        one.explain(lower, upper, pairs, np.random.RandomState(0), 20) for one in (density, with_matrices(density))
    )
    assert ((ours.latents > lower - 1e-9) & (ours.latents < upper + 1e-9)).all()
    np.testing.assert_allclose(ours.latents.mean(axis=0), theirs.latents.mean(axis=0), atol=0.08)
    np.testing.assert_allclose(np.cov(ours.latents.T), np.cov(theirs.latents.T), atol=0.08)
    shares = [np.bincount(one.shapes, minlength=3) / 3000 for one in (ours, theirs)]
    np.testing.assert_allclose(*shares, atol=0.05)
    assert (ours.scales == 0).all()


def test_pairs_that_are_left_out_have_no_share():
    density = density_of(4)
    lower, upper = density.margins.intervals(density.sample(30, np.random.RandomState(0))[:, density.order])
    pairs = np.ones((30, 3, 1), dtype=bool)
    pairs[::2, 1] = False
    drawn = density.explain(lower, upper, pairs, np.random.RandomState(0))
    assert np.array_equal(np.isfinite(drawn.shares), pairs)
    assert (drawn.shapes[::2] != 1).all()


def test_joint_densities_agree_with_scipy():
    density = density_of(5, 2)
    latents = np.random.default_rng(0).normal(size=(20, 5))
    shapes = zip(density.weights[:, 0], density.means, covariances_of(density), strict=True)
    expected = [np.log(w) + multivariate_normal(mean, covariance).logpdf(latents) for w, mean, covariance in shapes]
    np.testing.assert_allclose(density.log_joint(latents)[:, :, 0].T, expected)


def test_a_glance_is_near():
    density = density_of(30, 3)
    images = density.sample(50, np.random.RandomState(0))
    glance = density.glance(images, np.random.RandomState(0))
    np.testing.assert_allclose(glance, density.log_probability(images, np.random.RandomState(0), 50), atol=2.0)


def test_no_matrix_of_pixels_by_pixels_is_made():
    d = 1500
    density = density_of(d, 2)
    images = density.sample(3, np.random.RandomState(0))
    lower, upper = density.margins.intervals(images[:, density.order])
    tracemalloc.start()
    try:
        density.log_probability(images, np.random.RandomState(0))
        density.log_joint(
            density.explain(lower, upper, np.ones((3, 3, 1), dtype=bool), np.random.RandomState(0)).latents
        )
        density.sample(3, np.random.RandomState(0))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * d * d / 4
