"""Iterations: the progress of a fit, told by scikit-learn's callbacks where it has them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mixtura.progress import Advance, show_progress

if TYPE_CHECKING:
    from mixtura import GaussianMixture

__all__ = ["show_iterations"]


@contextmanager
def show_iterations(model: "GaussianMixture") -> Iterator[None]:
    """Show a bar while ``model`` is fitted in the block: an iteration of EM is a step.

    Before scikit-learn 1.9 there are no callbacks, and the bar only says that work goes on.
    """
    tells = hasattr(model, "set_callbacks") and sys.stderr.isatty()
    total = model.n_init * model.max_iter if tells else None
    with show_progress("fitting", total) as advance:
        if tells:
            model.set_callbacks(_Iterations(advance, model.n_init, model.max_iter))
        try:
            yield
        finally:
            if tells:
                model.set_callbacks()


class _Iterations:
    """A callback as scikit-learn wants it: runs are tasks of the fit, iterations are tasks of a run."""

    def __init__(self, advance: Advance, n_runs: int, n_iterations: int) -> None:
        self._advance, self._n_runs, self._n_iterations = advance, n_runs, n_iterations
        self._runs = self._iterations = 0

    def setup(self, estimator: Any, context: Any) -> None:
        """Do nothing: the bar is there already."""

    def on_fit_task_begin(self, estimator: Any, context: Any, **_: Any) -> None:
        """Count runs."""
        if context.task_name == "initialization":
            self._runs, self._iterations = self._runs + 1, 0

    def on_fit_task_end(self, estimator: Any, context: Any, **_: Any) -> bool:
        """Count iterations; a run that converged has done all of its share."""
        before = (self._runs - 1) * self._n_iterations
        if context.task_name == "EM iteration":
            self._iterations += 1
            self._tell(before + self._iterations)
        elif context.task_name == "initialization":
            self._tell(before + self._n_iterations)
        return False

    def _tell(self, completed: int) -> None:
        state = f"run {self._runs} of {self._n_runs}, iteration {self._iterations}"
        self._advance(description=state, completed=completed)

    def teardown(self, estimator: Any, context: Any) -> None:
        """Do nothing: who showed the bar removes it."""
