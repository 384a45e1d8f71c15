"""Work that nobody waits for any longer ends at the kernel's next look, whatever it is and however much is left."""

from threading import Timer

import numpy as np
import pytest
from conftest import random_mixture

from mixtura.kernels.choice import best_kernel
from mixtura.kernels.contract import Assignment
from mixtura.kernels.noisy import NoisyKernel
from mixtura.kernels.portable import PortableKernel
from mixtura.kernels.wanted import raised_flag, working_under
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import FULL, Projected
from mixtura.uniform_noise import UniformNoise

KERNELS = list(dict.fromkeys([best_kernel(), PortableKernel()]))
NOISY = NoisyKernel(best_kernel(), UniformNoise(0.1, np.zeros(3), np.ones(3), np.eye(3)))
N, K = 4_000_000, 8  # a second's work or several; one row stands for all, so it takes no memory


def low_rank(d):
    return LowRank(np.concatenate([np.ones((K, 1, d)), np.full((K, 3, d), 0.1)], axis=1))


CASES = {
    "few features": (random_mixture(K, 16, "dense"), FULL),
    "many features": (random_mixture(K, 40, "dense"), FULL),
    "independent features": (random_mixture(K, 70, "diagonal"), FULL),
    "low rank": (Mixture(np.full(K, 1 / K), np.zeros((K, 40)), low_rank(40)), Projected(np.ones((K, 3, 40)))),
}


def works(kernel, mixture, need):
    rows = np.broadcast_to(np.linspace(-1.0, 1.0, mixture.n_features), (N, mixture.n_features))
    out = Assignment(np.empty(N), np.empty(N, dtype=np.int64), np.empty(N))
    return {
        "sweep": lambda: kernel.sweep(rows, None, mixture, Moments.zeros(need, mixture.means)),
        "gather": lambda: kernel.gather(rows, None, np.zeros(N, dtype=np.int64), Moments.zeros(need, mixture.means)),
        "assign": lambda: kernel.assign(rows, mixture, out),
        "responsibilities": lambda: kernel.responsibilities(rows, mixture, np.empty((N, K))),
    }


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("work", ["sweep", "gather", "assign", "responsibilities"])
def test_work_that_is_not_wanted_ends(kernel, case, work):
    wanted = raised_flag()
    wanted[...] = False
    with working_under(wanted), pytest.raises(RuntimeError, match="this work is no longer wanted"):
        works(kernel, *CASES[case])[work]()


@pytest.mark.parametrize("n_threads", [1, 2])
def test_nor_does_a_shared_sweep_go_on(n_threads):
    """Shards so short that no kernel looks up within one: whoever asked for them does between two."""
    mixture, need = CASES["few features"]
    sweep = best_kernel().shared_sweep(mixture, need)
    if sweep is None:
        pytest.skip("the compiled kernel was not built here")
    rows = np.broadcast_to(np.linspace(-1.0, 1.0, 16), (N, 16))
    wanted, bounds = raised_flag(), np.linspace(0, N, 20_001).astype(np.int64)
    moments = Moments.zeros(need, mixture.means)
    Timer(0.1, lambda: wanted.fill(False)).start()
    with working_under(wanted), pytest.raises(RuntimeError, match="this work is no longer wanted"):
        sweep(rows, None, mixture, moments, bounds, n_threads)


@pytest.mark.parametrize("work", ["sweep", "assign", "responsibilities"])
def test_a_kernel_with_noise_looks_up_between_its_blocks(work):
    """Those are shorter than the time after which the kernel that it wraps looks up."""
    wanted = raised_flag()
    wanted[...] = False
    with working_under(wanted), pytest.raises(RuntimeError, match="this work is no longer wanted"):
        works(NOISY, random_mixture(K, 3, "dense"), FULL)[work]()
