"""Checks that several rooms share: counts, numbers, tables of finite numbers."""

import numpy as np
import pytest

from mixtura.checks import LARGEST, check_count, check_finite, check_number


def test_counts():
    assert check_count("n", np.int64(3), 1) == 3
    for bad in (0, 2.0, "3", True, None):
        with pytest.raises(ValueError, match=r"Got n=.* but expected a whole number from 1 upwards\."):
            check_count("n", bad, 1)
    with pytest.raises(ValueError, match=r"Got n_basis=9, .* from 1 to 8 \(there are 8 pixels\)\."):
        check_count("n_basis", 9, 1, 8, "there are 8 pixels")


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, "1", None, True, [0.5]])
def test_numbers_are_finite_and_not_below_their_bound(value):
    with pytest.raises(ValueError, match=r"Got rate=.*, but expected a finite number of at least 0"):
        check_number("rate", value)
    assert check_number("rate", np.float32(0.5)) == 0.5
    assert check_number("rate", 0) == 0.0
    with pytest.raises(ValueError, match=r"Got rate=0.25, but expected a finite number above 0.25\."):
        check_number("rate", 0.25, 0.25, above=True)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite(bad):
    rows = np.zeros((5, 3), dtype=np.float32)
    rows[2, 1] = rows[4, 0] = bad
    with pytest.raises(ValueError, match=r"NaN or infinity \(inf\) in 2 of 5 rows, first in row 2.*drop or mend"):
        check_finite(rows)


def test_values_whose_squares_overflow():
    with pytest.raises(ValueError, match=r"from -1e\+146 to 1, .* none beyond 1e\+145, whose squares overflow"):
        check_finite(np.array([[-10 * LARGEST, 1.0]]))


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, bool, np.float16, np.float64])
def test_finite_values_pass_and_their_range_is_told(dtype):
    assert check_finite(np.array([[0, 1], [1, 1]], dtype=dtype)) == (0.0, 1.0)
