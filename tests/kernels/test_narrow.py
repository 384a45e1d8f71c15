"""Sweeps of float32 rows in float32: near the same rows in float64, and left to float64 where digits would be lost.

Tolerances are those of native/include/mixtura/lane_model.hpp. A whitened row has an error of 2^-24 √V, V being the
largest variance inflation factor, and so has a squared distance; V is below 50 in ``random_mixture``. A sum over a
block adds up to 16 terms in a lane. Relative to the largest moment that is at most 64 * 2^-24 = 4e-6.
"""

import numpy as np
import pytest
from conftest import random_mixture

from mixtura import GaussianMixture
from mixtura.engines import threads
from mixtura.engines.memory import Memory
from mixtura.forms import Dense, Diagonal
from mixtura.kernels.narrow import suffices
from mixtura.kernels.portable import NEEDS, PortableKernel
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL

native = pytest.importorskip("mixtura.kernels.native", reason="the compiled kernel was not built here")
KERNELS = [native.NativeKernel(name) for name in native.INSTRUCTION_SETS]
EACH_KERNEL = pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
FIELDS = ("counts", "first", "second", "log_likelihood", "weight")
TOLERANCE = 4e-6


def swept(kernel, rows, mixture, need, centres=None, weights=None):
    moments = Moments.zeros(need, mixture.means if centres is None else centres)
    kernel.sweep(rows, weights, mixture, moments)
    return moments


def inflation(form):
    """1 / (1 - R²) of each feature's regression on the others, the largest: diag Σ times diag Σ⁻¹."""
    return max(float((np.diag(matrix) * np.diag(np.linalg.inv(matrix))).max()) for matrix in form.stored)


def assert_near(found, expected, tolerance=TOLERANCE):
    for field in FIELDS:
        ours, theirs = getattr(found, field), getattr(expected, field)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(np.abs(theirs).max(), 1e-300))


def same_bits(one, other):
    return all(np.array_equal(getattr(one, field), getattr(other, field)) for field in FIELDS)


@pytest.mark.parametrize("d", [*range(1, 20), 23, 31, 32, 33, 40, 63, 64, 65, 100, 127, 128, 129, 130])
@pytest.mark.parametrize("form", ["dense", "shared", "diagonal"])
def test_every_number_of_features(form, d):
    rng = np.random.default_rng(d)
    for spread, n in [(3.0, 261), (0.2, 67)]:
        mixture = random_mixture(3, d, form, seed=d, spread=spread)
        rows = mixture.sample(n, rng)[0].astype(np.float32)
        for need in NEEDS:
            expected = swept(PortableKernel(), rows.astype(np.float64), mixture, need)
            for kernel in KERNELS:
                found = swept(kernel, rows, mixture, need)
                assert_near(found, expected)
                assert found.log_likelihood != swept(kernel, rows.astype(np.float64), mixture, need).log_likelihood


@EACH_KERNEL
@pytest.mark.parametrize("d", [1, 2, 3, 7, 10, 16, 20, 33])
def test_any_layout(kernel, d):
    mixture = random_mixture(4, d, "dense")
    rows = mixture.sample(1003, np.random.default_rng(0))[0].astype(np.float32)
    expected = swept(kernel, rows, mixture, FULL)
    strided = np.repeat(np.repeat(rows, 2, axis=0), 3, axis=1)[::2, ::3]
    reversed_ = np.ascontiguousarray(rows[::-1, ::-1])[::-1, ::-1]
    beside = np.hstack([rows, np.full_like(rows, np.nan)])[:, :d]
    for layout in (np.asfortranarray(rows), strided, reversed_, beside):
        assert same_bits(swept(kernel, layout, mixture, FULL), expected)


@EACH_KERNEL
@pytest.mark.parametrize("d", [2, 12, 40])
def test_it_does_not_matter_where_the_data_lie(kernel, d):
    """A thousand deviations from zero, about means that no float32 hits: moments about them keep their digits."""
    mixture = random_mixture(3, d, "dense")
    mixture = Mixture(mixture.weights, mixture.means + 1000.1, mixture.covariances)
    rows = mixture.sample(2000, np.random.default_rng(0))[0].astype(np.float32)
    assert suffices(rows, mixture)
    for centres in (mixture.means, mixture.means + 0.3):
        for need in (DIAGONAL, FULL):
            expected = swept(PortableKernel(), rows.astype(np.float64), mixture, need, centres)
            assert_near(swept(kernel, rows, mixture, need, centres), expected)


