"""Boxes of factor analysers: unbiased, as SciPy and the simulator that goes from pixel to pixel say, and closer."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from mixtura.images.copula.boxes import draw_in_boxes
from mixtura.images.copula.factor_boxes import Analyser, Integrand


def problem(d, q, seed=0):
    """A factor analyser, and a box that is narrow in some pixels and has no end in the others."""
    rng = np.random.default_rng(seed)
    analyser = Analyser(rng.normal(size=d), 1.5 * rng.normal(size=(q, d)), rng.uniform(0.1, 1.0, size=d))
    latents = analyser.latents(rng.normal(size=(1, q)), rng.normal(size=(1, d)))[0]
    upper = latents + rng.uniform(0.0, 0.5, size=d)
    lower = np.where(rng.random(d) < 0.5, -np.inf, upper - 0.7)
    return analyser, lower, upper


def integrand_of(analyser, lower, upper, n):
    return Integrand.of(analyser, *(np.tile(end, (n, 1)) for end in (lower, upper)))


def covariance_of(analyser):
    return analyser.loadings.T @ analyser.loadings + np.diag(analyser.deviations**2)


@pytest.mark.parametrize(("d", "q"), [(1, 1), (2, 1), (3, 1), (3, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_estimates_are_unbiased(d, q, seed):
    """The mean of many is what SciPy integrates."""
    analyser, lower, upper = problem(d, q, seed)
    _, logs = integrand_of(analyser, lower, upper, 20_000).draw(np.random.default_rng(1))
    exact = multivariate_normal(analyser.mean, covariance_of(analyser)).cdf(upper, lower_limit=lower)
    assert np.exp(logs).mean() == pytest.approx(exact, rel=0.03)


@pytest.mark.parametrize(("d", "q"), [(6, 2), (12, 3)])
@pytest.mark.parametrize("seed", range(2))
def test_estimates_agree_with_those_from_pixel_to_pixel_and_scatter_less(d, q, seed):
    analyser, lower, upper = problem(d, q, seed)
    _, logs = integrand_of(analyser, lower, upper, 10_000).draw(np.random.default_rng(1))
    boxes = (np.tile(end, (100_000, 1)) for end in (lower, upper))
    factor = np.linalg.cholesky(covariance_of(analyser))
    _, others = draw_in_boxes(*boxes, analyser.mean, factor, np.random.default_rng(2))
    ours, theirs = (np.exp(each - others.max()) for each in (logs, others))
    error = np.sqrt(ours.var() / ours.size + theirs.var() / theirs.size)
    assert abs(ours.mean() - theirs.mean()) < 4 * error
    assert ours.std() < theirs.std()


def test_modes_are_modes():
    analyser, lower, upper = problem(10, 2)
    integrand = integrand_of(analyser, lower, upper, 1)

    def height(factors):
        return analyser.noise_within(lower, upper, factors).logs.sum(axis=1) - 0.5 * np.square(factors).sum(axis=1)

    around = integrand.modes + np.random.default_rng(0).normal(size=(500, 2)) * np.logspace(-3, 1, 500)[:, None]
    assert integrand.heights[0] == pytest.approx(height(integrand.modes)[0])
    assert height(around).max() < integrand.heights[0] + 0.01
    step = 1e-4
    corners = [height(integrand.modes + step * np.array([[a, b]]))[0] for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
    curvature = -(corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step**2)
    assert (integrand.roots[0] @ integrand.roots[0].T)[0, 1] == pytest.approx(curvature, rel=1e-3)


def test_modes_are_found_where_newtons_steps_overshoot():
    """In boxes far from the line of the factor, where a step that is never shortened ends thousands of nats below."""
    rng = np.random.default_rng(0)
    analyser = Analyser(np.zeros(4), np.array([[3.0, -2.0, 1.0, 0.5]]), np.full(4, 0.05))
    upper = 4.0 * rng.normal(size=(400, 4))
    lower = np.where(rng.random((400, 4)) < 0.6, -np.inf, upper - rng.exponential(size=(400, 4)))
    heights = Integrand.of(analyser, lower, upper).heights
    grid = np.linspace(-8.0, 8.0, 1601)[:, None]
    for low, high, height in zip(lower, upper, heights, strict=True):
        values = analyser.noise_within(low, high, grid).logs.sum(axis=1) - 0.5 * grid[:, 0] ** 2
        assert values.max() < height + 0.02


def test_where_latents_are_nearly_known_the_integral_is_a_density():
    """Of narrow boxes P is the density times the volume, and Laplace's approximation is exact."""
    analyser, _, _ = problem(8, 3)
    centre, width = analyser.mean + 0.3, 1e-5
    integrand = integrand_of(analyser, centre - width / 2, centre + width / 2, 2000)
    expected = multivariate_normal(analyser.mean, covariance_of(analyser)).logpdf(centre) + 8 * np.log(width)
    assert integrand.laplace()[0] == pytest.approx(expected, abs=0.01)
    assert np.log(np.exp(integrand.draw(np.random.default_rng(0))[1] - expected).mean()) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("q", [1, 3])
def test_boxes_far_out_have_a_logarithm(q):
    analyser, _, _ = problem(6, q)
    for lower, upper in ((np.full(6, 80.0), np.full(6, 81.0)), (np.full(6, -np.inf), np.full(6, -400.0))):
        factors, logs = integrand_of(analyser, lower, upper, 20).draw(np.random.default_rng(0))
        assert np.isfinite(factors).all()
        assert np.isfinite(logs).all()
        assert logs.max() < -100


def test_a_box_of_everything_is_certain():
    analyser, _, _ = problem(5, 2)
    integrand = integrand_of(analyser, np.full(5, -np.inf), np.full(5, np.inf), 4000)
    np.testing.assert_allclose(integrand.modes, 0.0)
    np.testing.assert_allclose(integrand.laplace(), 0.0)
    assert np.exp(integrand.draw(np.random.default_rng(0))[1]).mean() == pytest.approx(1.0, abs=0.02)
