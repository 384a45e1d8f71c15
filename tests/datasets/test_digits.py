"""The bundled digits, against what scikit-learn hands out."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from mixtura.datasets import ImageSet, load_digits_images


def test_both_splits_together_are_scikit_learns_digits():
    train, test = load_digits_images("train"), load_digits_images("test")
    digits = load_digits()
    seen = dict.fromkeys(range(10), 0)
    is_test = np.zeros(1797, dtype=bool)
    for row, digit in enumerate(digits.target):
        seen[digit] += 1
        is_test[row] = seen[digit] % 5 == 0
    for part, rows in ((train, ~is_test), (test, is_test)):
        assert isinstance(part, ImageSet)
        assert part.images.shape == (rows.sum(), 8, 8)
        np.testing.assert_array_equal(part.labels, digits.target[rows])
        # Rounding 17 levels to 256 and back loses nothing.
        np.testing.assert_array_equal(np.rint(part.images / 255 * 16), digits.images[rows])
    assert (train.images.min(), train.images.max()) == (0, 255)
    assert len(train) + len(test) == 1797


def test_a_fifth_of_each_digit_is_for_testing():
    everything = np.bincount(load_digits().target)
    assert np.bincount(load_digits_images("test").labels).tolist() == (everything // 5).tolist()
    assert load_digits_images().class_names == tuple("0123456789")


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match="Got split='all', but expected 'train' or 'test'"):
        load_digits_images("all")
