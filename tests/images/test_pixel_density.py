"""The density of images: against dense Gaussians over all pixels, scikit-learn's PCA, and numerical integration."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA

from mixtura import GaussianMixture
from mixtura.images import ImageMixture
from mixtura.images.pixel_density import PixelDensity


def random_density(d, q, n_classes, k, residual_variance=0.3, seed=0):
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(d, d)))[0][:q]
    mixtures = []
    for _ in range(n_classes):
        roots = rng.normal(size=(k, q, q)) / np.sqrt(q) + 0.3 * np.eye(q)
        covariances = roots @ roots.transpose(0, 2, 1)
        mixtures.append(
            GaussianMixture.from_parameters(rng.dirichlet(np.ones(k)), rng.normal(size=(k, q)), covariances)
        )
    weights = rng.dirichlet(np.full(n_classes, 5.0))
    return PixelDensity(rng.normal(size=d), basis, residual_variance, tuple(mixtures), weights)


def dense_log_density(density, points):
    """The same model as one mixture of Gaussians over all D pixels, each with its full covariance."""
    across = np.eye(density.basis.shape[1]) - density.basis.T @ density.basis
    terms = []
    for share, mixture in zip(density.class_weights, density.mixtures, strict=True):
        for weight, mean, covariance in zip(mixture.weights_, mixture.means_, mixture.covariances_, strict=True):
            whole = density.basis.T @ covariance @ density.basis + density.residual_variance * across
            gaussian = multivariate_normal(density.mean + mean @ density.basis, whole)
            terms.append(np.log(share * weight) + gaussian.logpdf(points))
    return logsumexp(terms, axis=0)


@pytest.mark.parametrize(("d", "q", "n_classes", "k"), [(12, 5, 1, 3), (12, 12, 1, 2), (30, 1, 3, 2), (9, 8, 2, 1)])
def test_against_dense_gaussians(d, q, n_classes, k):
    density = random_density(d, q, n_classes, k)
    points = np.random.default_rng(9).normal(scale=3.0, size=(50, d))
    ours = density.log_density(np.array_split(points.copy(), 4))
    assert_allclose(ours, dense_log_density(density, points), rtol=1e-11)


def test_little_left_out_keeps_its_digits():
    """Squared residuals of 1e-12 beside squared lengths of 100."""
    density = random_density(12, 11, 1, 2, residual_variance=1e-12)
    left_out = np.linalg.svd(density.basis)[2][-1]
    point = density.mean + 10 * density.basis[0] + 3e-6 * left_out
    here, on_the_basis = density.log_density([np.stack([point, density.mean + 10 * density.basis[0]])])
    assert here - on_the_basis == pytest.approx(-4.5, rel=1e-6)


@pytest.mark.parametrize("q", [1, 2])
def test_integrates_to_one(q):
    density = random_density(2, q, n_classes=2, k=2, seed=1)

    side = np.linspace(-24.0, 24.0, 961)
    plane = density.mean + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    total = np.exp(density.log_density([plane])).sum() * (side[1] - side[0]) ** 2
    assert total == pytest.approx(1.0, abs=1e-9)


def test_one_component_is_probabilistic_pca():
    """Scikit-learn's PCA scores by Tipping and Bishop's model, with variances divided by n - 1."""
    rng = np.random.default_rng(2)
    images = np.clip(0.5 + 0.1 * rng.normal(size=(400, 16)) @ rng.normal(size=(16, 16)) / 4, 0, 1).reshape(400, 4, 4)
    theirs = PCA(6, svd_solver="full").fit(images.reshape(400, 16))
    theirs.explained_variance_ *= 399 / 400
    theirs.noise_variance_ *= 399 / 400
    ours = ImageMixture(6, 1, reg_covar=0.0).fit(images)
    assert_allclose(ours.score_samples(images), theirs.score_samples(images.reshape(400, 16)), rtol=1e-9)


def test_residuals_are_isotropic_across_the_basis():
    density = random_density(6, 2, 1, 1, residual_variance=0.25)
    noise = density.residuals(np.random.default_rng(3).normal(size=(50_000, 6)))
    across = np.eye(6) - density.basis.T @ density.basis
    assert_allclose(noise @ density.basis.T, 0.0, atol=1e-14)
    assert_allclose(noise.T @ noise / len(noise), 0.25 * across, atol=0.01)
