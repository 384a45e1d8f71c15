"""Sweeps that compare all components with one reference: rows near it and far from it, together and apart."""

import numpy as np
import pytest
from conftest import random_mixture

from mixtura.engines import threads
from mixtura.engines.memory import Memory
from mixtura.forms import Dense, Diagonal
from mixtura.kernels.portable import PortableKernel
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL

native = pytest.importorskip("mixtura.kernels.native", reason="the compiled kernel was not built here")
KERNELS = [native.NativeKernel(name) for name in native.INSTRUCTION_SETS]
EACH_KERNEL = pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
FIELDS = ("counts", "first", "second", "log_likelihood", "weight")


def swept(kernel, rows, mixture, need):
    moments = Moments.zeros(need, mixture.means)
    kernel.sweep(rows, None, mixture, moments)
    return moments


def assert_same(kernel, rows, mixture, need, tolerance=1e-12):
    """As the portable kernel, relative to the largest number of a field."""
    found, expected = swept(kernel, rows, mixture, need), swept(PortableKernel(), rows.astype(float), mixture, need)
    for field in FIELDS:
        ours, theirs = getattr(found, field), getattr(expected, field)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(np.abs(theirs).max(), 1e-300))


def overlapping(d, form):
    """Three components within each other, the second the widest."""
    means = np.zeros((3, d))
    means[:, 0] = -1.0, 0.0, 1.5
    variances = np.repeat([[1.0], [2.0], [0.5]], d, axis=1)
    covariances = Diagonal(variances) if form == "diagonal" else Dense(np.stack([np.diag(v) for v in variances]))
    return Mixture(np.array([0.3, 0.5, 0.2]), means, covariances)


@EACH_KERNEL
@pytest.mark.parametrize("form", ["diagonal", "dense"])
@pytest.mark.parametrize("d", [1, 2, 4, 7])
def test_rows_at_every_distance(kernel, d, form):
    """From the middle of the mixture to where densities underflow and distances overflow, in one block and alone."""
    mixture, need = overlapping(d, form), DIAGONAL if form == "diagonal" else FULL
    distances = np.concatenate([np.linspace(0, 60, 500), np.geomspace(60, 1e6, 60)])
    rows = np.random.default_rng(d).normal(size=(len(distances), d))
    rows[:, 0] = np.where(np.arange(len(rows)) % 2, -distances, distances)
    assert_same(kernel, rows, mixture, need)
    for row in rows[::40]:
        assert_same(kernel, np.repeat(row[None], 40, axis=0), mixture, need)  # a whole vector, and one that is not
    assert_same(kernel, np.concatenate([rows[:300], np.full((1, d), 1e150)]), mixture, DIAGONAL, 1e-11)


@EACH_KERNEL
@pytest.mark.parametrize("single", [False, True], ids=["double", "float"])
@pytest.mark.parametrize("share", [0.0, 0.002, 0.02, 0.3, 1.0])
def test_few_and_many_far_rows(kernel, share, single):
    """A far row or two settle their vector as usual, many the rest of a block, and the blocks after it."""
    rng = np.random.default_rng(0)
    mixture = overlapping(2, "dense")
    rows = mixture.sample(5003, rng)[0]
    far = rng.random(len(rows)) < share
    rows[far] += 40 * rng.choice([-1.0, 1.0], size=(far.sum(), 2))
    assert_same(kernel, rows.astype(np.float32) if single else rows, mixture, FULL, 1e-6 if single else 1e-12)


@EACH_KERNEL
@pytest.mark.parametrize("apart", [3.0, 30.0, 300.0])
@pytest.mark.parametrize("d", [1, 3])
def test_components_apart(kernel, apart, d):
    mixture = random_mixture(4, d, "dense", spread=apart)
    rows = mixture.sample(1500, np.random.default_rng(1))[0]
    for order in (np.arange(4), np.arange(4)[::-1], np.array([2, 0, 3, 1])):
        turned = Mixture(mixture.weights[order], mixture.means[order], Dense(mixture.covariances.stored[order]))
        assert_same(kernel, rows, turned, FULL, 1e-11)


@EACH_KERNEL
@pytest.mark.parametrize("empty", [0, 1, 2])
def test_an_empty_component_is_no_reference(kernel, empty):
    """Not even the widest: it has no density anywhere, and no row."""
    full = overlapping(2, "dense")
    weights = np.where(np.arange(3) == empty, 0.0, 0.5)
    mixture = Mixture(weights, full.means, full.covariances)
    rows = full.sample(1000, np.random.default_rng(0))[0]
    for numbers in (rows, rows.astype(np.float32)):
        found = swept(kernel, numbers, mixture, FULL)
        assert found.counts[empty] == 0
        assert not found.second[empty].any()
        assert_same(kernel, numbers, mixture, FULL, 1e-12 if numbers.dtype == float else 1e-6)


@EACH_KERNEL
@pytest.mark.parametrize("single", [False, True], ids=["double", "float"])
def test_a_narrow_component_gets_nothing_of_rows_far_from_it(kernel, single):
    """Its responsibility for them is 0, so that squares of a thousand billion of its deviations add nothing."""
    means, variances = np.zeros((2, 1)), np.array([[1.0], [1e-24]])
    mixture = Mixture(np.array([1 - 1e-6, 1e-6]), means, Diagonal(variances))
    rows = np.random.default_rng(0).normal(size=(2000, 1))
    rows[::50] *= 1e-12
    rows[1::2] += np.sign(rows[1::2])
    rows = rows.astype(np.float32) if single else rows
    found, expected = (swept(k, rows, mixture, DIAGONAL) for k in (kernel, PortableKernel()))
    np.testing.assert_allclose(found.counts, expected.counts, rtol=1e-5 if single else 1e-11)
    np.testing.assert_allclose(found.second, expected.second, rtol=1e-5 if single else 1e-11)


@EACH_KERNEL
def test_units_and_offsets_change_nothing(kernel):
    """Heights may lie far from 0: what counts is how far below the largest a density is."""
    mixture, rows = overlapping(2, "dense"), overlapping(2, "dense").sample(1000, np.random.default_rng(0))[0]
    for unit in (1e-60, 1e60):
        moved = Mixture(mixture.weights, unit * mixture.means, Dense(unit**2 * mixture.covariances.stored))
        assert_same(kernel, unit * rows, moved, FULL, 1e-11)


def test_thread_count_changes_no_bit(monkeypatch):
    """Which rows are many is found anew in each shard, and shards depend on the size of the data alone."""
    mixture = overlapping(2, "dense")
    rows = mixture.sample(600_000, np.random.default_rng(0))[0]
    rows[200_000:210_000] += 100.0
    found = []
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "n_threads", lambda count=count: count)
        found.append(Memory(rows).sweep(mixture, FULL))
    for other in found[1:]:
        for field in FIELDS:
            assert np.array_equal(getattr(found[0], field), getattr(other, field))
