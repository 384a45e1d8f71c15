"""Held-out bits: the model's own figure, and its spread."""

from types import SimpleNamespace

import numpy as np
import pytest

from mixtura.images import ImageMixture
from mixtura.images.quality import held_out_bits


def test_mean_and_spread_of_what_the_model_says(digits):
    said = iter([3.0, 4.0, 8.0])
    model = SimpleNamespace(bits_per_dim=lambda images, random_state: next(said))
    found = held_out_bits(model, digits[:7])
    assert (found.value, found.n_images, found.n_draws) == (5.0, 7, 3)
    assert found.spread == pytest.approx(np.std([3, 4, 8], ddof=1))


def test_each_draw_has_fresh_noise_and_the_seed_fixes_all(digits):
    model = ImageMixture(10, 2, random_state=0).fit(digits[:900])
    found = held_out_bits(model, digits[900:], random_state=1)
    assert 0 < found.spread < 0.01
    assert found == held_out_bits(model, digits[900:], random_state=1)
    for make in (np.random.default_rng, np.random.RandomState):
        assert held_out_bits(model, digits[900:], random_state=make(1)).value == pytest.approx(found.value, abs=0.01)
    assert found.value == pytest.approx(model.bits_per_dim(digits[900:], random_state=2), abs=0.01)
    assert np.isnan(held_out_bits(model, digits[900:], n_draws=1).spread)


def test_bad_input(digits):
    model = ImageMixture(10, 2, random_state=0).fit(digits[:900])
    with pytest.raises(ValueError, match=r"Got n_draws=0, but expected a whole number from 1 upwards"):
        held_out_bits(model, digits, n_draws=0)
    with pytest.raises(ValueError, match="expected uint8"):
        held_out_bits(model, digits / 255.0)
