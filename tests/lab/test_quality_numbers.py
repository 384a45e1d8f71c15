import dataclasses

import numpy as np
import pytest

from mixtura.lab.quality_numbers import Quality, answer_of, finding_of


@pytest.fixture
def found():
    return Quality(
        focus="class 2",
        basis_sizes=np.array([10, 100]),
        component_counts=np.array([1, 5, 25]),
        train_bits=np.array([[7.1, 7.0, 6.9], [6.4, 6.3, 6.1]]),
        test_bits=np.array([[7.2, 7.1, 7.0], [6.5, 6.4, 6.6]]),
        found_out=np.array([[1.0, 1.0, 1.0], [0.7, 0.7, 0.6]]),
        real_alike=np.array([[0.5, 0.4, 0.3], [0.9, 0.8, 0.6]]),
        n_train=6000,
        n_judged=1000,
        n_basis=100,
        n_components=25,
    )


def test_the_setting_before_is_found_again(found):
    assert (found.row, found.column) == (1, 2)
    assert found.best == (1, 1)


def test_the_answer_follows_the_numbers(found):
    answer = answer_of(found)
    assert "from 10 to 100 basis vectors lowers the bits on test images from 7.000 to 6.600" in answer
    assert "lowers the bits on training images from 6.400 to 6.100" in answer
    assert "raises those on test images from 6.500 to 6.600; they are lowest at 5, with 6.400" in answer
    assert "Beyond 5 the model learns its training images by heart: with 25 components there are 240 images" in answer
    assert "6.400, are those of 5 components in 100 dimensions; the setting of the steps before needs 6.600" in answer
    assert "least able to tell 25 components in 100 dimensions" in answer
    assert "more of the real images have none near" in answer
    assert "5 components in 100 dimensions, with 6.400" in finding_of(found)


def test_other_numbers_get_another_answer(found):
    rising = dataclasses.replace(
        found,
        test_bits=np.array([[6.0, 5.9, 5.8], [6.5, 6.4, 6.3]]),
        found_out=np.array([[0.6, 0.6, 0.5], [0.7, 0.7, 0.7]]),
        real_alike=np.array([[0.5, 0.5, 0.5], [0.4, 0.4, 0.4]]),
    )
    answer = answer_of(rising)
    assert "from 10 to 100 basis vectors raises the bits" in answer
    assert "by heart" not in answer
    assert "Few vectors" not in answer
    assert "The nearest-neighbour test agrees" in answer
    nearer = dataclasses.replace(found, real_alike=np.array([[0.1, 0.1, 0.1], [0.4, 0.4, 0.4]]))
    assert "nearer to the real ones" in answer_of(nearer)
    tied = dataclasses.replace(found, found_out=np.full((2, 3), 0.6), real_alike=np.full((2, 3), 0.6))
    assert "from real images, among others" in answer_of(tied)
    alone = dataclasses.replace(rising, n_basis=10)
    assert "the setting of the steps before" not in answer_of(alone)