@EACH_KERNEL
@pytest.mark.parametrize("d", [5, 16, 40, 100])
def test_a_step_on_few_distinct_values_loses_nothing_that_counts(kernel, d):
    """Rounding that repeats, by an inflation just below the limit: less than 1e-5 nats, as narrow.py says."""
    rng = np.random.default_rng(0)
    noise = np.sqrt(0.25 / 8000)
    rows = rng.choice([0.0, 1.0], size=(20_000, 1)) + noise * rng.choice([-1.0, 1.0], size=(20_000, d))
    rows = rows.astype(np.float32)
    exact = rows.astype(np.float64)
    covariance = np.cov(exact.T, bias=True)
    mixture = Mixture(np.ones(1), exact.mean(axis=0)[None], Dense(covariance[None]))
    assert 6000 < inflation(mixture.covariances) < 8192
    assert suffices(rows, mixture)
    moments = swept(kernel, rows, mixture, FULL)
    shift = moments.first[0] / moments.counts[0]
    found = moments.second[0] / moments.counts[0] - np.outer(shift, shift)
    precision = np.linalg.inv(found)
    logs = np.linalg.slogdet(found)[1] - np.linalg.slogdet(covariance)[1]
    loss = (logs + np.trace(precision @ covariance) - d + shift @ precision @ shift) / 2
    assert abs(loss) < 1e-5
    reported = swept(kernel, exact, mixture, FULL).log_likelihood - moments.log_likelihood
    assert abs(reported) < 2.0**-23 * d * np.sqrt(inflation(mixture.covariances)) * len(rows)


@EACH_KERNEL
@pytest.mark.parametrize("d", [3, 12, 48])
def test_ill_conditioned_problems_are_left_to_float64(kernel, d):
    """Means 300 deviations apart, condition 1e10: the same bits as in float64, 1e-10 from the portable one."""
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    matrix = (axes * np.geomspace(1, 1e10, d)) @ axes.T
    mixture = Mixture(np.full(2, 0.5), 3e7 * rng.normal(size=(2, d)), Dense(np.stack([(matrix + matrix.T) / 2] * 2)))
    rows = mixture.sample(1000, rng)[0].astype(np.float32)
    assert not suffices(rows, mixture)
    found, expected = (swept(k, rows, mixture, FULL) for k in (kernel, PortableKernel()))
    assert same_bits(found, swept(kernel, rows.astype(np.float64), mixture, FULL))
    np.testing.assert_allclose(found.counts, expected.counts, rtol=1e-12)
    np.testing.assert_allclose(found.second, expected.second, rtol=0, atol=1e-10 * np.abs(expected.second).max())


@EACH_KERNEL
@pytest.mark.parametrize("d", [2, 12, 40])
def test_rows_far_from_every_component(kernel, d):
    """Their densities are evaluated in float64, so who has them is right; beyond 1e19 whole sweeps are."""
    mixture = random_mixture(3, d, "dense")
    rows = mixture.sample(300, np.random.default_rng(0))[0].astype(np.float32)
    rows[::50] *= 3e4
    expected = swept(PortableKernel(), rows.astype(np.float64), mixture, FULL)
    assert_near(swept(kernel, rows, mixture, FULL), expected)
    rows[7] = 1e25
    expected = swept(PortableKernel(), rows.astype(np.float64), mixture, FULL)
    assert_near(swept(kernel, rows, mixture, FULL), expected, 1e-12)


@EACH_KERNEL
@pytest.mark.parametrize("d", [2, 40])
def test_weighted_rows_are_left_to_float64(kernel, d):
    mixture, weights = random_mixture(3, d, "diagonal"), np.random.default_rng(1).uniform(0.5, 2, 500)
    rows = mixture.sample(500, np.random.default_rng(0))[0].astype(np.float32)
    found = swept(kernel, rows, mixture, FULL, weights=weights)
    assert same_bits(found, swept(kernel, rows.astype(np.float64), mixture, FULL, weights=weights))


def test_the_conditions():
    rows, means, ones = np.zeros((1, 2), dtype=np.float32), np.zeros((2, 2)), np.ones((2, 2))
    half, strong, stronger = (
        np.full(2, 0.5),
        np.array([[1, 0.9999], [0.9999, 1]]),
        np.array([[1, 0.999995], [0.999995, 1]]),
    )
    assert suffices(rows, Mixture(half, means, Diagonal(ones)))
    assert suffices(rows, Mixture(half, means, Dense(np.stack([strong] * 2))))  # inflation 5000
    assert not suffices(rows.astype(np.float64), Mixture(half, means, Diagonal(ones)))
    assert not suffices(rows, Mixture(half, means, Dense(np.stack([stronger] * 2))))
    for variance in (1e-25, 1e25):
        for place in np.ndindex(2, 2):
            variances = np.ones((2, 2))
            variances[place] = variance
            assert not suffices(rows, Mixture(half, means, Diagonal(variances)))
    assert not suffices(rows, Mixture(half, means + 1e8, Diagonal(ones)))  # float32 numbers are 8 apart there
    assert suffices(rows, Mixture(np.array([1.0, 0.0]), means, Diagonal(ones)))  # an empty component has no height
    wide = np.zeros((1, 600), dtype=np.float32)
    assert not suffices(wide, Mixture(half, np.zeros((2, 600)), Diagonal(np.ones((2, 600)))))
    apart = np.zeros((1, 40), dtype=np.float32)  # heights e^(20 log 1e6) apart
    variances = np.repeat([[1.0], [1e6]], 40, axis=1)
    assert not suffices(apart, Mixture(half, np.zeros((2, 40)), Diagonal(variances)))


