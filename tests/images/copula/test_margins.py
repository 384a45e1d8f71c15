import numpy as np
import pytest
from scipy.stats import norm

from mixtura.images.copula.margins import Margins, background_of


def half_black(n=4000, d=6, seed=0):
    rng = np.random.default_rng(seed)
    shades = rng.integers(1, 256, size=(n, d))
    return np.where(rng.uniform(size=(n, d)) < np.linspace(0.1, 0.9, d), 0, shades).astype(np.uint8)


def test_a_standard_normal_latent_has_the_distribution_of_the_pixel():
    levels = half_black()
    margins = Margins.of(levels, background_of(levels))
    drawn = margins.levels(np.random.default_rng(1).standard_normal((200_000, 6)))
    np.testing.assert_allclose((drawn == 0).mean(axis=0), (levels == 0).mean(axis=0), atol=0.005)
    np.testing.assert_allclose(drawn.mean(axis=0), levels.mean(axis=0), atol=2.0)


def test_latents_of_an_interval_are_its_level_and_no_other():
    """Of every interval, however narrow: ends of a millionth of its width within."""
    levels = half_black(n=500)
    margins = Margins.of(levels, background_of(levels))
    lower, upper = margins.intervals(levels)
    assert (lower < upper).all()
    low, high = np.maximum(lower, -12.0), np.minimum(upper, 12.0)
    for share in (1e-6, 0.5, 1 - 1e-6):
        assert np.array_equal(margins.levels(low + share * (high - low)), levels)
    assert np.array_equal(margins.levels(high), np.where(np.isinf(upper), 255, levels))  # an interval has its upper end


def test_every_level_has_a_positive_probability_and_all_together_one():
    levels = np.zeros((50, 3), dtype=np.uint8)
    levels[0, 1] = 255
    thresholds = Margins.of(levels, background_of(levels)).thresholds
    assert thresholds.shape == (3, 257)
    assert np.isneginf(thresholds[:, 0]).all()
    assert np.isposinf(thresholds[:, -1]).all()
    assert (np.diff(thresholds[:, 1:-1]) > 0).all()


@pytest.mark.parametrize("share", [1e-12, 0.5, 1 - 1e-12])
def test_thresholds_keep_their_digits_in_both_tails(share):
    """A pixel that is nearly always black, or nearly never: the shares on both sides come back."""
    from mixtura.images.copula.margins import _thresholds

    weights = np.full((1, 256), (1 - share) / 255)
    weights[0, 0] = share
    first = _thresholds(weights)[0, 1]
    np.testing.assert_allclose(norm.sf(first) if share > 0.5 else norm.cdf(first), min(share, 1 - share), rtol=1e-3)
