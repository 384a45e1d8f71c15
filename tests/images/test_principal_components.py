"""The transformer: scikit-learn's PCA, exact identities, equivariances, its contract, bad input, memory."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from mixtura.images import PrincipalComponents


@pytest.fixture(scope="module")
def digits():
    """Real images: bytes (1797, 8, 8)."""
    return (load_digits().images * 15).astype(np.uint8)


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).normal(size=(300, 12)) @ np.random.default_rng(1).normal(size=(12, 12)) + 5.0


def test_scikit_learn_checks():
    results = check_estimator(PrincipalComponents(), on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}
    assert sum(result["status"] == "passed" for result in results) > 40


@pytest.mark.parametrize("shape", [(300, 12), (12, 30), (20, 20)])
def test_against_scikit_learn(shape):
    X = np.random.default_rng(2).normal(size=shape) * np.arange(1, shape[1] + 1) - 3.0
    n, d = shape
    ours, theirs = PrincipalComponents(5).fit(X), PCA(5, svd_solver="full").fit(X)
    assert_allclose(ours.mean_, theirs.mean_, rtol=1e-13)
    assert_allclose(ours.components_, theirs.components_, atol=1e-12)
    assert_allclose(ours.singular_values_[:5], theirs.singular_values_, rtol=1e-13)
    assert_allclose(ours.explained_variance_, theirs.explained_variance_ * (n - 1) / n, rtol=1e-13)
    assert_allclose(ours.explained_variance_ratio_, theirs.explained_variance_ratio_, rtol=1e-13)
    assert_allclose(ours.transform(X), theirs.transform(X), atol=1e-11)
    # Theirs averages over min(n, D) - Q directions; eq. (8) of Tipping and Bishop over D - Q.
    residual = theirs.noise_variance_ * (n - 1) / n * (min(n, d) - 5) / (d - 5)
    assert ours.residual_variance_ == pytest.approx(residual, rel=1e-12)


def test_against_numpy_on_images(digits):
    components = PrincipalComponents(10, block_size=100).fit(digits)
    table = digits.reshape(1797, 64) / 255.0
    centred = table - table.mean(axis=0)
    singular_values, basis = np.linalg.svd(centred, full_matrices=False)[1:]
    present = singular_values > 1e-8 * singular_values[0]
    assert present.sum() == 61  # three pixels of the digits never vary
    assert_allclose(components.singular_values_[present], singular_values[present], rtol=1e-10)
    assert_array_equal(components.singular_values_[~present], 0.0)
    assert_allclose(np.abs(np.sum(components.components_ * basis[:10], axis=1)), 1.0, rtol=1e-12)
    assert components.residual_variance_ == pytest.approx(np.sum(singular_values[10:] ** 2) / 1797 / 54, rel=1e-12)


def test_bytes_and_intensities_are_the_same_images(digits):
    by_bytes, by_floats = PrincipalComponents(8).fit(digits), PrincipalComponents(8).fit(digits / 255.0)
    assert by_bytes.image_shape_ == by_floats.image_shape_ == (8, 8)
    for name in ("mean_", "components_", "explained_variance_", "residual_variance_"):
        assert_allclose(getattr(by_bytes, name), getattr(by_floats, name), rtol=1e-11, atol=1e-12)
    expected = by_bytes.transform(digits[:5])
    for same in (digits[:5] / 255.0, (digits[:5] / 255.0).reshape(5, 64), list(digits[:5] / 255.0)):
        assert_allclose(by_floats.transform(same), expected, atol=1e-11)
    assert by_bytes.suggest().knee == by_floats.suggest().knee
    assert by_bytes.suggest().gavish_donoho == by_floats.suggest().gavish_donoho


def test_colour_images_round_trip():
    images = np.random.default_rng(3).integers(0, 256, size=(80, 4, 5, 3), dtype=np.uint8)
    components = PrincipalComponents().fit(images)
    assert components.image_shape_ == (4, 5, 3)
    assert_allclose(components.reconstruct(images), images / 255.0, atol=1e-12)


def test_reconstruction_error_is_the_variance_left_out(digits):
    components = PrincipalComponents(20).fit(digits)
    for used in (0, 1, 7, 20, None):
        kept = 20 if used is None else used
        error = np.sum((components.reconstruct(digits, used) - digits / 255.0) ** 2)
        assert error == pytest.approx(np.sum(components.singular_values_[kept:] ** 2), rel=1e-11)
    error = np.sum((components.reconstruct(digits) - digits / 255.0) ** 2)
    assert components.residual_variance_ == pytest.approx(error / 1797 / 44, rel=1e-11)
    assert_allclose(components.reconstruct(digits[:2], 0), np.broadcast_to(components.mean_.reshape(8, 8), (2, 8, 8)))


def test_coefficients_have_mean_zero_and_the_stated_variances(rows):
    components = PrincipalComponents(6).fit(rows)
    coefficients = components.transform(rows)
    assert_allclose(coefficients.mean(axis=0), 0.0, atol=1e-12)
    assert_allclose(np.cov(coefficients, rowvar=False, bias=True), np.diag(components.explained_variance_), atol=1e-11)


def test_unseen_rows_go_there_and_back(rows):
    components = PrincipalComponents(6).fit(rows[:200])
    coefficients = components.transform(rows[200:])
    assert_allclose(coefficients, (rows[200:] - components.mean_) @ components.components_.T, atol=1e-12)
    assert_allclose(components.transform(components.inverse_transform(coefficients)), coefficients, atol=1e-11)
    whole = PrincipalComponents().fit(rows[:200])
    assert whole.residual_variance_ == 0.0
    assert_allclose(whole.reconstruct(rows[200:]), rows[200:], rtol=1e-12)


@pytest.mark.parametrize("factor", [2.0**-27, 2.0**27])
def test_scaling_scales(rows, factor):
    plain, scaled = PrincipalComponents(4).fit(rows), PrincipalComponents(4).fit(factor * rows)
    assert_array_equal(scaled.mean_, factor * plain.mean_)
    assert_array_equal(scaled.components_, plain.components_)
    assert_array_equal(scaled.explained_variance_, factor**2 * plain.explained_variance_)
    assert scaled.residual_variance_ == factor**2 * plain.residual_variance_


def test_shifting_shifts(rows):
    plain, shifted = PrincipalComponents(4).fit(rows), PrincipalComponents(4).fit(rows + 1e8)
    assert_allclose(shifted.mean_ - 1e8, plain.mean_, atol=1e-7)
    assert_allclose(shifted.components_, plain.components_, atol=1e-7)  # the shifted data keep 8 digits
    assert_allclose(shifted.explained_variance_, plain.explained_variance_, rtol=1e-7)


def test_permuting_rows_and_columns(rows):
    rng = np.random.default_rng(4)
    order, columns = rng.permutation(300), rng.permutation(12)
    plain, mixed = PrincipalComponents(4).fit(rows), PrincipalComponents(4).fit(rows[order][:, columns])
    assert_allclose(mixed.components_, plain.components_[:, columns], atol=1e-12)
    assert_allclose(mixed.singular_values_, plain.singular_values_, rtol=1e-13)


def test_block_size_changes_nothing_beyond_rounding(rows):
    whole = PrincipalComponents(5).fit(rows)
    for block_size in (1, 7, 299, 10**6):
        blocked = PrincipalComponents(5, block_size=block_size).fit(rows)
        assert_allclose(blocked.components_, whole.components_, atol=1e-12)
        assert_allclose(blocked.singular_values_, whole.singular_values_, rtol=1e-13)
        assert_allclose(blocked.transform(rows), whole.transform(rows), atol=1e-11)


def test_a_data_frame_keeps_its_names(rows):
    frame = pd.DataFrame(rows[:, :3], columns=["a", "b", "c"])
    components = PrincipalComponents(2).set_output(transform="pandas").fit(frame)
    assert list(components.transform(frame).columns) == ["principalcomponents0", "principalcomponents1"]
    assert components.reconstruct(frame).shape == (300, 3)


def test_equal_rows_have_no_variance():
    components = PrincipalComponents(1).fit(np.full((4, 2), 7.0))
    assert_array_equal(components.explained_variance_ratio_, 0.0)
    assert components.residual_variance_ == 0.0
    with pytest.raises(ValueError, match="All rows are equal"):
        components.suggest()


def test_parameters_are_stored_and_cloned():
    assert clone(PrincipalComponents(3, block_size=9)).get_params() == {"n_components": 3, "block_size": 9}


@pytest.mark.parametrize("method", ["transform", "inverse_transform", "reconstruct"])
def test_not_fitted(method, rows):
    with pytest.raises(NotFittedError):
        getattr(PrincipalComponents(), method)(rows)
    with pytest.raises(NotFittedError):
        PrincipalComponents().suggest()


@pytest.mark.parametrize("value", [0, 13, -1, 2.0, "knee", True])
def test_bad_n_components(rows, value):
    with pytest.raises(ValueError, match=r"Got n_components=.*expected a whole number from 1 to 12 \(or None"):
        PrincipalComponents(value).fit(rows)


def test_bad_block_size_and_bad_length_of_reconstruction(rows):
    with pytest.raises(ValueError, match=r"Got block_size=0, but expected a whole number from 1 upwards \(or None"):
        PrincipalComponents(block_size=0).fit(rows)
    with pytest.raises(ValueError, match=r"Got n_components=4, but expected a whole number from 0 to 3"):
        PrincipalComponents(3).fit(rows).reconstruct(rows, 4)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array([[1.0, np.nan], [0.0, 1.0]]), r"NaN or infinity \(inf\) in 1 of 2 rows"),
        (np.array([[["a"]], [["b"]]]), r"dtype <U1, but expected uint8"),
        (np.array([["a", "b"], ["c", "d"]]), r"numeric"),
        (np.full((3, 2, 2), 255.0), r"from 255 to 255, but expected images with intensities in \[0, 1\]"),
        (np.full((3, 2, 2), np.inf), r"in 3 of 3 rows, first in row 0"),
        (np.array([[1e200, 0.0], [0.0, 0.0]]), r"squares overflow"),
        (np.zeros((1, 4)), r"1 sample"),
        (np.zeros((1, 2, 2), dtype=np.uint8), r"1 sample"),
        (np.zeros((0, 2, 2)), r"0 sample"),
        (np.zeros((4, 0, 3)), r"0 feature"),
        (np.zeros(5), r"Expected 2D array"),
        (np.zeros((2, 2, 2, 2, 2)), r"dim 5"),
        ([np.zeros((2, 2)), np.zeros((3, 3))], r"different sizes"),
    ],
)
def test_bad_training_data(X, message):
    with pytest.raises(ValueError, match=message):
        PrincipalComponents().fit(X)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((8, 8)), r"Got one image of 8 x 8, but expected a stack of images: give image\[np.newaxis\]"),
        (np.zeros((2, 9, 7)), r"Got images of 9 x 7, but PrincipalComponents was fitted to images of 8 x 8"),
        (np.zeros((2, 4, 16)), r"Got images of 4 x 16"),  # as many pixels, yet not these images
        (np.zeros((2, 63)), r"X has 63 features, but PrincipalComponents is expecting 64 features"),
        (np.zeros((2, 64), dtype=np.uint8), r"rows of bytes \(uint8\)"),
        (np.full((2, 8, 8), 200.0), r"from 200 to 200, but expected images with intensities in \[0, 1\]"),
        (np.full((2, 8, 8), np.nan), r"NaN"),
    ],
)
def test_bad_new_images(digits, X, message):
    components = PrincipalComponents(3).fit(digits)
    with pytest.raises(ValueError, match=message):
        components.transform(X)


def test_bad_new_rows_and_coefficients(rows):
    components = PrincipalComponents(3).fit(rows)
    with pytest.raises(ValueError, match=r"Got images of 3 x 4, but PrincipalComponents was fitted to rows"):
        components.transform(np.zeros((5, 3, 4)))
    with pytest.raises(ValueError, match=r"NaN or infinity"):
        components.transform(np.full((2, 12), np.nan))
    with pytest.raises(ValueError, match=r"Got 2 coefficients in a row, but expected 3"):
        components.inverse_transform(np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"NaN"):
        components.inverse_transform(np.full((5, 3), np.nan))


def test_a_failed_fit_leaves_the_last_one_whole(rows):
    components = PrincipalComponents(3).fit(rows)
    before = vars(components).copy()
    for bad in (np.full((9, 3), np.nan), np.zeros((9, 2))):  # the second: too few columns for 3 components
        with pytest.raises(ValueError, match=r"NaN|n_components=3"):
            components.fit(bad)
        assert vars(components) == before


def test_memory_of_sixty_thousand_images():
    """The data are 45 MiB as bytes and 359 MiB as float64; beside them, a fit may take 64 MiB."""
    rng = np.random.default_rng(5)
    images = rng.integers(0, 256, size=(60_000, 28, 28), dtype=np.uint8)
    components = PrincipalComponents(20)
    tracemalloc.start()
    try:
        components.fit(images)
        fitted = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        coefficients = components.transform(images)
        transformed = tracemalloc.get_traced_memory()[1] - coefficients.nbytes
    finally:
        tracemalloc.stop()
    assert fitted < 64 * 2**20
    assert transformed < 48 * 2**20
    assert components.n_samples_seen_ == 60_000
