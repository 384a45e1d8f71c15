"""ImageSet: what it holds agrees, and cannot be changed by accident."""

import dataclasses

import numpy as np
import pytest

from mixtura.datasets import ImageSet


@pytest.fixture
def cards():
    images = np.arange(4 * 2 * 3, dtype=np.uint8).reshape(4, 2, 3)
    labels = np.array([0, 1, 1, 2], dtype=np.uint8)
    return ImageSet(images, labels, ("red", "black", "joker"), name="cards", source="Made up.")


def test_it_is_frozen_through_and_through(cards):
    with pytest.raises(dataclasses.FrozenInstanceError):
        cards.name = "other"
    with pytest.raises(ValueError, match="read-only"):
        cards.images[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        cards.labels[0] = 0


def test_the_callers_arrays_stay_writable():
    images = np.zeros((1, 2, 2), dtype=np.uint8)
    ImageSet(images, np.zeros(1, dtype=np.uint8), ("only",), name="one", source="Made up.")
    images[0] = 1


def test_it_describes_itself_in_a_line(cards):
    assert repr(cards) == "ImageSet('cards': 4 images of 2 x 3 in 3 classes)"
    assert len(cards) == 4


@pytest.mark.parametrize("classes", [(1, 2), ("joker", "black"), (np.uint8(2), "black")])
def test_only_keeps_the_classes_in_their_order(cards, classes):
    kept = cards.only(*classes)
    np.testing.assert_array_equal(kept.images, cards.images[1:])
    assert kept.labels.tolist() == [1, 1, 2]
    assert (kept.class_names, kept.name, kept.source) == (cards.class_names, cards.name, cards.source)


def test_the_first_images_of_each_class_are_kept_in_order(cards):
    some = cards.first_of_each(1)
    assert some.labels.tolist() == sorted(set(cards.labels.tolist()), key=cards.labels.tolist().index)
    for label, image in zip(some.labels, some.images, strict=True):
        np.testing.assert_array_equal(image, cards.only(int(label)).images[0])
    assert (some.class_names, some.name, some.source) == (cards.class_names, cards.name, cards.source)
    assert len(cards.first_of_each(99)) == len(cards)
    assert cards.first_of_each(None) is cards


@pytest.mark.parametrize("one", [3, -1, "blue", 0.5])
def test_an_unknown_class_is_named_with_the_known_ones(cards, one):
    with pytest.raises(ValueError, match=rf"Got class {one!r}, .*0 'red', 1 'black', 2 'joker'"):
        cards.only(one)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 3, 3)), np.zeros(2, np.uint8), r"Got images float64 of shape \(2, 3, 3\), but expected uint8"),
        (np.zeros((2, 9), np.uint8), np.zeros(2, np.uint8), r"shape \(2, 9\), but expected .*height, width"),
        (np.zeros((2, 3, 3), np.uint8), np.zeros(3, np.uint8), r"labels uint8 of shape \(3,\) .*one label for each"),
        (np.zeros((2, 3, 3), np.uint8), [0, 1], r"labels int64 of shape \(2,\)"),
        (np.zeros((2, 3, 3), np.uint8), np.array([0, 2], np.uint8), "label 2 with 2 class names, .*name every class"),
    ],
)
def test_what_does_not_agree_is_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        ImageSet(images, labels, ("a", "b"), name="bad", source="Made up.")
