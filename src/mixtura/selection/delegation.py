"""Delegation: all that one may ask of a search is asked of the best mixture that it found."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils.validation import check_is_fitted

from mixtura import GaussianMixture, Mixture, Outcome, Summary
from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.families import Family

__all__ = ["BestMixture"]


class BestMixture(DensityMixin, BaseEstimator):
    """What estimators share that hold their answer in ``best_estimator_``."""

    best_estimator_: GaussianMixture

    def predict(self, X: ArrayLike) -> IntArray:
        """Return the most probable component of each row of X (N, D): labels (N,)."""
        return self._best.predict(X)

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the responsibility of each component for each row of X (N, D): (N, K), rows summing to one."""
        return self._best.predict_proba(X)

    def uncertainty(self, X: ArrayLike) -> Array:
        """Return how unsure each row of X (N, D) is of its component: 1 less its largest responsibility (N,)."""
        return self._best.uncertainty(X)

    def score_samples(self, X: ArrayLike) -> Array:
        """Return the log-density of each row of X (N, D), in nats: (N,)."""
        return self._best.score_samples(X)

    def score(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-density of the rows of X (N, D), in nats, weighted if weights (N,) are given."""
        return self._best.score(X, sample_weight=sample_weight)

    def bic(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return the Bayesian information criterion on X (N, D). The lower the better; mclust prints the negative."""
        return self._best.bic(X, sample_weight=sample_weight)

    def aic(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return Akaike's information criterion on X (N, D). The lower the better."""
        return self._best.aic(X, sample_weight=sample_weight)

    def icl(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return the integrated completed likelihood on X (N, D). The lower the better."""
        return self._best.icl(X, sample_weight=sample_weight)

    def summary(
        self,
        X: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        parameters: bool = False,
        intervals: Any = None,
        level: float = 0.95,
    ) -> Summary:
        """Return the best mixture in words and numbers, and what came next to it; ``print`` it to read it.

        The arguments are those of ``GaussianMixture.summary``.
        """
        summary = self._best.summary(
            X, sample_weight=sample_weight, parameters=parameters, intervals=intervals, level=level
        )
        return replace(summary, notes=(self._rivals(), *summary.notes))

    def sample(
        self, n_samples: int = 1, random_state: int | np.random.RandomState | np.random.Generator | None = None
    ) -> tuple[FloatArray, IntArray]:
        """Draw rows (n_samples, D) and their components (n_samples,), in random order."""
        return self._best.sample(n_samples, random_state)

    @property
    def mixture_(self) -> Mixture:
        """The best mixture, a frozen record in float64."""
        return self._fitted.mixture_

    @property
    def weights_(self) -> Array:
        """Weights (K,)."""
        return self._fitted.weights_

    @property
    def means_(self) -> Array:
        """Means (K, D)."""
        return self._fitted.means_

    @property
    def covariances_(self) -> Array:
        """Covariances in the shape of the chosen family."""
        return self._fitted.covariances_

    @property
    def precisions_(self) -> Array:
        """Inverse covariances in the shape of the chosen family."""
        return self._fitted.precisions_

    @property
    def precisions_cholesky_(self) -> Array:
        """Upper factors of the inverse covariances in the shape of the chosen family."""
        return self._fitted.precisions_cholesky_

    @property
    def noise_share_(self) -> float:
        """Share of the rows that are noise; 0 without a noise component."""
        return self._fitted.noise_share_

    @property
    def family_(self) -> Family:
        """The chosen family in words."""
        return self._fitted.family_

    @property
    def n_parameters_(self) -> int:
        """Number of free parameters."""
        return self._fitted.n_parameters_

    @property
    def converged_(self) -> bool:
        """Whether the best mixture's fit converged."""
        return self._fitted.converged_

    @property
    def outcome_(self) -> Outcome:
        """How the best mixture's fit ended, with advice."""
        return self._fitted.outcome_

    @property
    def n_iter_(self) -> int:
        """Iterations of the best mixture's fit."""
        return self._fitted.n_iter_

    @property
    def lower_bound_(self) -> float:
        """Mean log-likelihood of the best mixture on the training data."""
        return self._fitted.lower_bound_

    def to_parameters(self) -> dict[str, Any]:
        """Return the exact parameters of the best mixture, as ``GaussianMixture.from_parameters`` takes them."""
        return self._best.to_parameters()

    def to_sklearn(self) -> Any:
        """Return the best mixture as scikit-learn's ``GaussianMixture``; see ``GaussianMixture.to_sklearn``."""
        return self._best.to_sklearn()

    @abstractmethod
    def _rivals(self) -> str:
        """Return what was tried, and which pairs came next to the best, in words."""

    @property
    def _best(self) -> GaussianMixture:
        check_is_fitted(self)
        return self.best_estimator_

    @property
    def _fitted(self) -> GaussianMixture:
        """The mixture, or the AttributeError that makes ``hasattr`` false before a fit."""
        try:
            return self.__dict__["best_estimator_"]
        except KeyError:
            raise AttributeError(f"This {type(self).__name__} has no mixture yet: call fit first.") from None
