import numpy as np
import pytest
from scipy.stats import multivariate_normal

from mixtura.images.copula.boxes import draw_in_boxes


def problem(d, seed=0):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(d, d)) + np.eye(d)
    covariance = root @ root.T
    mean = rng.normal(size=d)
    lower = mean + rng.uniform(-2, 0.5, d)
    upper = lower + rng.uniform(0.2, 2, d)
    lower[0] = -np.inf
    upper[-1] = np.inf
    return lower, upper, mean, covariance


@pytest.mark.parametrize("d", [1, 2, 3, 40])
def test_draws_lie_in_their_boxes(d):
    lower, upper, mean, covariance = problem(d)
    factor = np.linalg.cholesky(covariance)
    white, _ = draw_in_boxes(*(np.tile(end, (50, 1)) for end in (lower, upper)), mean, factor, np.random.default_rng(0))
    latents = mean + white @ factor.T
    assert ((latents > lower - 1e-9) & (latents < upper + 1e-9)).all()


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_probabilities_agree_with_an_integral(d, seed):
    """Unbiased: the mean of many estimates is what SciPy integrates."""
    lower, upper, mean, covariance = problem(d, seed)
    boxes = (np.tile(end, (20_000, 1)) for end in (lower, upper))
    _, logs = draw_in_boxes(*boxes, mean, np.linalg.cholesky(covariance), np.random.default_rng(1))
    exact = multivariate_normal(mean, covariance).cdf(upper, lower_limit=lower)
    assert np.exp(logs).mean() == pytest.approx(exact, rel=0.02)


def test_one_estimate_is_exact_where_pixels_are_independent():
    lower, upper, mean, _ = problem(3)
    boxes = (np.tile(end, (5, 1)) for end in (lower, upper))
    _, logs = draw_in_boxes(*boxes, mean, np.diag([1.0, 2.0, 0.5]), np.random.default_rng(0))
    assert np.ptp(logs) < 1e-12
