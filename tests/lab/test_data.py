import numpy as np
import pytest

from mixtura.datasets import DatasetNotFoundError, ImageSet
from mixtura.lab.data import DATASETS, load_images, load_lines


def test_digits_are_loaded_as_asked():
    images = load_images("digits")
    assert (images.dataset, images.reasons) == ("digits", "")
    assert (len(images.train), len(images.test)) == (1442, 355)


def test_digits_take_the_place_of_what_is_found_nowhere(monkeypatch):
    def nowhere(split):
        raise DatasetNotFoundError("1. the cache: empty")

    monkeypatch.setitem(DATASETS, "fashion-mnist", nowhere)
    images = load_images("fashion-mnist")
    assert images.dataset == "digits"
    assert images.reasons == "1. the cache: empty"


@pytest.mark.parametrize("name", DATASETS)
def test_lines_name_the_loader(name):
    images = ImageSet(np.zeros((1, 2, 2), np.uint8), np.zeros(1, np.uint8), ("a",), name.title(), "")
    assert f"from mixtura.datasets import {DATASETS[name].__name__}\n" in load_lines(images)


def test_other_images_are_the_readers_own():
    images = ImageSet(np.zeros((1, 2, 2), np.uint8), np.zeros(1, np.uint8), ("a",), "stars", "")
    assert "your images" in load_lines(images)
