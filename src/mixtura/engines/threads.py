"""Threads: how many a sweep may use, and one BLAS thread meanwhile."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from joblib import cpu_count
from threadpoolctl import ThreadpoolController

__all__ = ["n_threads", "ordered_map", "single_blas_thread"]

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

    def take(self) -> None:
        with self.lock:
            if not self.holders:
                self.allowed = _allowed()
                self.limiter = _blas().limit(limits=1)
            self.holders += 1

    def give_back(self) -> None:
        with self.lock:
            self.holders -= 1
            if not self.holders:
                self.limiter.restore_original_limits()


_hold = _Hold()


@contextmanager
def single_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread, so that threads do not multiply and its sums keep their order."""
    _hold.take()
    try:
        yield
    finally:
        _hold.give_back()


def n_threads() -> int:
    """Return how many threads a sweep may use: the processors we may run on, or fewer if BLAS was limited.

    ``OMP_NUM_THREADS`` and ``threadpoolctl.threadpool_limits`` limit BLAS, and a sweep with it.
    """
    return _hold.allowed if _hold.holders else _allowed()


def ordered_map(function: Callable[[Task], Result], tasks: list[Task]) -> list[Result]:
    """Apply ``function`` to each task over threads, BLAS held to one; results come in the order of the tasks."""
    workers = min(n_threads(), len(tasks))
    # Underflow to zero is meant, whatever the caller's settings; threads of the pool start without those.
    with single_blas_thread(), np.errstate(under="ignore"):
        if workers <= 1:
            return [function(task) for task in tasks]
        return list(_pool(os.getpid(), workers).map(function, tasks))
