"""Neighbours: plain loops, chance for real images, and what the test sees."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from mixtura.images import ImageMixture, neighbour_test


def test_neighbours_by_plain_loops(digits):
    real, generated = digits[:60], digits[60:120] // 2
    rows = np.concatenate([real, generated]).reshape(120, 64) / 255.0
    distances = cdist(rows, rows)
    alike = []
    for i in range(120):
        others = [j for j in range(120) if j != i]
        nearest = min(others, key=lambda j: distances[i, j])
        alike.append((nearest < 60) == (i < 60))
    found = neighbour_test(real, generated)
    assert found.real == np.mean(alike[:60])
    assert found.generated == np.mean(alike[60:])
    assert found.accuracy == pytest.approx(np.mean(alike))
    assert neighbour_test(real / 255.0, generated) == found


def test_nobody_tells_real_images_from_real_ones(digits):
    found = neighbour_test(digits[:800], digits[800:1600])
    assert found.real == pytest.approx(0.5, abs=0.06)
    assert found.generated == pytest.approx(0.5, abs=0.06)


def test_neighbours_see_blur_and_noise(digits):
    train, held_out = digits[:900], digits[900:1500]
    blurred = ImageMixture(4, 8, random_state=0).fit(train).sample(600, random_state=0)
    noisy = np.clip(train[:600] / 255.0 + 0.3 * np.random.default_rng(0).normal(size=(600, 8, 8)), 0, 1)
    sharp = ImageMixture(30, 8, random_state=0).fit(train).sample(600, random_state=0)
    assert neighbour_test(held_out, blurred).generated > 0.95
    assert neighbour_test(held_out, noisy).real > 0.8
    assert neighbour_test(held_out, sharp).generated < 0.85


def test_bad_input(digits):
    with pytest.raises(ValueError, match=r"Got 10 real and 11 generated images, but expected as many"):
        neighbour_test(digits[:10], digits[:11])
    with pytest.raises(ValueError, match=r"Got images of 7 x 8, but expected images of 8 x 8, as the real ones"):
        neighbour_test(digits[:10], digits[:10, :7])
    with pytest.raises(ValueError, match=r"expected a stack of images"):
        neighbour_test(digits[0], digits[0])
