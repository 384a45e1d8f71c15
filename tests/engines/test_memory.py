import threading
import time
import tracemalloc

import numpy as np
import pytest
from conftest import make_blobs, random_mixture
from threadpoolctl import threadpool_info, threadpool_limits

from mixtura.engines import memory, threads
from mixtura.engines.memory import Memory
from mixtura.kernels.choice import best_kernel
from mixtura.kernels.portable import NEEDS, PortableKernel
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL
from mixtura.reference import log_joint, responsibilities

FIELDS = ("counts", "first", "second", "log_likelihood", "weight")


def case(n=5000, d=3, k=4, form="dense"):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, d)) * 3, rng.uniform(0.5, 2, size=n), random_mixture(k, d, form)


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("form", ["dense", "shared", "diagonal"])
def test_block_size_changes_nothing_beyond_rounding(need, form):
    X, weights, mixture = case(n=700, form=form)
    one = Memory(X, weights, PortableKernel(block_numbers=10**9)).sweep(mixture, need)
    many = Memory(X, weights, PortableKernel(block_numbers=1)).sweep(mixture, need)  # blocks of 64 rows
    for field in FIELDS:
        np.testing.assert_allclose(getattr(many, field), getattr(one, field), rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("kernel", [PortableKernel(), best_kernel()], ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("need", NEEDS)
def test_thread_count_changes_no_bit(need, kernel, monkeypatch):
    X, weights, mixture = case(n=80_000)  # four shards
    found = []
    for count in (1, 2, 5):
        for module in (threads, memory):
            monkeypatch.setattr(module, "n_threads", lambda count=count: count)
        found.append(Memory(X, weights, kernel).sweep(mixture, need))
    for other in found[1:]:
        for field in FIELDS:
            assert np.array_equal(getattr(other, field), getattr(found[0], field)), field


def test_sweep_agrees_with_the_oracle():
    X, weights, mixture = case(n=150)
    joint = log_joint(X, mixture.weights, mixture.means, mixture.covariances.stored)
    shares, density = responsibilities(joint)
    swept = Memory(X, weights).sweep(mixture, FULL)
    given = Memory(X, weights).gather(shares, FULL, mixture.means)
    assert swept.mean_log_likelihood == pytest.approx(np.average(density, weights=weights), rel=1e-12)
    np.testing.assert_allclose(swept.second, given.second, rtol=1e-9, atol=1e-9)
    assigned = Memory(X).assign(mixture)
    np.testing.assert_allclose(assigned.log_densities, density, rtol=1e-11)
    assert np.array_equal(assigned.labels, shares.argmax(axis=1))
    np.testing.assert_allclose(assigned.confidences, shares.max(axis=1), rtol=1e-10)
    np.testing.assert_allclose(Memory(X).responsibilities(mixture), shares, rtol=1e-8, atol=1e-300)


def test_labels_are_responsibilities_of_one():
    blobs = make_blobs()
    engine, centres = Memory(blobs.X, blobs.weights), np.zeros((3, 3))
    by_label = engine.gather(blobs.groups, FULL, centres)
    by_share = engine.gather(np.eye(3)[blobs.groups], FULL, centres)
    np.testing.assert_allclose(by_label.second, by_share.second, rtol=1e-12)  # two kernels: sums in two orders


@pytest.mark.parametrize("layout", ["fortran", "strided", "readonly", "float32"])
def test_layout_of_the_rows_does_not_matter(layout):
    X, weights, mixture = case(n=300)
    X = X.astype(np.float32).astype(np.float64)
    expected = Memory(X, weights).sweep(mixture, FULL)
    if layout == "fortran":
        rows = np.asfortranarray(X)
    elif layout == "strided":
        rows = np.repeat(np.repeat(X, 2, axis=0), 2, axis=1)[::2, ::2]
    elif layout == "float32":
        rows = X.astype(np.float32)
    else:
        rows = X.copy()
        rows.flags.writeable = False
    found = Memory(rows, weights).sweep(mixture, FULL)
    tolerance = 1e-6 if layout == "float32" else 1e-13  # sums of float32 rows begin with seven digits
    np.testing.assert_allclose(found.second, expected.second, rtol=0, atol=tolerance * np.abs(expected.second).max())


@pytest.mark.parametrize("need", NEEDS)
def test_a_sweep_allocates_no_array_of_all_rows(need):
    X, _, mixture = case(n=200_000, d=4, k=5)
    engine = Memory(X)
    engine.sweep(mixture, need)
    tracemalloc.start()
    engine.sweep(mixture, need)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    smallest = min(X.nbytes, len(X) * 5 * 8)  # N x D or N x K numbers
    assert peak < 0.75 * smallest  # scratch of a few threads, whatever N is


def test_a_limit_on_blas_limits_the_sweep():
    with threadpool_limits(1):
        assert threads.n_threads() == 1
    assert threads.n_threads() >= 1
    blas = threads.ordered_map(
        lambda task: [p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"], [0]
    )
    assert set(blas[0]) == {1}


def test_a_kernel_that_shares_out_is_told_how_many_threads_and_shards_there_may_be():
    told = []

    class Sharing(PortableKernel):
        def shared_sweep(self, mixture, need):
            return lambda rows, weights, mixture, moments, bounds, n_threads: told.append((n_threads, len(bounds) - 1))

    X, _, mixture = case(n=80_000)
    with threadpool_limits(1):
        Memory(X, kernel=Sharing()).sweep(mixture, FULL)
    Memory(X, kernel=Sharing()).sweep(mixture, FULL)
    assert told == [(1, 4), (threads.n_threads(), 4)]
    wide = random_mixture(3, 600, "diagonal")  # a million numbers in the moments
    Memory(np.broadcast_to(X[:, :1], (80_000, 600)), kernel=Sharing()).sweep(wide, FULL)
    assert told[-1][1] == 2


def test_results_come_in_the_order_of_the_tasks():
    assert threads.ordered_map(lambda task: task**2, [3, 1, 2]) == [9, 1, 4]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("fails", [0, 7])
def test_an_error_keeps_all_threads_from_taking_more_and_is_raised_when_none_is_at_work(fails, count, monkeypatch):
    monkeypatch.setattr(threads, "n_threads", lambda: count)
    begun, ended = [], []

    def work(task):
        begun.append(task)
        if task == fails:
            raise KeyboardInterrupt
        time.sleep(0.01)
        ended.append(task)

    with pytest.raises(KeyboardInterrupt):
        threads.ordered_map(work, list(range(1000)))
    assert sorted(ended) == [task for task in sorted(begun) if task != fails]
    assert len(begun) <= fails + 2 * count
    assert threads.ordered_map(str, [1, 2]) == ["1", "2"]


@pytest.mark.parametrize("kernel", [PortableKernel(), best_kernel()], ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("form", ["diagonal", "low-rank"])
def test_an_error_in_one_thread_ends_the_sweep_that_another_is_at(form, kernel, monkeypatch):
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    mixture = random_mixture(3, 20, "diagonal")
    if form == "low-rank":
        mixture = Mixture(mixture.weights, mixture.means, LowRank(np.ones((3, 2, 20))))
    rows = np.broadcast_to(np.zeros(20), (10**8, 20))  # would take half a minute
    begun, ended = threading.Event(), []

    def work(task):
        if task == "fail":
            assert begun.wait(10)
            raise ZeroDivisionError
        begun.set()
        kernel.sweep(rows, None, mixture, Moments.zeros(DIAGONAL, mixture.means))
        ended.append(task)

    for tasks in (["fail", "sweep"], ["sweep", "fail"]):
        begun.clear()
        with pytest.raises(ZeroDivisionError):
            threads.ordered_map(work, tasks)
    assert not ended


def test_the_calling_thread_works_too_even_where_no_other_is_free(monkeypatch):
    monkeypatch.setattr(threads, "n_threads", lambda: 3)

    def work(task):
        return threads.ordered_map(lambda number: number * task, [1, 2, 3])  # asks for threads that are all taken

    assert threads.ordered_map(work, list(range(20))) == [[task, 2 * task, 3 * task] for task in range(20)]
    ran = threads.ordered_map(lambda _: (time.sleep(0.02), threading.current_thread())[1], list(range(6)))
    assert threading.current_thread() in ran
    assert len(set(ran)) == 3


@pytest.mark.parametrize("n_tasks", range(1, 18))
def test_a_sum_is_taken_over_a_tree_of_neighbours(n_tasks, monkeypatch):
    """The same additions for any number of threads."""

    class Term:
        def __init__(self, text):
            self.text = str(text)

        def __add__(self, other):
            return Term(f"({self.text} {other.text})")

    def tree(terms):
        pairs = [f"({' '.join(terms[i : i + 2])})" if i + 1 < len(terms) else terms[i] for i in range(0, len(terms), 2)]
        return pairs[0] if len(pairs) == 1 else tree(pairs)

    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "n_threads", lambda count=count: count)
        assert threads.ordered_sum(Term, list(range(n_tasks))).text == tree([str(i) for i in range(n_tasks)])


@pytest.mark.parametrize("count", [1, 3])
def test_a_sum_is_taken_in_the_order_of_the_tasks_and_keeps_few_parts(count, monkeypatch):
    monkeypatch.setattr(threads, "n_threads", lambda: count)
    alive, most = 0, 0

    class Part(str):
        def __new__(cls, text):
            nonlocal alive, most
            alive += 1
            most = max(most, alive)
            return super().__new__(cls, text)

        def __add__(self, other):
            return Part(str.__add__(self, other))

        def __del__(self):
            nonlocal alive
            alive -= 1

    letters = "abcdefghijklmnopqrstuvwxyz"
    assert threads.ordered_sum(Part, list(letters)) == letters
    assert most <= 2 * count + 5  # at work, sums being taken, and one that waits on each level of the tree
