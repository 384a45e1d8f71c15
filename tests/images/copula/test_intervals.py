"""Intervals: logarithms where probabilities vanish, draws within, moments that agree with SciPy's."""

import numpy as np
import pytest
from scipy.special import log_ndtr
from scipy.stats import truncnorm

from mixtura.images.copula.intervals import Intervals


@pytest.mark.parametrize("sign", [1, -1])
def test_far_out_the_logarithm_stays_a_number(sign):
    ends = np.array([[30.0, 31.0], [45.0, 46.0], [300.0, np.inf]])
    low, high = ends.T if sign > 0 else -ends.T[::-1]
    intervals = Intervals.between(low, high)
    draws, logs = intervals.draw(np.random.default_rng(0)), intervals.logs
    np.testing.assert_allclose(logs, log_ndtr(-ends[:, 0]), rtol=1e-6)
    assert ((draws >= low) & (draws <= high)).all()
    assert np.isfinite(draws).all()


def test_moments_of_truncated_draws():
    intervals = Intervals.between(np.full(200_000, -np.inf), np.zeros(200_000))
    draws, logs = intervals.draw(np.random.default_rng(0)), intervals.logs
    assert draws.mean() == pytest.approx(-np.sqrt(2 / np.pi), abs=0.005)
    assert draws.var() == pytest.approx(1 - 2 / np.pi, abs=0.005)
    np.testing.assert_allclose(logs, np.log(0.5))


def test_moments_agree_with_scipy():
    ends = np.array([[-1.0, 0.5], [0.2, 0.3], [-np.inf, -3.0], [2.0, np.inf], [6.0, 6.5], [-7.0, -6.0], [-40.0, 1.0]])
    means, rest = Intervals.between(*ends.T).moments()
    expected = np.array([truncnorm.stats(*pair) for pair in ends]).T
    np.testing.assert_allclose(means, expected[0], rtol=1e-7)
    np.testing.assert_allclose(rest, 1.0 - expected[1], rtol=1e-4)


def test_far_out_the_noise_keeps_to_the_nearer_end():
    means, rest = Intervals.between(np.array([60.0, -70.0, -np.inf]), np.array([61.0, -60.0, np.inf])).moments()
    np.testing.assert_allclose(means, [60.0, -60.0, 0.0])
    np.testing.assert_allclose(rest, [1.0, 1.0, 0.0])