@pytest.mark.parametrize("shared", [False, True])
def test_the_largest_inflation_decides(shared):
    """Of all components and features: one feature follows from two others but for noise that brings it to the limit."""
    count = 1 if shared else 2
    matrices = np.stack([np.diag([1.0, 4.0, 9.0, 0.01])] * count)
    for factor, expected in [(8150.0, True), (8250.0, False)]:
        noise = 3.0 / (factor - 1.0)  # the variance that is left
        matrices[-1, 2, 2] = 3.0 + noise
        matrices[-1, 2, :2] = matrices[-1, :2, 2] = [1.0, np.sqrt(2.0) * 2.0]  # explains 1 + 2 of it
        mixture = Mixture(np.full(2, 0.5), np.zeros((2, 4)), Dense(matrices, shared=shared))
        assert inflation(mixture.covariances) == pytest.approx(factor, rel=1e-6)
        for order in ([0, 1, 2, 3], [2, 0, 1, 3], [3, 0, 1, 2]):  # the inflated feature anywhere
            turned = Mixture(mixture.weights, mixture.means, Dense(matrices[:, order][:, :, order], shared=shared))
            assert suffices(np.zeros((1, 4), dtype=np.float32), turned) is expected


@pytest.mark.parametrize("d", [2, 10, 20])
def test_thread_count_changes_no_bit(d, monkeypatch):
    mixture = random_mixture(4, d, "dense")
    rows = mixture.sample(100_000, np.random.default_rng(0))[0].astype(np.float32)
    found = []
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "n_threads", lambda count=count: count)
        found.append(Memory(rows).sweep(mixture, FULL))
    assert same_bits(found[0], found[1])
    assert same_bits(found[0], found[2])


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_a_fit_ends_at_the_same_likelihood(family):
    """Mean log-likelihoods of fits to the end differ by less than 1e-6 nats, and so do means, in deviations."""
    mixture = random_mixture(3, 4, "dense", spread=2.0)
    rows = (mixture.sample(3000, np.random.default_rng(0))[0] + 100).astype(np.float32)
    single, double = (
        GaussianMixture(3, covariance_type=family, tol=1e-7, max_iter=500, random_state=0).fit(X)
        for X in (rows, rows.astype(np.float64))
    )
    assert single.score(rows) == pytest.approx(double.score(rows), abs=1e-6)
    assert single.lower_bound_ == pytest.approx(double.lower_bound_, abs=2e-6)
    np.testing.assert_allclose(single.means_, double.means_, atol=2e-3)  # where the slope is 1e-7


def awkward_rows(kind):
    rng = np.random.default_rng(0)
    groups = rng.integers(3, size=(2000, 1))
    if kind == "counts":
        return rng.integers(0, 3, size=(2000, 5)) + 2.0 * groups
    if kind == "two values, correlated":
        return rng.choice([0.0, 1.0], size=(2000, 1)) + 0.3 * rng.choice([0.0, 1.0], size=(2000, 20))
    if kind == "an offset of a million":
        return rng.normal(size=(2000, 12)) + 3.0 * groups + 1e6
    if kind == "scales from 1e-6 to 1e6":
        return (rng.normal(size=(2000, 20)) + 2.0 * groups) * np.geomspace(1e-6, 1e6, 20)
    return np.round(rng.gamma(1, 40, size=(2000, 30)) * (rng.random((2000, 30)) < 0.5)) + 20.0 * groups  # bytes


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize(
    "kind",
    ["counts", "two values, correlated", "an offset of a million", "scales from 1e-6 to 1e6", "bytes with zeros"],
)
def test_whole_fits_of_awkward_rows_end_where_those_in_float64_do(kind, family):
    """After the same iterations likelihoods differ by less than 1e-6 nats, and what is reported by 1e-7 a feature."""
    rows = awkward_rows(kind).astype(np.float32)
    exact = rows.astype(np.float64)
    single, double = (
        GaussianMixture(3, covariance_type=family, tol=0.0, max_iter=20, random_state=0).fit(X) for X in (rows, exact)
    )
    assert single.n_iter_ == double.n_iter_ or single.converged_
    assert single.score(exact) == pytest.approx(double.score(exact), abs=1e-6)
    assert single.lower_bound_ == pytest.approx(single.score(exact), abs=1e-7 * rows.shape[1])
