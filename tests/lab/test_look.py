import dataclasses

import numpy as np
import pytest

from mixtura.lab.look import _answer


def test_facts_are_those_of_the_images(activities, train, test):
    found = activities["images-look"].numbers
    assert (found.n_train, found.n_test, found.n_pixels) == (1442, 355, 64)
    assert found.counts.sum() == 1442
    assert found.zero_share == pytest.approx((train.images == 0).mean())
    assert found.level_shares.sum() == pytest.approx(1)
    assert found.brightness[3] == pytest.approx(train.only(3).images.mean())
    assert (found.test_counts == np.bincount(test.labels)).all()


def test_the_answer_follows_the_numbers(activities):
    found = activities["images-look"].numbers
    answer = _answer(found)
    assert f"{100 * found.zero_share:.1f}" in answer
    assert f"from {found.counts.min()} to {found.counts.max()} images of each" in answer
    even = dataclasses.replace(found, counts=np.full(10, 100))
    assert "100 images of each, so no class is favoured" in _answer(even)
