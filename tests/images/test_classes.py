"""Classes: labels of any kind become a partition; bad ones are refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from mixtura.images.classes import Classes, draw_classes, number_of_label


@pytest.mark.parametrize(
    "labels",
    [
        [5, 2, 5, 9],
        np.array([5, 2, 5, 9], dtype=np.uint8),
        [5.0, 2.0, 5.0, 9.0],
        ["coat", "bag", "coat", "shirt"],
        np.array(["coat", "bag", "coat", "shirt"], dtype=object),
        np.ma.array([5, 2, 5, 9], mask=False),
        pd.Series(["coat", "bag", "coat", "shirt"], index=[3, 2, 1, 0]),
    ],
)
def test_partition(labels):
    classes = Classes.of(labels, 4)
    assert list(classes.names) == sorted(set(labels))
    assert [list(member) for member in classes.members] == [[1], [0, 2], [3]]
    assert_array_equal(classes.sizes, [1, 2, 1])
    assert_array_equal(classes.weights, [0.25, 0.5, 0.25])


def test_no_labels_are_one_class_of_all_without_a_copy():
    classes = Classes.of(None, 7)
    rows = np.arange(7)
    assert classes.names is None
    assert np.shares_memory(rows[classes.members[0]], rows)
    assert_array_equal(classes.weights, [1.0])


def test_labels_of_objects_get_a_type_of_their_own():
    assert Classes.of(np.array([2, 1, 2], dtype=object), 3).names.dtype == int
    assert Classes.of(["b", "a", "b"], 3).names.dtype.kind == "U"
    assert Classes.of(np.array([2, 1, 2], dtype=np.uint8), 3).names.dtype == np.uint8


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2], r"Got labels of shape \(2,\) for 3 images, but expected \(3,\)"),
        ([[1], [2], [3]], r"Got labels of shape \(3, 1\) for 3 images"),
        (4, r"Got labels of shape \(\)"),
        ([1.0, np.nan, np.nan], r"of which 2 are missing"),
        (np.array(["a", None, "b"], dtype=object), r"of which 1 are missing"),
        (np.array(["a", 1, "b"], dtype=object), r"Got labels of the types int and str, but expected numbers alone or"),
        (["a", 1, "b"], r"Got labels of the types int and str, but expected .* strings alone: convert them first"),
        (["a", np.nan, "b"], r"of which 1 are missing"),  # NumPy alone would make a class of 'nan'
        (["a", None, np.float32("nan")], r"of which 2 are missing"),
        (np.ma.array([1, 2, 1], mask=[False, True, False]), r"of which 1 are missing \(None, NaN or masked\)"),
        (pd.Series([1, None, 2], dtype="Int64"), r"of which 1 are missing"),
        ([[1], [2, 3], [4]], r"Got labels of the types list"),
    ],
)
def test_bad_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        Classes.of(labels, 3)


def test_the_smallest_class_is_named():
    classes = Classes.of(["b", "a", "b", "b"], 4)
    classes.check_sizes(1, "one")
    with pytest.raises(ValueError, match=r"Got 1 images of class a, but expected at least 2 \(two of each\): use"):
        classes.check_sizes(2, "two of each")
    with pytest.raises(ValueError, match=r"Got 4 images, but expected at least 5"):
        Classes.of(None, 4).check_sizes(5, "many")


def test_classes_to_draw_from():
    names, weights = np.array(["bag", "coat", "shirt"]), np.array([0.2, 0.3, 0.5])
    assert number_of_label("shirt", names) == 2
    assert_array_equal(draw_classes(3, "coat", names, weights, np.random.default_rng(0)), [1, 1, 1])
    for source in (np.random.default_rng(0), np.random.RandomState(0)):
        drawn = draw_classes(20_000, None, names, weights, source)
        np.testing.assert_allclose(np.bincount(drawn) / 20_000, weights, atol=0.015)
    for label in ("hat", ["coat"], 1):
        with pytest.raises(ValueError, match=r"Got label=.*, but expected one of 'bag', 'coat', 'shirt', or None"):
            number_of_label(label, names)
    with pytest.raises(ValueError, match=r"Got label='coat', but expected None: the model was fitted without labels"):
        draw_classes(3, "coat", None, np.ones(1), np.random.default_rng(0))
