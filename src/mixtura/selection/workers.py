"""Workers: independent tasks over threads, with a bar."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, TypeVar

from joblib import effective_n_jobs
from threadpoolctl import ThreadpoolController

from mixtura.progress import show_progress

__all__ = ["one_thread", "run_all"]

Task = TypeVar("Task")
Result = TypeVar("Result")


@cache
def _libraries() -> ThreadpoolController:
    """Find the libraries with threads of their own once: looking for them takes as long as a fit."""
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Hold BLAS and OpenMP to one thread."""
    limit: AbstractContextManager[Any] = _libraries().limit(limits=1)
    return limit


def run_all(
    function: Callable[[Task], Result],
    tasks: list[Task],
    description: str,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> list[Result]:
    """Apply ``function`` to each task and return the results in the order of the tasks.

    With several jobs each task runs on a thread of its own, because sweeps let go of the interpreter's lock, and keeps
    to it: a sweep then uses one thread. With one job the tasks run in turn and each sweep uses all threads.
    """
    workers = min(effective_n_jobs(n_jobs), len(tasks))
    with show_progress(description, len(tasks)) if verbose else nullcontext(_nothing) as advance:

        def work(task: Task) -> Result:
            result = function(task)
            advance()
            return result

        if workers <= 1:
            return [work(task) for task in tasks]
        with one_thread(), ThreadPoolExecutor(workers) as pool:
            try:
                return list(pool.map(work, tasks))
            except BaseException:
                pool.shutdown(cancel_futures=True)  # an error or Ctrl-C ends what has not begun
                raise


def _nothing() -> None:
    """Show no bar."""
