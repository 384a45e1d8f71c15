import dataclasses

import numpy as np
import pytest

from mixtura.images import ImageMixture, NeighbourTest
from mixtura.lab import generate_images
from mixtura.lab.generator import _answer, _finding


@pytest.fixture(scope="module")
def found(activities):
    return activities["images-generator"].numbers


def test_bits_are_those_of_the_model_and_unseen_images_cost_more(found, train, test):
    model = ImageMixture(16, 4, random_state=0).fit(train.only(2).images)
    assert found.test_bits == model.bits_per_dim(test.only(2).images, random_state=0)
    assert found.train_bits < found.test_bits < 8


def test_weights_fall_and_sum_to_one(found):
    assert (np.diff(found.weights) <= 0).all()
    assert found.weights.sum() == pytest.approx(1)


def test_real_images_cannot_be_told_from_real_ones(found):
    assert found.judged_real.accuracy == pytest.approx(0.5, abs=0.2)
    assert found.judged.generated > 0.5


def test_the_seed_decides(train, test):
    sizes = {"n_basis": 8, "n_components": 2}
    first, again, other = (generate_images(train, test, **sizes, random_state=seed) for seed in (1, 1, 2))
    assert first.answer == again.answer
    assert [p.content for p in first.pictures] == [p.content for p in again.pictures]
    assert [p.content for p in first.pictures] != [p.content for p in other.pictures]


def test_the_answer_follows_the_numbers(found):
    assert f"<strong>{found.test_bits:.3f} bits per dimension</strong>" in _answer(found)
    assert f"{found.n_parameters:,} parameters for {found.n_train:,} images" in _answer(found)
    assert f"{found.test_bits:.3f} bits" in _finding(found)
    modest = dataclasses.replace(found, train_bits=found.test_bits + 0.01, converged=False)
    assert "hardly anything by heart" in _answer(modest)
    assert "was stopped before it converged" in _answer(modest)
    same = dataclasses.replace(found, judged=NeighbourTest(0.5, 0.5))
    assert "do not tell the samples from real ones" in _answer(same)


@pytest.mark.parametrize(("far", "says"), [(1.0, "so they are new"), (0.5, "nearer to"), (2.0, "no copies")])
def test_copies_are_judged_by_distance(found, far, says):
    assert says in _answer(dataclasses.replace(found, copy_distance=far * found.fair_distance))
