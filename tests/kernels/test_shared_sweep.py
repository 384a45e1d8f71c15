"""A kernel that shares out a sweep over threads of its own: the bits of the same shards swept one by one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from conftest import random_mixture

from mixtura.engines.threads import ordered_sum
from mixtura.kernels.noisy import NoisyKernel
from mixtura.kernels.portable import NEEDS, PortableKernel
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL, Projected
from mixtura.uniform_noise import UniformNoise

native = pytest.importorskip("mixtura.kernels.native", reason="the compiled kernel was not built here")
KERNELS = [native.NativeKernel(name) for name in native.INSTRUCTION_SETS]
FIELDS = ("counts", "first", "second", "log_likelihood", "weight")
BOUNDS = {shards: np.linspace(0, 2000, shards + 1).astype(np.int64) for shards in (1, 2, 3, 7, 20)}


def shared(kernel, rows, weights, mixture, need, bounds, n_threads):
    moments = Moments.zeros(need, mixture.means)
    kernel.shared_sweep(mixture, need)(rows, weights, mixture, moments, bounds, n_threads)
    return moments


def one_by_one(kernel, rows, weights, mixture, need, bounds):
    def sweep(run):
        moments = Moments.zeros(need, mixture.means)
        kernel.sweep(rows[run], None if weights is None else weights[run], mixture, moments)
        return moments

    return ordered_sum(sweep, [slice(first, last) for first, last in pairwise(bounds.tolist())])


def assert_equal(found, expected):
    for field in FIELDS:
        assert np.array_equal(getattr(found, field), getattr(expected, field)), field


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize(
    ("d", "form", "need", "layout"),
    [(d, "dense", need, "whole") for d in (3, 20) for need in NEEDS]
    + [(d, form, DIAGONAL, "whole") for d in (3, 70) for form in ("diagonal", "shared")]
    + [(d, "dense", FULL, layout) for d in (3, 20) for layout in ("strided", "columns", "float32", "weighted")],
)
def test_shards_swept_at_once_have_the_bits_of_one_by_one(d, form, need, layout, n_threads):
    mixture = random_mixture(4, d, form)
    rng = np.random.default_rng(0)
    rows = mixture.means[rng.integers(4, size=2000)] + rng.normal(size=(2000, d))
    if layout == "strided":
        rows = np.repeat(np.repeat(rows, 2, axis=0), 3, axis=1)[::2, ::3]
    elif layout == "columns":
        rows = np.asfortranarray(rows)
    elif layout == "float32":
        rows = rows.astype(np.float32)
    weights = rng.uniform(0.5, 2.0, size=2000) if layout == "weighted" else None
    for kernel in KERNELS:
        for bounds in BOUNDS.values():
            expected = one_by_one(kernel, rows, weights, mixture, need, bounds)
            assert_equal(shared(kernel, rows, weights, mixture, need, bounds, n_threads), expected)


def test_runs_may_be_empty_and_threads_more_than_runs():
    mixture, rows = random_mixture(3, 2, "dense"), np.random.default_rng(0).normal(size=(50, 2))
    bounds = np.array([0, 0, 20, 20, 50])
    for kernel in KERNELS:
        found = shared(kernel, rows, None, mixture, FULL, bounds, 9)
        assert_equal(found, one_by_one(kernel, rows, None, mixture, FULL, bounds))


def test_several_threads_of_the_interpreter_may_ask_at_once():
    """Each is served, whoever has the team's threads meanwhile."""
    mixture, rows = random_mixture(4, 3, "dense"), np.random.default_rng(0).normal(size=(2000, 3))
    kernel, bounds = KERNELS[-1], BOUNDS[20]
    expected = shared(kernel, rows, None, mixture, FULL, bounds, 1)
    all_there = threading.Barrier(4)

    def ask(_):
        all_there.wait(10)
        return [shared(kernel, rows, None, mixture, FULL, bounds, 3) for _ in range(50)]

    with ThreadPoolExecutor(4) as pool:
        for answers in pool.map(ask, range(4)):
            for found in answers:
                assert_equal(found, expected)


@pytest.mark.parametrize("bounds", [[0], [0, 40], [1, 50], [0, 30, 20, 50], []])
def test_bounds_that_do_not_cut_the_rows_are_refused(bounds):
    mixture, rows = random_mixture(3, 2, "dense"), np.zeros((50, 2))
    with pytest.raises(ValueError, match="bounds"):
        shared(KERNELS[-1], rows, None, mixture, FULL, np.array(bounds, dtype=np.int64), 2)


def test_what_no_kernel_shares_out():
    dense, kernel = random_mixture(3, 2, "dense"), KERNELS[-1]
    low_rank = Mixture(dense.weights, dense.means, LowRank(np.ones((3, 2, 2))))
    assert kernel.shared_sweep(low_rank, FULL) is None
    assert kernel.shared_sweep(dense, Projected(np.ones((3, 1, 2)))) is None
    assert PortableKernel().shared_sweep(dense, FULL) is None
    noise = UniformNoise(0.1, np.zeros(2), np.ones(2), np.eye(2))
    assert NoisyKernel(kernel, noise).shared_sweep(dense, FULL) is None
