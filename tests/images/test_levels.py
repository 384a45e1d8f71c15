"""Grey levels: what dequantisation does to bytes, and how nats become bits."""

import numpy as np
import pytest

from mixtura.images.levels import ROUNDING_VARIANCE, bits_per_dimension, dequantise


def test_bytes_spread_over_their_own_levels():
    levels = np.random.default_rng(0).integers(0, 256, size=(1000, 30), dtype=np.uint8)
    before = levels.copy()
    spread = dequantise(levels, np.random.default_rng(1))
    assert (levels == before).all()
    assert (np.rint(255 * spread) == levels).all()
    error = spread - levels / 255
    assert error.mean() == pytest.approx(0.0, abs=4 * np.sqrt(ROUNDING_VARIANCE / error.size))
    assert error.var() == pytest.approx(ROUNDING_VARIANCE, rel=0.02)


@pytest.mark.parametrize("source", [np.random.default_rng, np.random.RandomState])
def test_dequantisation_is_seeded(source):
    levels = np.full((4, 5), 7, dtype=np.uint8)
    first, again, other = (dequantise(levels, source(seed)) for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).all()


def test_a_density_that_is_even_over_all_levels_takes_eight_bits():
    """Over the 256 levels, from -1/510 to 1 + 1/510, the even density is 255 / 256 in each pixel."""
    assert bits_per_dimension(10 * np.log(255 / 256), 10) == pytest.approx(8.0, abs=1e-12)


def test_half_the_density_in_each_pixel_is_one_bit_more():
    assert bits_per_dimension(-3 * np.log(2), 3) - bits_per_dimension(0.0, 3) == pytest.approx(1.0, abs=1e-12)
