"""Threads: how many a sweep may use, and one BLAS thread meanwhile."""

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from functools import cache
from operator import add
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from joblib import cpu_count
from threadpoolctl import ThreadpoolController

from mixtura.kernels.wanted import raised_flag, working_under

__all__ = ["n_threads", "ordered_map", "ordered_sum", "single_blas_thread"]

Task = TypeVar("Task")
Result = TypeVar("Result")


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")


@cache
def _pool(process: int, workers: int) -> ThreadPoolExecutor:
    """Return the threads of this process; a forked child finds none of its parent's and makes its own."""
    return ThreadPoolExecutor(workers, thread_name_prefix="mixtura")


_processors = cache(cpu_count)


def _allowed() -> int:
    limits = [library.num_threads for library in _blas().lib_controllers]
    return int(max(1, min([_processors(), *limits])))


class _Hold:
    """BLAS held to one thread while anybody asks for it: the first to come sets it, the last to go restores it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.holders = 0
        self.allowed = 1
        self.limiter: Any = None

    def __enter__(self) -> None:
        with self.lock:
            if not self.holders:
                self.allowed = _allowed()
                self.limiter = _blas().limit(limits=1)
            self.holders += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.holders -= 1
            if not self.holders:
                self.limiter.restore_original_limits()


_hold = _Hold()


def single_blas_thread() -> AbstractContextManager[None]:
    """Hold BLAS to one thread, so that threads do not multiply and its sums keep their order."""
    return _hold


def n_threads() -> int:
    """Return how many threads a sweep may use: the processors we may run on, or fewer if BLAS was limited.

    ``OMP_NUM_THREADS`` and ``threadpoolctl.threadpool_limits`` limit BLAS, and a sweep with it.
    """
    return _hold.allowed if _hold.holders else _allowed()


def ordered_map(function: Callable[[Task], Result], tasks: list[Task]) -> list[Result]:
    """Apply ``function`` to each task over threads, BLAS held to one; results come in the order of the tasks."""
    results: dict[int, Result] = {}

    def work(number: int) -> None:
        results[number] = function(tasks[number])

    _share_out(work, len(tasks))
    return [results[number] for number in range(len(tasks))]


def ordered_sum(function: Callable[[Task], Result], tasks: list[Task]) -> Result:
    """Return the sum of what ``function`` makes of each task, added in a tree that their number alone shapes.

    Neighbours are added as soon as both are there, and then the sums of neighbours: few wait for theirs.
    """
    waiting: dict[tuple[int, int], Result] = {}
    lock = Lock()

    def work(number: int) -> None:
        result, left = function(tasks[number]), len(tasks)
        while left > 1:  # so many are left on this level of the tree
            if number ^ 1 < left:
                with lock:
                    neighbour = waiting.pop((left, number ^ 1), None)
                    if neighbour is None:
                        waiting[left, number] = result
                        return
                result = add(neighbour, result) if number % 2 else add(result, neighbour)
            number, left = number // 2, -(-left // 2)
        waiting[1, 0] = result

    _share_out(work, len(tasks))
    return waiting[1, 0]


def _share_out(work: Callable[[int], None], n_tasks: int) -> None:
    """Call ``work`` with each number below ``n_tasks``, over threads of which this one is the first.

    An error or an interrupt in one of them keeps all from taking more, ends what kernels that look up are at, and is
    raised here once none is at work.
    """
    workers = min(n_threads(), n_tasks)
    ends: list[int | None] = [None] * workers
    numbers = deque([*range(n_tasks), *ends])

    wanted, errors = raised_flag(), list[BaseException]()

    def stop(error: BaseException) -> None:
        errors.append(error)
        wanted[...] = False
        numbers.extendleft(ends)

    def worker() -> None:
        try:
            with working_under(wanted):
                while (number := numbers.popleft()) is not None:
                    work(number)
        except BaseException as error:
            stop(error)

    # Underflow to zero is meant, whatever the caller's settings; threads of the pool start without those.
    with single_blas_thread(), np.errstate(under="ignore"):
        others: list[Future[None]] = []
        try:
            for _ in range(workers - 1):
                others.append(_pool(os.getpid(), workers - 1).submit(worker))
            worker()
            _wait_for_those_that_began(others)
        except BaseException as error:  # an interrupt while this thread was not at work
            stop(error)
            _wait_for_those_that_began(others)
    if errors:
        raise errors.pop(0)  # later ones are consequences


def _wait_for_those_that_began(others: list[Future[None]]) -> None:
    """Threads of the pool may be busy with other sweeps: whoever did not begin need not."""
    begun = [other for other in others if not other.cancel()]
    if begun:
        wait(begun)
