"""Reporting: how a fit goes, told through scikit-learn's callbacks, through ``verbose``, and at the end as warnings."""

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from mixtura.arrays import Array, IntArray
from mixtura.forms import NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.outcome import Fit, Outcome

try:  # scikit-learn 1.9 and newer
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # pragma: no cover - runs with scikit-learn 1.6 to 1.8

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in where scikit-learn has no callbacks yet."""


__all__ = [
    "CallbackSupportMixin",
    "Reporter",
    "ill_defined_explained",
    "surviving_if",
    "warn_of_constant_features",
    "warn_of_outcome",
]


_BALLS = "spherical families (EII, VII) and factors with isotropic noise"


def _constant(columns: IntArray) -> str:
    return f"constant features (columns {', '.join(map(str, columns[:10]))}{', ...' * (columns.size > 10)})"


class Reporter:
    """Tells of runs and iterations; each run is a task of the fit, and each iteration a task of its run."""

    def __init__(self, estimator: Any, X: Array, n_runs: int) -> None:
        self._estimator, self._X = estimator, X
        self._root = None
        self.stopped = False
        if hasattr(estimator, "_init_callback_context"):
            self._root = estimator._init_callback_context(max_subtasks=n_runs)
            self._root.call_on_fit_task_begin(estimator=estimator, X=X)

    @contextmanager
    def run(self, number: int) -> Iterator["RunReporter"]:
        """Tell of one run of EM; yields what ``em.run`` calls after each iteration."""
        reporter = RunReporter(self._estimator, self._X, self._root, number)
        yield reporter
        self.stopped = reporter.finish()

    def finish(self) -> None:
        """Tell that the fit is over."""
        if self._root is not None:
            self._root.call_on_fit_task_end(estimator=self._estimator, X=self._X)


class RunReporter:
    """Tells of the iterations of one run; asks EM to stop if a callback does."""

    def __init__(self, estimator: Any, X: Array, root: Any, number: int) -> None:
        self._estimator, self._X = estimator, X
        self._began = self._last = time.perf_counter()
        self._task = None
        if root is not None:
            self._task = root.subcontext(task_name="initialization", max_subtasks=estimator.max_iter)
            self._task.call_on_fit_task_begin(estimator=estimator, X=X)
        self._heard = self._task is not None and bool(getattr(estimator, "_skl_callbacks", None))
        if estimator.verbose:
            print(f"Initialization {number}")

    def __call__(self, iteration: int, mixture: Mixture, log_likelihood: float, change: float) -> bool:
        """Tell of one iteration."""
        estimator = self._estimator
        if estimator.verbose and iteration % estimator.verbose_interval == 0:
            now = time.perf_counter()
            detail = f"\t {now - self._last:.5f}s\t log-likelihood {log_likelihood:.5f} (change {change:+.5f})"
            print(f"  Iteration {iteration}{detail if estimator.verbose > 1 else ''}")
            self._last = now
        if self._task is None or not self._heard:  # a task of each iteration takes as long as a small sweep
            return False
        step = self._task.subcontext(task_name="EM iteration")
        step.call_on_fit_task_begin(estimator=estimator, X=self._X)
        so_far = {
            **estimator._asked(),
            "mixture_": mixture,
            "_dtype": self._X.dtype,
            "n_features_in_": mixture.n_features,
        }
        return bool(step.call_on_fit_task_end(estimator=estimator, X=self._X, reconstruction_attributes=lambda: so_far))

    def finish(self) -> bool:
        """Tell that the run is over; return whether a callback asks for no more runs."""
        if self._estimator.verbose:
            print(f"Initialization ended after {time.perf_counter() - self._began:.5f}s")
        return self._task is not None and bool(self._task.call_on_fit_task_end(estimator=self._estimator, X=self._X))


@contextmanager
def ill_defined_explained(rows: Array) -> Iterator[None]:
    """Turn a singular covariance before any iteration into the error that a user reads; ``rows`` are (N, D)."""
    try:
        yield
    except NotPositiveDefiniteError as error:
        constant = np.flatnonzero((rows == rows[0]).all(axis=0))
        hint = f" Without regularisation only {_BALLS} can be fitted to {_constant(constant)}."
        if constant.size == rows.shape[1]:
            hint = " All rows are the same, so no family can be fitted to them without regularisation."
        raise ValueError(
            "Fitting the mixture model failed because some components have ill-defined empirical covariance (for "
            "instance caused by singleton or collapsed samples). Try to decrease the number of components, "
            "increase reg_covar, or scale the input data. reg_covar='auto' does so in proportion to the data."
            + (hint if constant.size else "")
        ) from error


@contextmanager
def surviving_if(others: bool) -> Iterator[None]:
    """Let a run whose start is singular fail alone if there are others."""
    try:
        yield
    except NotPositiveDefiniteError:
        if not others:
            raise


def warn_of_outcome(fit: Fit) -> None:
    """Turn how the best run ended into a warning, where there is something to do."""
    if fit.outcome not in (Outcome.CONVERGED, Outcome.STARTED, Outcome.STOPPED):
        warnings.warn(fit.outcome.value, ConvergenceWarning, stacklevel=5)


def warn_of_constant_features(constant: NDArray[np.bool_]) -> None:
    """Warn of features (D,) that do not vary: their likelihood has no upper bound."""
    columns = np.flatnonzero(constant)
    if columns.size and constant.all():
        warnings.warn(
            "Got constant features only: all rows are the same. Their density is bounded by the "
            "regularisation alone, whatever the family, so its log-likelihood, BIC and AIC mean nothing. Check the "
            "data.",
            UserWarning,
            stacklevel=5,
        )
    elif columns.size:
        warnings.warn(
            f"Got {_constant(columns)}; they tell no rows apart. Of {_BALLS} they make the variance smaller; a density "
            "of any other family is bounded on them by the regularisation alone, so its log-likelihood, BIC and AIC "
            "mean nothing. Remove these columns before fitting.",
            UserWarning,
            stacklevel=5,
        )
