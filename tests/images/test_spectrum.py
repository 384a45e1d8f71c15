"""The sweep against an oracle at 50 digits, NumPy's decomposition, and the properties of sums."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from mixtura.images.spectrum import byte_scatter, default_block_size, spectrum, triangle

EPS = np.finfo(np.float64).eps


def oracle(rows):
    """Return mean (D,) and singular values (min(n, D),) of the centred rows at 50 digits, rounded once."""
    n, d = rows.shape
    with mpmath.workdps(50):
        table = mpmath.matrix([[mpmath.mpf(float(value)) for value in row] for row in rows])
        mean = [mpmath.fsum(table[:, j]) / n for j in range(d)]
        for i in range(n):
            for j in range(d):
                table[i, j] -= mean[j]
        if n < d:
            table = table.T
        values = sorted(mpmath.svd_r(table, compute_uv=False), reverse=True)
        return np.array([float(m) for m in mean]), np.array([float(v) for v in values])


def assert_is_decomposition(found, rows, tolerance=1e-13):
    """Orthonormal basis; mean and basis rebuild the scatter that NumPy computes from the rows in one piece."""
    centred = rows.astype(np.float64) - rows.astype(np.float64).mean(axis=0)
    np.testing.assert_allclose(found.basis @ found.basis.T, np.eye(len(found.basis)), atol=1e-13)
    assert np.all(np.diff(found.singular_values) <= 0.0)
    rebuilt = (found.basis.T * found.singular_values**2) @ found.basis
    scatter = centred.T @ centred
    np.testing.assert_allclose(rebuilt, scatter, atol=tolerance * max(np.abs(scatter).max(), 1e-300))


@pytest.mark.parametrize("shape", [(12, 4), (5, 4), (4, 4), (3, 4), (2, 6), (9, 1), (2, 1)])
@pytest.mark.parametrize("offset", [0.0, 1e8])
def test_against_fifty_digits(shape, offset):
    rows = np.random.default_rng(0).normal(size=shape) + offset
    mean, singular_values = oracle(rows)
    found = spectrum(rows, block_size=5)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(found.singular_values, singular_values, atol=1e-14 * singular_values[0])
    assert_is_decomposition(found, rows, 1e-13 if offset == 0.0 else 1e-7)  # NumPy's mean rounds at 1e-8 there


def test_small_singular_values_keep_their_digits():
    """A condition number of 1e11: sums of squares would leave nothing of the smallest."""
    rng = np.random.default_rng(1)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    rows = rng.normal(size=(40, 4)) * [1.0, 1e-4, 1e-8, 1e-11] @ turn
    singular_values = oracle(rows)[1]
    found = spectrum(rows, block_size=7).singular_values
    np.testing.assert_allclose(found, singular_values, rtol=0.0, atol=4 * EPS * singular_values[0])
    assert found[-1] == pytest.approx(singular_values[-1], rel=1e-4)


def test_data_that_jump_between_blocks():
    """The common centre of one block may lie far from the next: the step between them must enter exactly."""
    rows = np.random.default_rng(2).normal(size=(60, 3))
    rows[20:40] += 1e6
    rows[40:] -= 3e6
    mean, singular_values = oracle(rows)
    found = spectrum(rows, block_size=10)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-14)
    np.testing.assert_allclose(found.singular_values, singular_values, atol=4 * EPS * singular_values[0])


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(2, 60),
    d=st.integers(1, 12),
    block_size=st.integers(1, 70),
    kind=st.sampled_from(["float64", "float32", "float16", "longdouble", "uint8", "int16", "bool"]),
)
def test_any_shape_type_and_block(seed, n, d, block_size, kind):
    rows = (np.random.default_rng(seed).normal(size=(n, d)) * 40 + 100).clip(0, 255).astype(kind)
    found = spectrum(rows, block_size)
    assert found.singular_values.shape == (min(n, d),)
    assert found.basis.shape == (min(n, d), d)
    assert {found.mean.dtype, found.singular_values.dtype, found.basis.dtype} == {np.dtype(np.float64)}
    assert_is_decomposition(found, rows)
    whole = spectrum(rows, n)
    np.testing.assert_allclose(found.mean, whole.mean, rtol=1e-14)
    scale = max(whole.singular_values[0], 1.0)
    # Where bytes have more rows than columns, a value below the root of eps is 0.
    tolerance = 1e-7 if kind == "uint8" else 1e-13
    np.testing.assert_allclose(found.singular_values, whole.singular_values, atol=tolerance * scale)


def test_sums_of_bytes_are_exact():
    """The centred scatter is (n S - s s') / n with whole numbers S and s; one rounding is all it may differ by."""
    rows = np.random.default_rng(3).integers(0, 256, size=(3000, 9), dtype=np.uint8)
    rows[:, 0] = 255  # no variance
    rows[:, 1] = 0
    rows[17, 1] = 1  # the least there can be
    whole = rows.astype(np.int64)
    total = whole.sum(axis=0)
    exact = (len(rows) * (whole.T @ whole) - np.outer(total, total)) / len(rows)
    mean, scatter = byte_scatter(rows, 256)
    np.testing.assert_array_equal(mean, total / len(rows))
    # Rounding is relative to the numbers that are subtracted last, of which the second is at most n / 4.
    np.testing.assert_allclose(scatter, exact, rtol=EPS, atol=len(rows) * EPS / 4)
    assert not scatter[0].any()
    assert scatter[1, 1] == exact[1, 1]


def test_bytes_that_never_vary_have_no_singular_value():
    rows = np.random.default_rng(8).integers(0, 256, size=(900, 30), dtype=np.uint8)
    rows[:, [3, 11, 29]] = [0, 7, 255]
    rows[:, 5] = rows[:, 6]  # rank is lost this way too
    found = spectrum(rows, 100)
    assert np.all(found.singular_values[:26] > 1.0)
    np.testing.assert_array_equal(found.singular_values[26:], 0.0)
    assert_is_decomposition(found, rows)


def test_equal_rows_of_bytes():
    found = spectrum(np.full((9, 4), 200, dtype=np.uint8), 5)
    np.testing.assert_array_equal(found.singular_values, 0.0)
    np.testing.assert_array_equal(found.mean, 200.0)


def test_order_blocks_and_threads_change_no_bit_of_the_sums_of_bytes():
    rng = np.random.default_rng(4)
    rows = rng.integers(0, 256, size=(2000, 40), dtype=np.uint8)
    mean, scatter = byte_scatter(rows, 512)
    for threads, block_size, order in [(1, 512, slice(None)), (2, 77, slice(None)), (2, 2000, rng.permutation(2000))]:
        with threadpool_limits(threads, user_api="blas"):
            again = byte_scatter(rows[order], block_size)
        np.testing.assert_array_equal(again[0], mean)
        np.testing.assert_array_equal(again[1], scatter)


def test_the_routes_agree():
    rows = np.random.default_rng(5).integers(0, 256, size=(500, 12), dtype=np.uint8)
    by_sums, by_triangle = spectrum(rows, 100), spectrum(rows.astype(np.float32), 100)
    np.testing.assert_allclose(by_sums.mean, by_triangle.mean, rtol=1e-15)
    np.testing.assert_allclose(by_sums.singular_values, by_triangle.singular_values, rtol=1e-13)
    np.testing.assert_allclose(by_sums.basis, by_triangle.basis, atol=1e-12)


def test_threads_change_no_bit_of_the_triangle():
    rows = np.random.default_rng(6).normal(size=(900, 100))
    with threadpool_limits(1, user_api="blas"):
        one = triangle(rows, 300)
    with threadpool_limits(2, user_api="blas"):
        two = triangle(rows, 300)
    np.testing.assert_array_equal(one[1], two[1])
    np.testing.assert_array_equal(np.tril(one[1], -1), 0.0)


def test_signs_make_the_largest_entry_positive():
    found = spectrum(np.random.default_rng(7).normal(size=(50, 6)), 50)
    negated = spectrum(-np.random.default_rng(7).normal(size=(50, 6)), 50)
    assert np.all(found.basis[np.arange(6), np.argmax(np.abs(found.basis), axis=1)] > 0.0)
    np.testing.assert_allclose(found.basis, negated.basis, atol=1e-13)


@pytest.mark.parametrize(("columns", "rows"), [(1, 2**20), (784, 1337), (10**6, 256)])
def test_default_block_size(columns, rows):
    assert default_block_size(columns) == rows
