"""Frechet distance: between Gaussians in closed form, SciPy's matrix root, and what it does not see."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from mixtura.images.quality import frechet_distance


def whitened(n, width, seed=0):
    """Rows whose sample mean is 0 and whose sample covariance is the identity, exactly."""
    rows = np.random.default_rng(seed).normal(size=(n, width))
    rows -= rows.mean(axis=0)
    return rows @ np.linalg.inv(np.linalg.cholesky(np.cov(rows.T))).T


def test_gaussians_that_commute_have_a_closed_form():
    """|m1 - m2|^2 + sum of (s1 - s2)^2 for variances along the same axes."""
    rows = whitened(300, 4)
    first, second = np.array([1.0, 2.0, 3.0, 0.5]), np.array([2.0, 2.0, 1.0, 0.0])
    shift = np.array([1.0, -2.0, 0.0, 4.0])
    found = frechet_distance(rows * first, rows[::-1] * second + shift)
    assert found.means == pytest.approx(21.0)
    assert found.covariances == pytest.approx(((first - second) ** 2).sum())
    assert found.value == found.means + found.covariances
    assert (found.n_real, found.n_generated) == (300, 300)


def test_matrix_root_is_scipys():
    rng = np.random.default_rng(1)
    one = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6))
    other = rng.normal(size=(150, 6)) @ rng.normal(size=(6, 6)) + 1.0
    first, second = np.cov(one.T), np.cov(other.T)
    expected = np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert frechet_distance(one, other).covariances == pytest.approx(expected, rel=1e-8)


def test_distance_is_zero_for_the_same_moments_symmetric_and_scales_with_the_square():
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=(100, 5)), rng.exponential(size=(80, 5))
    there, back = frechet_distance(one, other), frechet_distance(other, one)
    assert there.value == pytest.approx(back.value, rel=1e-10)
    assert frechet_distance(10 * one, 10 * other).value == pytest.approx(100 * there.value)
    assert frechet_distance(one, one[::-1]).value == pytest.approx(0.0, abs=1e-12)
    flipped = frechet_distance(one, 2 * one.mean(axis=0) - one)  # other images, the same two moments
    assert flipped.value == pytest.approx(0.0, abs=1e-12)


def test_a_direction_without_variance_is_no_obstacle():
    rows = np.column_stack([np.arange(50.0), np.zeros(50)])
    assert frechet_distance(rows, rows + np.array([0.0, 3.0])).value == pytest.approx(9.0)
    assert frechet_distance(rows[:, :1], rows[:, :1] + 2).value == pytest.approx(4.0)


def test_more_features_than_rows():
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=(6, 20)), rng.normal(size=(7, 20))
    expected = np.trace(np.cov(one.T)) + np.trace(np.cov(other.T))
    assert 0 < frechet_distance(one, other).covariances < expected


def test_bad_input():
    with pytest.raises(ValueError, match=r"Got real of shape \(3,\), but expected \(n, F\) with at least 2 rows"):
        frechet_distance(np.ones(3), np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"Got generated of shape \(1, 2\), but expected"):
        frechet_distance(np.ones((3, 2)), np.ones((1, 2)))
    with pytest.raises(ValueError, match=r"Got 2 features of real and 3 of generated images, but expected the same"):
        frechet_distance(np.ones((3, 2)), np.ones((3, 3)))
    with pytest.raises(ValueError, match="Got generated with NaN or infinity"):
        frechet_distance(np.ones((3, 1)), np.array([[1.0], [np.nan], [2.0]]))
