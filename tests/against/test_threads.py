"""Threads and processes: the same bits for any number of them, and nothing left behind."""

import builtins
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from mixtura import GaussianMixture
from mixtura.engines import threads
from mixtura.engines.threads import ordered_map


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("family", "shape", "parameters"),
    [
        ("full", (80_000, 4), {"n_components": 3}),  # four shards
        ("tied", (80_000, 4), {"n_components": 3}),
        ("diag", (80_000, 4), {"n_components": 3, "init_params": "k-means++"}),
        ("spherical", (80_000, 4), {"n_components": 3, "init_params": "random_from_data"}),
        ("full", (5_000, 5), {"n_components": 7}),  # whole numbers: ties between cells
        ("full", (300, 150), {"n_components": 2, "max_iter": 1}),  # matrices that LAPACK factorises with threads
        ("tied", (300, 150), {"n_components": 2, "max_iter": 1}),
    ],
)
def test_the_number_of_threads_changes_no_bit(family, shape, parameters):
    X = np.random.default_rng(0).normal(size=shape)
    if shape == (5_000, 5):
        X = np.round(X)
    parameters = {"covariance_type": family, "random_state": 0, "max_iter": 3, **parameters}
    digests = set()
    for count in (1, 2, 3):
        with threadpool_limits(count):  # of BLAS, of OpenMP, and so of a sweep
            gmm = GaussianMixture(**parameters).fit(X)
            mixture = gmm.mixture_
            parts = [mixture.weights, mixture.means, mixture.covariances.stored, gmm.lower_bounds_]
            parts.append(gmm.score_samples(X))
            digests.add(hashlib.sha256(b"".join(np.asarray(part).tobytes() for part in parts)).hexdigest())
    assert len(digests) == 1


def blas_threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


@pytest.fixture
def several_blas_threads():
    """Three threads for BLAS, set by a thread that is gone: threadpoolctl listens to the one that set them last."""
    before = blas_threads()
    in_a_thread(threadpool_limits, 3, "blas")
    yield blas_threads()
    in_a_thread(threadpool_limits, max(before), "blas")


def in_a_thread(work, *arguments):
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    thread.join()


def test_overlapping_fits_leave_the_threads_of_blas_as_they_were(several_blas_threads):
    """The second begins while the first is at work, and ends after it."""
    began, go_on = threading.Event(), threading.Event()

    def first(task):
        began.set()
        assert go_on.wait(10)

    def second(task):
        go_on.set()
        one.join(10)

    one = threading.Thread(target=ordered_map, args=(first, [0]))
    one.start()
    assert began.wait(10)
    ordered_map(second, [0])
    assert not one.is_alive()
    assert blas_threads() == several_blas_threads


def test_fits_at_once_in_threads_give_the_bits_of_one_at_a_time(several_blas_threads):
    X = np.random.default_rng(0).normal(size=(3000, 6))

    def fit(seed):
        return GaussianMixture(3, random_state=seed, tol=1e-2).fit(X).means_.tobytes()

    alone = [fit(seed) for seed in range(6)]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(fit, range(6))) == alone
    assert blas_threads() == several_blas_threads


def test_one_mixture_may_be_asked_from_several_threads_at_once():
    X = np.random.default_rng(0).normal(size=(3000, 30))
    gmm = GaussianMixture(3, random_state=0, max_iter=5, tol=1.0).fit(X)
    expected = gmm.score_samples(X).tobytes()
    fresh = GaussianMixture.from_sklearn(gmm.to_sklearn())  # whose factors nobody has asked for yet
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fresh.score_samples(X).tobytes(), range(12)))
    assert set(answers) == {expected}


def fit_in_a_process(seed: int) -> bytes:
    X = np.random.default_rng(0).normal(size=(500, 4))
    return GaussianMixture(2, random_state=seed).fit(X).means_.tobytes()


