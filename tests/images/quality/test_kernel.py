"""Kernel distance: plain loops, the closed form of its expectation, no bias."""

import numpy as np
import pytest

from mixtura.images.quality import kernel_distance


def by_loops(x, y):
    n = len(x)

    def kernel(a, b):
        return (float(a @ b) / len(a) + 1) ** 3

    inner = sum(kernel(z[i], z[j]) for z in (x, y) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    return inner - 2 * sum(kernel(a, b) for a in x for b in y) / n**2


def test_value_by_plain_loops():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 3)), rng.exponential(size=(12, 3))
    found = kernel_distance(x, y, n_subsets=1, random_state=0)  # one subset: all rows
    assert found.value == pytest.approx(by_loops(x, y), rel=1e-10)
    assert np.isnan(found.standard_error)
    assert np.isnan(kernel_distance(x, y, n_subsets=9, random_state=0).standard_error)  # each subset is all rows


def test_expectation_in_closed_form():
    """For one feature and the kernel (x y + 1)^3 it is the sum of 3 c2 (m1 - n1)^2 over the first three raw moments."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(60_000, 1)), rng.normal(loc=0.5, scale=1.2, size=(60_000, 1))
    first, second = (np.array([np.mean(z), np.mean(z**2), np.mean(z**3)]) for z in (x, y))
    expected = np.sum(np.array([3, 3, 1]) * (first - second) ** 2)
    found = kernel_distance(x, y, n_subsets=60, subset_size=500, random_state=0)
    assert found.value == pytest.approx(expected, abs=4 * found.standard_error)
    assert 0 < found.standard_error < expected / 4


def test_no_bias_where_nothing_differs():
    rng = np.random.default_rng(2)
    values = [
        kernel_distance(*rng.normal(size=(2, 40, 4)), n_subsets=1).value  # fresh rows each time
        for _ in range(300)
    ]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(300)
    assert min(values) < 0


def test_the_seed_fixes_the_subsets():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 90, 2))
    first, second = (kernel_distance(x, y, subset_size=30, random_state=seed) for seed in (0, 0))
    assert first == second != kernel_distance(x, y, subset_size=30, random_state=1)
    for make in (np.random.default_rng, np.random.RandomState):
        assert kernel_distance(x, y, subset_size=30, random_state=make(0)).value == pytest.approx(
            kernel_distance(x, y, subset_size=30, random_state=make(0)).value
        )
    with pytest.raises(ValueError, match=r"Got n_subsets=0, but expected a whole number from 1 upwards"):
        kernel_distance(x, y, n_subsets=0)


def test_subsets_of_all_rows_are_one():
    """All rows in another order are no second estimate: there is no spread to take an error from."""
    x, y = np.random.default_rng(4).normal(size=(2, 30, 2))
    found = kernel_distance(x, y, n_subsets=50, random_state=0)
    assert found.value == pytest.approx(by_loops(x, y), rel=1e-10)
    assert np.isnan(found.standard_error)
    assert np.isnan(kernel_distance(x, y[:20], n_subsets=50, random_state=0).standard_error)


def test_the_standard_error_is_the_spread_over_fresh_rows():
    """Though subsets overlap: their own spread over the root of their number would say a third of it here."""
    rng = np.random.default_rng(4)
    found = [
        kernel_distance(rng.normal(size=(300, 2)), rng.normal(0.8, 1.0, size=(300, 2)), subset_size=60, random_state=0)
        for _ in range(120)
    ]
    spread = np.std([one.value for one in found])
    assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.3)
