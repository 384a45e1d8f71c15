from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from mixtura.images.copula.class_density import ClassDensity
from mixtura.images.copula.class_fit import correlation_of, first_density, fit_density
from mixtura.images.copula.margins import Margins, background_of


def coarse_margins(d, seed=0):
    """Margins whose bytes are 0, 100 and 200 nearly always."""
    rng = np.random.default_rng(seed)
    levels = rng.choice([0, 100, 200], p=[0.5, 0.3, 0.2], size=(3000, d)).astype(np.uint8)
    return Margins.of(levels, background_of(levels))


def density_of(d, seed=0):
    rng = np.random.default_rng(seed)
    roots = 0.7 * rng.normal(size=(2, d, d)) + np.eye(d)
    factors = np.linalg.cholesky(roots @ roots.transpose(0, 2, 1))
    weights = np.array([[0.3, 0.2], [0.4, 0.1]])
    order = rng.permutation(d)
    return ClassDensity(order, coarse_margins(d), weights, rng.normal(size=(2, d)), factors, np.array([0.5, 2.0]))


def test_probabilities_of_all_images_sum_to_one():
    density = density_of(2)
    images = np.array(list(product(range(256), repeat=2)), dtype=np.uint8)
    total = logsumexp(density.log_probability(images, np.random.RandomState(0)))
    assert total == pytest.approx(0.0, abs=0.03)


def test_the_probability_of_an_image_is_an_integral_over_its_box():
    density = density_of(3)
    image = np.array([[0, 100, 200]], dtype=np.uint8)
    lower, upper = (ends[0] for ends in density.margins.intervals(image[:, density.order]))
    exact = sum(
        density.weights[k, j]
        * multivariate_normal(density.means[k], s * density.factors[k] @ density.factors[k].T).cdf(
            upper, lower_limit=lower
        )
        for k in range(2)
        for j, s in enumerate(density.scales)
    )
    found = density.log_probability(np.repeat(image, 4000, axis=0), np.random.RandomState(0))
    assert np.exp(found).mean() == pytest.approx(exact, rel=0.03)
    one, many = (density.log_probability(np.repeat(image, 500, axis=0), np.random.RandomState(0), n) for n in (1, 30))
    assert one.mean() < many.mean() < np.log(exact) + 0.05  # the bound is from below, and closes


def test_samples_have_the_probabilities():
    density = density_of(2)
    drawn = density.sample(100_000, np.random.RandomState(0))
    black = np.zeros((1, 2), dtype=np.uint8)
    expected = np.exp(density.log_probability(np.repeat(black, 2000, axis=0), np.random.RandomState(1))).mean()
    assert (drawn == 0).all(axis=1).mean() == pytest.approx(expected, abs=0.01)


