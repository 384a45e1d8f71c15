"""FittedByEM: the fit that all estimators share: check, choose, run, store."""

from abc import abstractmethod
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from mixtura import em
from mixtura.arrays import Array, IntArray
from mixtura.engines.memory import Memory
from mixtura.engines.threads import single_blas_thread
from mixtura.estimators import checks
from mixtura.estimators.fitted import FittedMixture
from mixtura.estimators.reporting import (
    Reporter,
    ill_defined_explained,
    surviving_if,
    warn_of_constant_features,
    warn_of_outcome,
)
from mixtura.mixture import Mixture
from mixtura.outcome import Fit, Outcome
from mixtura.starts import STARTS, Ground, Start
from mixtura.structures import Structure

__all__ = ["EM_CONSTRAINTS", "FittedByEM"]

EM_CONSTRAINTS: dict[str, list[Any]] = {
    "n_components": [Interval(Integral, 1, None, closed="left")],
    "tol": [Interval(Real, 0.0, None, closed="left")],
    "reg_covar": [StrOptions({"auto"}), Interval(Real, 0.0, None, closed="left")],
    "max_iter": [Interval(Integral, 0, None, closed="left")],
    "n_init": [Interval(Integral, 1, None, closed="left")],
    "init_params": [StrOptions(set(STARTS)), "array-like", callable],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
    "verbose_interval": [Interval(Integral, 1, None, closed="left")],
}
"""What the parameters that all of them have may be."""


class FittedByEM(FittedMixture):
    """What estimators share that choose a structure and a start, and run EM."""

    n_components: int
    tol: float
    reg_covar: float | str
    max_iter: int
    n_init: int
    init_params: str | ArrayLike | Callable[..., Any]
    verbose: int
    verbose_interval: int

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the mixture to rows.

        Parameters
        ----------
        X : array-like of shape (N, D)
        y : ignored
        sample_weight : array-like of shape (N,), default=None
            Non-negative. A weight of 2 counts a row twice, 0 leaves it out; a common factor changes nothing.

        Returns self.
        """
        with checks.restoring(self, "n_features_in_", "feature_names_in_"):
            self._fit(self._check_rows(X, reset=True), sample_weight)
        return self

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit_predict(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> IntArray:
        """Fit the mixture and return the most probable component of each row (N,), also of rows of weight 0."""
        with checks.restoring(self, "n_features_in_", "feature_names_in_"):
            rows = self._check_rows(X, reset=True)
            self._fit(rows, sample_weight)
        return Memory(rows).assign(self.mixture_).labels

    def _fit(self, X: Array, sample_weight: ArrayLike | None) -> None:
        """Check, choose, run, store."""
        weights = checks.check_weights(sample_weight, len(X))
        kept = slice(None) if weights is None or weights.all() else np.flatnonzero(weights)
        engine = Memory(X[kept], None if weights is None else weights[kept])
        checks.check_values(engine.rows, self.n_components)
        structure, start, n_runs = self._choose(X, kept)
        random = check_random_state(self.random_state)
        stop = em.StoppingRule(self.tol, self.max_iter)
        reporter = Reporter(self, X, n_runs)
        fits: list[Fit] = []
        with ill_defined_explained(engine.rows), single_blas_thread():
            ground = Ground.survey(engine, structure, self.n_components, self.reg_covar)
            for number in range(n_runs):
                with surviving_if(number + 1 < n_runs or len(fits) > 0):
                    begin = start(ground, random)
                    with reporter.run(number) as observe:
                        fits.append(self._run(ground, begin, stop, observe))
                if reporter.stopped:
                    break
        best = max(fits, key=lambda fit: (fit.outcome.sound, self._merit(ground, fit)))
        self._store(best, X.dtype)
        reporter.finish()
        warn_of_constant_features(ground.constant)
        warn_of_outcome(best)

    def _store(self, fit: Fit, dtype: np.dtype[Any]) -> None:
        self.mixture_: Mixture = fit.mixture
        self.outcome_: Outcome = fit.outcome
        self.converged_: bool = fit.outcome.converged
        self.n_iter_: int = fit.n_iter
        self.lower_bound_: float = fit.log_likelihood
        self.lower_bounds_: list[float] = list(fit.history[1:])
        self._dtype = dtype
        self.__dict__.update(self._asked())

    @abstractmethod
    def _choose(self, X: Array, kept: Array | slice) -> tuple[Structure, Start, int]:
        """Return the structure, the start, and how many runs there are, for rows of which ``kept`` have a weight."""

    @abstractmethod
    def _run(self, ground: Ground, begin: Mixture, stop: em.StoppingRule, observe: em.Observer) -> Fit:
        """Run EM once."""

    @abstractmethod
    def _merit(self, ground: Ground, fit: Fit) -> float:
        """Return what the best of several runs has most of."""
