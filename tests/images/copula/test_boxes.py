import numpy as np
import pytest
from scipy.special import log_ndtr
from scipy.stats import multivariate_normal

from mixtura.images.copula.boxes import draw_between, draw_in_boxes


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


@pytest.mark.parametrize("sign", [1, -1])
def test_far_out_the_logarithm_stays_a_number(sign):
    ends = np.array([[30.0, 31.0], [45.0, 46.0], [300.0, np.inf]])
    low, high = ends.T if sign > 0 else -ends.T[::-1]
    draws, logs = draw_between(low, high, np.random.default_rng(0))
    np.testing.assert_allclose(logs, log_ndtr(-ends[:, 0]), rtol=1e-6)
    assert ((draws >= low) & (draws <= high)).all()
    assert np.isfinite(draws).all()


def test_moments_of_truncated_draws():
    draws, logs = draw_between(np.full(200_000, -np.inf), np.zeros(200_000), np.random.default_rng(0))
    assert draws.mean() == pytest.approx(-np.sqrt(2 / np.pi), abs=0.005)
    assert draws.var() == pytest.approx(1 - 2 / np.pi, abs=0.005)
    np.testing.assert_allclose(logs, np.log(0.5))