def correlated(n, scale_of=lambda rng, n: np.ones(n), seed=0):
    """Images of five pixels whose latents have one correlation matrix, and it."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(5, 2))
    covariance = root @ root.T + 0.3 * np.eye(5)
    deviations = np.sqrt(np.diagonal(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    latents = rng.multivariate_normal(np.zeros(5), correlation, size=n) * np.sqrt(scale_of(rng, n))[:, None]
    levels = np.maximum(norm.cdf(latents) * 400 - 145, 0).astype(np.uint8)  # a third is black
    return levels, correlation


def test_correlations_behind_the_thresholds_are_found():
    """Of bytes as they are, correlations would come out too small: a third of them are ties."""
    levels, correlation = correlated(6000)
    first = first_density(levels, background_of(levels), np.random.RandomState(0))
    fitted = fit_density(first, levels, np.eye(5), 1, np.ones(1), 1.0, 8, np.random.RandomState(0), 8)
    np.testing.assert_allclose(correlation_of(fitted), correlation, atol=0.05)


def test_scales_tell_plain_images_from_strong_ones():
    levels, _ = correlated(4000, lambda rng, n: np.where(np.arange(n) % 2, 4.0, 0.1))
    first = first_density(levels, background_of(levels), np.random.RandomState(0))
    arguments = levels, correlation_of(first), 1
    one = fit_density(first, *arguments, np.ones(1), 10.0, 4, np.random.RandomState(0))
    many = fit_density(first, *arguments, np.array([0.1, 0.4, 1.6]), 10.0, 4, np.random.RandomState(0))
    gain = many.log_probability(levels, np.random.RandomState(1)) - one.log_probability(
        levels, np.random.RandomState(1)
    )
    assert gain.mean() > 0.2


def test_shares_and_covariances_of_scales_are_those_that_images_were_drawn_with():
    """Scales and latents of an image belong together: drawn apart, covariances would come out five times too large."""
    d, scales = 4, np.array([0.2, 1.8])
    rng = np.random.default_rng(1)
    root = rng.normal(size=(d, 2))
    covariance = root @ root.T + 0.3 * np.eye(d)
    deviations = np.sqrt(np.diagonal(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    shades = np.where(rng.uniform(size=(4000, d)) < 0.4, 0, rng.integers(1, 256, size=(4000, d))).astype(np.uint8)
    margins = Margins.of(shades, background_of(shades))
    truth = ClassDensity(
        np.arange(d), margins, np.array([[0.5, 0.5]]), np.zeros((1, d)), np.linalg.cholesky(correlation)[None], scales
    )
    levels = truth.sample(8000, np.random.RandomState(0))
    first = first_density(levels, background_of(levels), np.random.RandomState(0))
    fitted = fit_density(first, levels, np.eye(d), 1, scales, 1.0, 6, np.random.RandomState(0), 4)
    np.testing.assert_allclose(fitted.weights, [[0.5, 0.5]], atol=0.25)
    np.testing.assert_allclose(np.diagonal(fitted.factors[0] @ fitted.factors[0].T), 1.0, atol=0.3)
    np.testing.assert_allclose(correlation_of(fitted), correlation, atol=0.1)


def test_every_shape_stays_open_to_every_image(monkeypatch):
    """Also where images of many pixels tell one shape from another by hundreds of nats."""
    tried = []
    explain = ClassDensity.explain

    def seen(self, lower, upper, pairs, *rest):
        tried.append(pairs)
        return explain(self, lower, upper, pairs, *rest)

    monkeypatch.setattr(ClassDensity, "explain", seen)
    rng = np.random.default_rng(0)
    contrast = np.where(np.arange(120) % 2, 0.2, 3.0)[:, None]
    levels = np.clip(norm.cdf(contrast * rng.standard_normal((120, 300))) * 255, 0, 255).astype(np.uint8)
    first = first_density(levels, background_of(levels), np.random.RandomState(0))
    tried.clear()
    scales = np.array([0.05, 0.5, 5.0])
    fit_density(first, levels, np.eye(300), 2, scales, 50.0, 3, np.random.RandomState(0))
    assert [pairs.shape[1] for pairs in tried] == [1, 2, 2]
    for pairs in tried[1:]:
        assert pairs.any(axis=2).all()
        assert pairs.sum(axis=2).mean() < 2  # of three scales


def test_shrinkage_leads_to_the_pooled_correlations():
    levels, _ = correlated(300)
    first = first_density(levels, background_of(levels), np.random.RandomState(0))
    far = fit_density(first, levels, np.eye(5), 2, np.ones(1), 1e9, 1, np.random.RandomState(0))
    covariance = far.factors[1] @ far.factors[1].T
    assert np.abs(covariance - np.diag(np.diagonal(covariance))).max() < 1e-5


def test_more_shapes_than_images_can_fill_keep_the_class():
    levels, _ = correlated(7)
    first = first_density(levels, background_of(levels), np.random.RandomState(0))
    fitted = fit_density(first, levels, np.eye(5), 3, np.array([0.5, 1.0]), 10.0, 6, np.random.RandomState(0))
    assert np.isfinite(fitted.log_probability(levels, np.random.RandomState(0))).all()
