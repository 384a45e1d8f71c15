"""All kernels agree: each instruction set with the portable one, for every form, need, type, layout and remainder."""

import numpy as np
import pytest
from conftest import random_mixture
from hypothesis import given, settings
from hypothesis import strategies as st

from mixtura.forms import Dense, Diagonal
from mixtura.kernels.contract import Assignment
from mixtura.kernels.portable import NEEDS, PortableKernel
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL

native = pytest.importorskip("mixtura.kernels.native", reason="the compiled kernel was not built here")
KERNELS = [native.NativeKernel(name) for name in native.INSTRUCTION_SETS]
FORMS = ("dense", "shared", "diagonal")
FIELDS = ("counts", "first", "second", "log_likelihood", "weight")
SIZES = range(1, 131)


def swept(kernel, rows, weights, mixture, need, centres=None):
    moments = Moments.zeros(need, mixture.means if centres is None else centres)
    kernel.sweep(rows, weights, mixture, moments)
    return moments


def assigned(kernel, rows, mixture):
    out = Assignment(np.empty(len(rows)), np.empty(len(rows), dtype=np.int64), np.empty(len(rows)))
    kernel.assign(rows, mixture, out)
    return out


def assert_same(found, expected, tolerance=1e-12):
    for field in FIELDS:
        ours, theirs = getattr(found, field), getattr(expected, field)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(np.abs(theirs).max(), 1e-300))


