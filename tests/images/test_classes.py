"""Classes: labels of any kind become a partition; bad ones are refused."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mixtura.images.classes import Classes


@pytest.mark.parametrize(
    "labels",
    [
        [5, 2, 5, 9],
        np.array([5, 2, 5, 9], dtype=np.uint8),
        [5.0, 2.0, 5.0, 9.0],
        ["coat", "bag", "coat", "shirt"],
        np.array(["coat", "bag", "coat", "shirt"], dtype=object),
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


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2], r"Got labels of shape \(2,\) for 3 images, but expected \(3,\)"),
        ([[1], [2], [3]], r"Got labels of shape \(3, 1\) for 3 images"),
        (4, r"Got labels of shape \(\)"),
        ([1.0, np.nan, np.nan], r"of which 2 are missing"),
        (np.array(["a", None, "b"], dtype=object), r"of which 1 are missing"),
        (np.array(["a", 1, "b"], dtype=object), r"Got labels of mixed types"),
    ],
)
def test_bad_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        Classes.of(labels, 3)


def test_the_smallest_class_is_named():
    classes = Classes.of(["b", "a", "b", "b"], 4)
    classes.check_sizes(1)
    with pytest.raises(ValueError, match=r"Got 1 images of class a, but expected at least 2"):
        classes.check_sizes(2)
    with pytest.raises(ValueError, match=r"Got 4 images, but expected at least 5"):
        Classes.of(None, 4).check_sizes(5)
