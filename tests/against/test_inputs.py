"""Kinds of input: layouts, types, names of columns, and what is no table of numbers."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from against.bits import same_bits
from mixtura import GaussianMixture

LAYOUTS = {
    "list": lambda X, folder: X.tolist(),
    "Fortran": lambda X, folder: np.asfortranarray(X),
    "every second": lambda X, folder: np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3],
    "backwards": lambda X, folder: X[::-1, ::-1].copy()[::-1, ::-1],
    "read-only": lambda X, folder: frozen(X),
    "memory-mapped": lambda X, folder: mapped(X, folder),
    "DataFrame": lambda X, folder: pd.DataFrame(X, columns=["a", "b", "c"]),
    "objects": lambda X, folder: X.astype(object),
    "big-endian": lambda X, folder: X.astype(">f8"),
    "long": lambda X, folder: X.astype(np.longdouble),
    "not aligned": lambda X, folder: unaligned(X),
}


def frozen(X):
    X = X.copy()
    X.setflags(write=False)
    return X


def mapped(X, folder):
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r")


def unaligned(X):
    raw = np.empty(X.nbytes + 1, dtype=np.uint8)
    rows = raw[1:].view(np.float64).reshape(X.shape)
    rows[...] = X
    assert not rows.flags.aligned
    return rows


@pytest.mark.parametrize("n_components", [1, 3])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_of_the_rows_changes_no_bit(X, layout, n_components, tmp_path):
    expected = GaussianMixture(n_components, random_state=0).fit(X)
    given = LAYOUTS[layout](X, tmp_path)
    gmm = GaussianMixture(n_components, random_state=0).fit(given)
    assert same_bits(gmm, expected)
    assert_array_equal(gmm.score_samples(given), expected.score_samples(X))
    assert_array_equal(gmm.predict_proba(given), expected.predict_proba(X))


@pytest.mark.parametrize("dtype", [np.float16, np.int8, np.int64, np.uint16, bool, np.float32])
def test_other_types_mean_the_numbers_that_they_hold(X, dtype):
    rows = (X > 2) if dtype is bool else np.abs(X).astype(dtype)
    expected = GaussianMixture(2, random_state=0).fit(rows.astype(np.float64))
    gmm = GaussianMixture(2, random_state=0).fit(rows)
    assert_allclose(gmm.means_, expected.means_, rtol=1e-6)
    assert gmm.means_.dtype == (np.float32 if dtype == np.float32 else np.float64)


def test_zeros_keep_the_type_of_the_rows():
    gmm = GaussianMixture(1).fit(np.array([[-1.0], [1.0]], dtype=np.float32))
    assert_array_equal(gmm.means_, [[0.0]])
    assert gmm.means_.dtype == np.float32


@pytest.mark.parametrize("unit", [1e25, 1e-25])
def test_float32_answers_that_float32_cannot_hold_are_no_warning(X, unit):
    """Squares of 32-bit numbers leave the range of 32 bits, where the rows themselves do not."""
    rows = (X * unit).astype(np.float32)
    gmm = GaussianMixture(2, random_state=0).fit(rows)
    expected = GaussianMixture(2, random_state=0).fit(rows.astype(np.float64))
    assert_allclose(gmm.covariances_, expected.covariances_, rtol=1e-5)
    assert_allclose(gmm.precisions_, expected.precisions_, rtol=1e-5)


def test_a_float32_row_that_is_far_away_is_no_warning(X):
    gmm = GaussianMixture(2, random_state=0).fit(X.astype(np.float32))
    far = np.full((1, 3), 1e30, dtype=np.float32)
    assert gmm.score_samples(far)[0] < -1e38
    assert_array_equal(gmm.predict_proba(far).sum(), 1.0)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (lambda X: X[:, 0], "Expected 2D array, got 1D"),
        (lambda X: X[None], "dim 3"),
        (lambda X: [["a", "b", "c"], ["d", "e", "f"]], "could not convert string to float"),
        (lambda X: X + 1j, "Complex data not supported"),
        (lambda X: sparse.csr_matrix(X), "dense data is required"),
        (lambda X: X[:0], "0 sample"),
        (lambda X: X[:, :0], "0 feature"),
        (lambda X: X * 1e151, "expected at most 1e"),
        (lambda X: "X", "Expected 2D array, got scalar|could not convert"),
        (lambda X: None, "Expected 2D array, got scalar"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(X, bad, message):
    with pytest.raises((ValueError, TypeError), match=message):
        GaussianMixture(2).fit(bad(X))


def test_names_of_columns_are_kept_and_checked(X):
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    gmm = GaussianMixture(2, random_state=0).fit(table)
    assert gmm.feature_names_in_.tolist() == ["a", "b", "c"]
    assert gmm.to_sklearn().feature_names_in_.tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match="feature names should match"):
        gmm.predict(table[["c", "b", "a"]])
    with pytest.raises(ValueError, match="X has 2 features, but GaussianMixture is expecting 3"):
        GaussianMixture(2, random_state=0).fit(X).predict(X[:, :2])