@pytest.mark.parametrize("d", SIZES)
@pytest.mark.parametrize("form", FORMS)
def test_every_number_of_features(form, d):
    rng = np.random.default_rng(d)
    for spread, n in [(3.0, 261), (0.2, 67)]:  # separated and overlapping; never a whole number of blocks
        mixture = random_mixture(3, d, form, seed=d, spread=spread)
        rows, weights = mixture.sample(n, rng)[0], rng.uniform(0.5, 2, n)
        for number, need in enumerate(NEEDS):
            share = (None, weights)[(number + d + n // 100) % 2]  # each need with and without, for a number or the next
            expected = swept(PortableKernel(), rows, share, mixture, need)
            for kernel in KERNELS:
                assert_same(swept(kernel, rows, share, mixture, need), expected)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    n=st.integers(1, 700),
    d=st.integers(1, 40),
    k=st.integers(1, 9),
    form=st.sampled_from(FORMS),
    need=st.sampled_from(NEEDS),
    single=st.booleans(),
    layout=st.sampled_from(["c", "fortran", "strided", "reversed"]),
    spread=st.floats(0, 30),
    seed=st.integers(0, 10_000),
)
def test_any_shape_type_and_layout(n, d, k, form, need, single, layout, spread, seed):
    rng = np.random.default_rng(seed)
    mixture = random_mixture(k, d, form, seed=seed, spread=spread)
    rows = mixture.sample(n, rng)[0].astype(np.float32 if single else np.float64)
    if layout == "fortran":
        rows = np.asfortranarray(rows)
    elif layout == "strided":
        rows = np.repeat(np.repeat(rows, 2, axis=0), 3, axis=1)[::2, ::3]
    elif layout == "reversed":
        rows = np.ascontiguousarray(rows[::-1, ::-1])[::-1, ::-1]
    expected = swept(PortableKernel(), rows, None, mixture, need)
    labels = assigned(PortableKernel(), rows, mixture)
    shares = np.empty((n, k))
    for kernel in KERNELS:
        # float32 arithmetic: 2^-24 by the inflation of the covariances and the terms of a sum; see test_narrow.py
        assert_same(swept(kernel, rows, None, mixture, need), expected, 1e-5 if single else 1e-11)
        found = assigned(kernel, rows, mixture)
        np.testing.assert_allclose(found.log_densities, labels.log_densities, rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(found.confidences, labels.confidences, rtol=1e-9)
        kernel.responsibilities(rows, mixture, shares)
        assert np.array_equal(shares.argmax(axis=1), found.labels)
        np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-13)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("d", [2, 40])
def test_given_memberships(kernel, need, d):
    rng = np.random.default_rng(0)
    rows, labels, weights = rng.normal(size=(5000, d)), rng.integers(4, size=5000), rng.uniform(size=5000)
    centres = rng.normal(size=(4, d))
    for memberships in (labels, np.eye(4)[labels]):
        expected, found = Moments.zeros(need, centres), Moments.zeros(need, centres)
        PortableKernel().gather(rows, weights, memberships, expected)
        kernel.gather(rows, weights, memberships, found)
        assert_same(found, expected)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("n", [70, 2000])
@pytest.mark.parametrize(("k", "spread"), [(4, 4.0), (40, 4.0), (40, 0.5)])
def test_many_rows_and_components(kernel, form_of_many, n, k, spread):
    """Few pairs that count, or many; so many rows that the kernel plans what it looks at first."""
    mixture = random_mixture(k, 48, form_of_many, seed=1, spread=spread)
    rows, weights = mixture.sample(n, np.random.default_rng(0))[0], np.random.default_rng(1).uniform(0.5, 2, n)
    for share in (None, weights):
        assert_same(swept(kernel, rows, share, mixture, FULL), swept(PortableKernel(), rows, share, mixture, FULL))
    found, expected = assigned(kernel, rows, mixture), assigned(PortableKernel(), rows, mixture)
    assert np.array_equal(found.labels, expected.labels)
    np.testing.assert_allclose(found.log_densities, expected.log_densities, rtol=1e-12)
    np.testing.assert_allclose(found.confidences, expected.confidences, rtol=1e-9)


@pytest.fixture(params=["dense", "diagonal"])
def form_of_many(request):
    return request.param


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("scale", [1e-28, 1e-18, 1.0, 1e16, 1e28])
@pytest.mark.parametrize("apart", [1.0, 1e3, 3e4])
def test_a_first_look_in_floats_drops_nothing_that_counts(kernel, scale, apart):
    """Independent features, means 30,000 deviations apart, rows that floats cannot square, an offset, any units."""
    rng = np.random.default_rng(0)
    means = rng.normal(size=(30, 1)) * apart + rng.normal(size=(30, 40)) + 1e6  # groups near one another
    means[1::2] = means[::2] + 0.3
    mixture = Mixture(np.full(30, 1 / 30), scale * means, Diagonal(scale**2 * rng.uniform(0.5, 2, size=(30, 40))))
    rows = mixture.sample(1500, rng)[0]
    rows[:5, 0] = scale * np.array([1e19, -1e21, 1e40, 1e9, -1e12])
    expected = swept(PortableKernel(), rows, None, mixture, DIAGONAL)
    found = swept(kernel, rows, None, mixture, DIAGONAL)
    np.testing.assert_allclose(found.counts, expected.counts, rtol=1e-6)  # offset and deviations leave ten digits
    np.testing.assert_allclose(found.log_likelihood, expected.log_likelihood, rtol=1e-9)
    found, expected = assigned(kernel, rows, mixture), assigned(PortableKernel(), rows, mixture)
    np.testing.assert_allclose(found.confidences, expected.confidences, rtol=1e-5)
    assert (found.labels == expected.labels).all()


@pytest.mark.parametrize("kernel", [PortableKernel(), *KERNELS], ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [2, 20, 40])
def test_far_from_everything_is_nearest_to_something(kernel, d):
    """Distances overflow where means are huge or deviations tiny, of a row of zeros too; no empty component wins."""
    weights, means = np.array([0.5, 0.0, 0.5]), np.full((3, d), 3.0)
    means[0], means[1] = 1.0, 0.5
    for huge, deviation in [(1e300, 1.0), (1.0, 1e-160), (1e200, 1e100), (1e250, 1e-50)]:
        mixture = Mixture(weights, huge * means, Diagonal(np.full((3, d), max(deviation**2, 1e-308))))
        shares = np.empty((1, 3))
        kernel.responsibilities(np.zeros((1, d)), mixture, shares)
        assert shares.tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("d", [2, 20, 40])
def test_rows_beyond_the_range_of_squares(kernel, form, d):
    mixture = random_mixture(3, d, form)
    rows = np.zeros((9, d))
    rows[1, 0], rows[2, d - 1], rows[3] = 1e160, -1e300, 1e200
    expected, found = np.empty((9, 3)), np.empty((9, 3))
    PortableKernel().responsibilities(rows, mixture, expected)
    kernel.responsibilities(rows, mixture, found)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-300)
    densities = assigned(kernel, rows, mixture).log_densities
    assert (densities[1:4] == -np.inf).all()
    assert np.isfinite(densities[[0, 4, 5, 6, 7, 8]]).all()


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [3, 12, 48])
def test_adversarial_cancellation(kernel, d):
    """Means 300 deviations apart, condition 1e10, an offset of 1e6: sums about the means keep their digits."""
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    matrix = (axes * np.geomspace(1, 1e10, d)) @ axes.T
    means = 1e6 + 300e5 * rng.normal(size=(2, d))
    mixture = Mixture(np.array([0.5, 0.5]), means, Dense(np.stack([(matrix + matrix.T) / 2] * 2)))
    rows, _ = mixture.sample(1000, rng)
    expected = swept(PortableKernel(), rows, None, mixture, FULL)
    found = swept(kernel, rows, None, mixture, FULL)
    np.testing.assert_allclose(found.log_likelihood, expected.log_likelihood, rtol=1e-8)
    np.testing.assert_allclose(found.counts, expected.counts, rtol=1e-12)
    np.testing.assert_allclose(found.scatter, expected.scatter, rtol=0, atol=1e-12 * np.abs(expected.scatter).max())


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [2, 40])
def test_weights_of_any_size_and_empty_components(kernel, d):
    """Whether a pair is negligible is a question of responsibilities, never of weights."""
    mixture = random_mixture(3, d, "diagonal")
    mixture = Mixture(np.array([0.5, 0.5, 0.0]), mixture.means, Diagonal(mixture.covariances.stored))
    rows = mixture.sample(500, np.random.default_rng(0))[0]
    one, tiny = (swept(kernel, rows, np.full(500, w), mixture, FULL) for w in (1.0, 2.0**-90))
    for field in FIELDS:
        assert np.array_equal(getattr(tiny, field) * 2.0**90, getattr(one, field))
    assert one.counts[2] == 0
    assert np.array_equal(one.second, swept(kernel, rows, None, mixture, FULL).second)


