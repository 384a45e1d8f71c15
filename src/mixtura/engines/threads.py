"""Threads: how many a sweep may use, and one BLAS thread meanwhile."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache, reduce
from operator import add
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from joblib import cpu_count
from threadpoolctl import ThreadpoolController

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
    with _in_order(function, tasks) as results:
        return list(results)


def ordered_sum(function: Callable[[Task], Result], tasks: list[Task]) -> Result:
    """Return the sum of what ``function`` makes of each task, added in order; what is added is kept no longer."""
    with _in_order(function, tasks) as results:
        return reduce(add, results)


@contextmanager
def _in_order(function: Callable[[Task], Result], tasks: list[Task]) -> Iterator[Iterator[Result]]:
    workers = min(n_threads(), len(tasks))
    # Underflow to zero is meant, whatever the caller's settings; threads of the pool start without those.
    with single_blas_thread(), np.errstate(under="ignore"):
        yield map(function, tasks) if workers <= 1 else _spread(function, tasks, workers)


def _spread(function: Callable[[Task], Result], tasks: list[Task], workers: int) -> Iterator[Result]:
    """Yield results in order; no more of them are there at once than threads, and one that waits."""
    pool, begun = _pool(os.getpid(), workers), deque[Future[Result]]()
    for task in tasks:
        begun.append(pool.submit(function, task))
        if len(begun) > workers:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()
