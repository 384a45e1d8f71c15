"""The low-rank kernel of each instruction set agrees with the portable one, pruned or not."""

import numpy as np
import pytest
from conftest import random_mixture
from hypothesis import given, settings
from hypothesis import strategies as st

from mixtura.kernels.contract import Assignment
from mixtura.kernels.portable import PortableKernel
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL, POOLED, TRACE, Projected

native = pytest.importorskip("mixtura.kernels.native", reason="the compiled kernel was not built here")
KERNELS = [native.NativeKernel(name) for name in native.INSTRUCTION_SETS]
FIELDS = ("counts", "first", "second", "log_likelihood", "weight")


def low_rank_mixture(k, q, d, seed=0, spread=3.0, empty=False):
    rng = np.random.default_rng(seed)
    parts = np.concatenate([rng.uniform(0.3, 2.0, (k, 1, d)), rng.normal(size=(k, q, d))], axis=1)
    weights = rng.dirichlet(np.full(k, 5.0))
    if empty:
        weights[0] = 0.0
        weights /= weights.sum()
    return Mixture(weights, spread * rng.normal(size=(k, d)), LowRank(parts))


def swept(kernel, rows, weights, mixture, need, centres=None):
    moments = Moments.zeros(need, mixture.means if centres is None else centres)
    kernel.sweep(rows, weights, mixture, moments)
    return moments


def assert_same(found, expected, tolerance=1e-11):
    for field in FIELDS:
        ours, theirs = getattr(found, field), getattr(expected, field)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(np.abs(theirs).max(), 1e-300))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    n=st.integers(1, 600),
    d=st.sampled_from([2, 3, 8, 15, 40, 63, 64, 70, 97, 130]),
    k=st.integers(1, 12),
    q=st.integers(0, 13),
    other=st.integers(1, 12),
    single=st.booleans(),
    layout=st.sampled_from(["c", "fortran", "reversed"]),
    spread=st.sampled_from([0.0, 0.1, 1.0, 10.0]),
    weighted=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_any_shape_type_and_layout(n, d, k, q, other, single, layout, spread, weighted, seed):
    rng = np.random.default_rng(seed)
    mixture = low_rank_mixture(k, q, d, seed, spread)
    rows = mixture.sample(n, rng)[0].astype(np.float32 if single else np.float64)
    if layout == "fortran":
        rows = np.asfortranarray(rows)
    elif layout == "reversed":
        rows = np.ascontiguousarray(rows[::-1, ::-1])[::-1, ::-1]
    weights = rng.uniform(0.5, 2.0, n) if weighted else None
    need = Projected(rng.normal(size=(k, other, d)))
    centres = mixture.means + rng.normal(size=(k, d))
    expected = swept(PortableKernel(), rows, weights, mixture, need, centres)
    theirs = Assignment(np.empty(n), np.empty(n, dtype=np.int64), np.empty(n))
    PortableKernel().assign(rows, mixture, theirs)
    for kernel in KERNELS:
        assert_same(swept(kernel, rows, weights, mixture, need, centres), expected)
        ours, shares = Assignment(np.empty(n), np.empty(n, dtype=np.int64), np.empty(n)), np.empty((n, k))
        kernel.assign(rows, mixture, ours)
        np.testing.assert_allclose(ours.log_densities, theirs.log_densities, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(ours.confidences, theirs.confidences, rtol=1e-8)
        kernel.responsibilities(rows, mixture, shares)
        assert np.array_equal(shares.argmax(axis=1), ours.labels)
        np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-13)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_given_labels(kernel):
    rng = np.random.default_rng(0)
    rows, labels, weights = rng.normal(size=(5000, 40)), rng.integers(4, size=5000), rng.uniform(size=5000)
    need, centres = Projected(rng.normal(size=(4, 3, 40))), rng.normal(size=(4, 40))
    for share in (None, weights):
        expected, found = Moments.zeros(need, centres), Moments.zeros(need, centres)
        PortableKernel().gather(rows, share, labels, expected)
        kernel.gather(rows, share, labels, found)
        assert_same(found, expected)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [5, 80])
def test_far_rows_and_empty_components(kernel, d):
    mixture = low_rank_mixture(3, 2, d, empty=True)
    rows = np.zeros((9, d))
    rows[1, 0], rows[2, d - 1], rows[3] = 1e160, -1e300, 1e200
    expected, found = np.empty((9, 3)), np.empty((9, 3))
    PortableKernel().responsibilities(rows, mixture, expected)
    kernel.responsibilities(rows, mixture, found)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-300)
    assert not found[:, 0].any()
    out = Assignment(np.empty(9), np.empty(9, dtype=np.int64), np.empty(9))
    kernel.assign(rows, mixture, out)
    assert (out.log_densities[1:4] == -np.inf).all()
    assert np.isfinite(out.log_densities[[0, 4, 5, 6, 7, 8]]).all()
    need = Projected(np.ones((3, 1, d)))
    assert swept(kernel, rows[:1], None, mixture, need).counts[0] == 0