def test_arrays_that_disagree_are_refused():
    mixture = random_mixture(2, 3, "dense")
    kernel = KERNELS[-1]
    with pytest.raises(ValueError, match="arrays that disagree: means"):
        kernel.sweep(np.zeros((5, 4)), None, mixture, Moments.zeros(FULL, np.zeros((2, 4))))
    with pytest.raises(ValueError, match="weights and rows"):
        kernel.sweep(np.zeros((5, 3)), np.ones(4), mixture, Moments.zeros(FULL, mixture.means))
    with pytest.raises(ValueError, match="labels out of range"):
        kernel.gather(np.zeros((2, 3)), None, np.array([0, 7]), Moments.zeros(FULL, mixture.means))
    with pytest.raises(ValueError, match="no instruction set 'avx1024'"):
        native.NativeKernel("avx1024").sweep(np.zeros((5, 3)), None, mixture, Moments.zeros(FULL, mixture.means))


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [1, 2, 4, 5, 10, 15, 16, 17, 40])
def test_rows_beyond_the_last_are_not_read(kernel, d):
    """What lies behind a run of rows belongs to others: here it is not a number."""
    mixture = random_mixture(3, d, "diagonal")
    rows = mixture.sample(300, np.random.default_rng(0))[0]
    for n in (1, 7, 61, 123):
        rows_and_nothing = np.vstack([rows[:n], np.full((32, d), np.nan)])
        for need in NEEDS:
            found = swept(kernel, rows_and_nothing[:n], None, mixture, need)
            assert_same(found, swept(PortableKernel(), rows[:n], None, mixture, need))


@pytest.mark.parametrize("d", [1, 2, 5, 16, 17])
@pytest.mark.parametrize("k", [1, 3, 20])
def test_given_labels_of_any_number_of_features(d, k):
    rng = np.random.default_rng(d)
    rows, labels, weights = rng.normal(size=(1003, d)), rng.integers(k, size=1003), rng.uniform(size=1003)
    centres = rng.normal(size=(k, d))
    for need in NEEDS:
        for share in (None, weights):
            expected = Moments.zeros(need, centres)
            PortableKernel().gather(rows, share, labels, expected)
            for kernel in KERNELS:
                found = Moments.zeros(need, centres)
                kernel.gather(rows, share, labels, found)
                assert_same(found, expected)