def test_other_processes_give_the_same_bits():
    here = [fit_in_a_process(seed) for seed in range(2)]
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(fit_in_a_process)(seed) for seed in range(2)) == here


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_can_fit():
    """Threads do not survive a fork: a child that waited for its parent's would never end."""
    code = (
        "import os, sys, numpy as np\n"
        "from mixtura import GaussianMixture\n"
        "X = np.random.default_rng(0).normal(size=(80_000, 4))\n"
        "fit = lambda: GaussianMixture(2, max_iter=2, tol=10.0, init_params='random', random_state=0).fit(X).means_\n"
        "here = fit().tobytes()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if fit().tobytes() == here else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


FIT = (
    "from mixtura import GaussianMixture\n"
    "X = np.random.default_rng(0).normal(size=(200_000, 10))\n"
    "gmm = GaussianMixture(8, tol=0.0, max_iter=10**6, init_params='random', random_state=0)",
    "gmm.fit(X)",
)
K_MEANS = (
    "from mixtura.starts.lloyd import find_centres\nX = np.random.default_rng(0).normal(size=(60_000, 30))",
    "find_centres(X, np.ones(len(X)), 2000, 1000, np.random.RandomState(0))",  # minutes, most of them in one call
)

# Shards that take ten seconds and more: two of a sweep or of given labels, whose moments are large, 64 of a prediction.
LONG = """
from mixtura.engines.memory import Memory
from mixtura.forms import Dense
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.needs import FULL, Projected
n, d, k, q = {}
X = np.broadcast_to(np.random.default_rng(0).normal(size=(n, 1)), (n, d))
loadings = np.full((k, q, d), 0.01)
form, need = {}
mixture = Mixture(np.full(k, 1 / k), np.zeros((k, d)), form)
"""
DENSE = "Dense(np.stack([np.eye(d)] * k)), FULL"
LOW_RANK = "LowRank(np.concatenate([np.ones((k, 1, d)), loadings], axis=1)), Projected(loadings)"
SWEEPS = [(LONG.format("400_000, 256, 24, 60", form), "Memory(X).sweep(mixture, need)") for form in (DENSE, LOW_RANK)]
GATHER = LONG.format("20_000_000, 256, 24, 0", DENSE), "Memory(X).gather(np.zeros(n, dtype=int), need, mixture.means)"
# A block of rows that takes tens of seconds: many components of many features.
BLOCK = LONG.format("100_000, 784, 4_000, 0", "Dense(np.eye(d)[None], shared=True), FULL"), "Memory(X).assign(mixture)"
PREDICTIONS = [
    (LONG.format(sizes, form), "Memory(X).assign(mixture)")
    for sizes, form in [("40_000_000, 16, 2000, 0", DENSE), ("20_000_000, 256, 24, 60", LOW_RANK)]
]


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize(
    ("work", "count"),
    [(work, count) for work in (FIT, K_MEANS, *SWEEPS) for count in "12"]
    + [(work, "2") for work in (GATHER, BLOCK, *PREDICTIONS)],
)
def test_long_work_stops_within_a_second_of_an_interrupt(work, count):
    code = f"import numpy as np\n{work[0]}\nprint('ready', flush=True)\n{work[1]}\n"
    environment = {**os.environ, "OMP_NUM_THREADS": count}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    try:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(1.0)  # so that it is at work
        assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
        assert b"KeyboardInterrupt" in error
        busy = max(os.getloadavg()[0] / os.cpu_count(), 1.0)
        assert time.monotonic() - began < 1.0 + 2.0 * busy  # a second, and what a busy machine needs to end a process
    finally:
        process.kill()


@pytest.mark.parametrize(("granted", "processors"), [("150000 100000", 2), ("300000 100000", 3), ("max 100000", 8)])
def test_a_container_grants_processors(granted, processors, monkeypatch, tmp_path):
    """Control groups of version 2 tell their quota in one file; an engine has as many threads as that is worth."""
    quota = tmp_path / "cpu.max"
    quota.write_text(granted + "\n")
    real_open, real_exists = builtins.open, os.path.exists
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(os.path, "exists", lambda path: path == "/sys/fs/cgroup/cpu.max" or real_exists(path))
    monkeypatch.setattr(
        builtins, "open", lambda path, *rest: real_open(quota if path == "/sys/fs/cgroup/cpu.max" else path, *rest)
    )
    monkeypatch.setattr(threads, "_processors", joblib.cpu_count)  # which is asked once for all otherwise
    monkeypatch.setattr(threads, "_blas", lambda: SimpleNamespace(lib_controllers=[SimpleNamespace(num_threads=8)]))
    assert threads.n_threads() == processors
