"""Workers: independent tasks over threads, with a bar."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar

from joblib import Parallel, delayed, effective_n_jobs
from threadpoolctl import threadpool_limits

from mixtura.progress import show_progress

__all__ = ["run_all"]

Task = TypeVar("Task")
Result = TypeVar("Result")


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
    several = effective_n_jobs(n_jobs) > 1 and len(tasks) > 1
    with show_progress(description, len(tasks)) if verbose else nullcontext(_nothing) as advance:

        def work(task: Task) -> Result:
            result = function(task)
            advance()
            return result

        if not several:
            return [work(task) for task in tasks]
        with threadpool_limits(limits=1, user_api="blas"):
            parallel = Parallel(n_jobs=n_jobs, require="sharedmem", batch_size=1)
            return list(parallel(delayed(work)(task) for task in tasks))


def _nothing() -> None:
    """Show no bar."""