@pytest.mark.parametrize("kernel", [PortableKernel(), *KERNELS], ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [5, 80])
def test_far_from_everything_is_nearest_to_something(kernel, d):
    """Distances overflow where means are huge or noise is tiny, of a row of zeros too; no empty component wins."""
    weights, means = np.array([0.5, 0.0, 0.5]), np.full((3, d), 3.0)
    means[0], means[1] = 1.0, 0.5
    for huge, noise, loading in [
        (1e300, 1.0, 1.0),
        (1e10, 1e-305, 1e-160),
        (1e200, 1e-300, 1e-149),
        (1e10, 1e-300, 0.0),
    ]:
        parts = np.full((3, 3, d), loading)
        parts[:, 0], parts[:, 2, ::2] = noise, 0.0
        parts[0, 1:] *= 0.5
        mixture = Mixture(weights, huge * means, LowRank(parts))
        shares, out = np.empty((1, 3)), Assignment(np.empty(1), np.empty(1, dtype=np.int64), np.empty(1))
        kernel.responsibilities(np.zeros((1, d)), mixture, shares)
        kernel.assign(np.zeros((1, d)), mixture, out)
        assert shares.tolist() == [[1.0, 0.0, 0.0]]
        assert (out.labels[0], out.confidences[0], out.log_densities[0]) == (0, 1.0, -np.inf)


@pytest.mark.parametrize("kernel", [PortableKernel(), *KERNELS], ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [5, 80])
def test_a_row_far_from_one_component_keeps_its_density_under_another(kernel, d):
    parts = np.full((2, 2, d), 1e-10)
    parts[0, 0], parts[1, 0], parts[1, 1] = 1e-20, 1e290, 1e145
    mixture = Mixture(np.array([0.5, 0.5]), np.zeros((2, d)), LowRank(parts))
    out = Assignment(np.empty(1), np.empty(1, dtype=np.int64), np.empty(1))
    kernel.assign(np.full((1, d), 1e150), mixture, out)
    expected = np.log(0.5) - 0.5 * d * np.log(2 * np.pi * 1e290) - 0.5 * np.log(1 + d) - 0.5 * d * 1e10 / (1 + d)
    np.testing.assert_allclose(out.log_densities, expected, rtol=1e-12)
    assert out.labels[0] == 1


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("noise", [1e-4, 1e-8, 1e-11, 1e-14, 1e-17, 1e-25])
def test_factors_that_dwarf_the_noise(kernel, noise):
    """Leading directions are a shortcut: where rounding leaves no such bound, components are evaluated without."""
    rng = np.random.default_rng(0)
    parts = np.concatenate([np.full((6, 1, 70), noise), rng.normal(size=(6, 2, 70))], axis=1)
    mixture = Mixture(np.full(6, 1 / 6), rng.normal(size=(6, 70)), LowRank(parts))
    rows, labels = mixture.sample(200, rng)
    expected, found = ([np.empty(200), np.empty(200, dtype=np.int64), np.empty(200)] for _ in range(2))
    PortableKernel().assign(rows, mixture, Assignment(*expected))
    kernel.assign(rows, mixture, Assignment(*found))
    assert np.array_equal(found[1], labels)
    lost = np.finfo(np.float64).eps * (rows**2).sum(axis=1).max() / noise  # of a distance that is a difference
    np.testing.assert_allclose(found[0], expected[0], rtol=0, atol=1e-9 + 4 * lost)
    centred = (rows - mixture.means[labels]).astype(np.longdouble)
    distances = [
        squared_distance(z, mixture.covariances.loadings[k], noise) for z, k in zip(centred, labels, strict=True)
    ]
    exact = mixture.log_scales[labels] - 0.5 * np.array(distances, dtype=np.float64)
    np.testing.assert_allclose(found[0], exact, rtol=0, atol=1e-9 + 4 * lost)


def squared_distance(z, loadings, noise):
    """Woodbury's identity for two factors, in the precision of z."""
    along = loadings @ z / noise
    (a, b), (_, d) = np.eye(2) + loadings.astype(z.dtype) @ loadings.T / noise
    return z @ z / noise - (d * along[0] ** 2 - 2 * b * along[0] * along[1] + a * along[1] ** 2) / (a * d - b * b)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("need", [TRACE, DIAGONAL, POOLED, FULL])
def test_other_moments_of_low_rank_mixtures(kernel, need):
    mixture = low_rank_mixture(3, 2, 6)
    rows = mixture.sample(100, np.random.default_rng(0))[0]
    assert_same(swept(kernel, rows, None, mixture, need), swept(PortableKernel(), rows, None, mixture, need))


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("d", [5, 70])
def test_projected_moments_of_other_mixtures(kernel, d):
    mixture = random_mixture(3, d, "diagonal")
    need = Projected(np.random.default_rng(1).normal(size=(3, 2, d)))
    rows = mixture.sample(100, np.random.default_rng(0))[0]
    assert_same(swept(kernel, rows, None, mixture, need), swept(PortableKernel(), rows, None, mixture, need))


def test_arrays_that_disagree_are_refused():
    mixture = low_rank_mixture(2, 1, 5)
    kernel = KERNELS[-1]
    need = Projected(np.ones((2, 1, 5)))
    with pytest.raises(ValueError, match="arrays that disagree: means"):
        kernel.sweep(np.zeros((5, 4)), None, mixture, Moments.zeros(need, mixture.means))
    with pytest.raises(ValueError, match="weights and rows"):
        kernel.sweep(np.zeros((5, 5)), np.ones(4), mixture, Moments.zeros(need, mixture.means))
    with pytest.raises(ValueError, match="labels out of range"):
        kernel.gather(np.zeros((2, 5)), None, np.array([0, 7]), Moments.zeros(need, mixture.means))
    with pytest.raises(ValueError, match="no instruction set 'avx1024'"):
        native.NativeKernel("avx1024").assign(
            np.zeros((1, 5)), mixture, Assignment(np.empty(1), np.empty(1, dtype=np.int64), np.empty(1))
        )
