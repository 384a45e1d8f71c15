"""FittedMixture: all that one may ask of a mixture that was fitted, whatever fitted it."""

import math
from abc import abstractmethod
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.engines.memory import Memory
from mixtura.engines.threads import single_blas_thread
from mixtura.estimators.checks import check_weights
from mixtura.estimators.reporting import CallbackSupportMixin
from mixtura.estimators.summary import Summary, summarise
from mixtura.families import Family, find_family
from mixtura.kernels.contract import Assignment
from mixtura.mixture import Mixture, RandomSource, random_source
from mixtura.structures import STRUCTURES

__all__ = ["FittedMixture", "NamedFamily"]


class FittedMixture(CallbackSupportMixin, DensityMixin, BaseEstimator):
    """What estimators share once ``mixture_`` and ``_dtype`` are set.

    Everything is computed in float64; results come in the type of the data, as scikit-learn's do.
    """

    mixture_: Mixture
    _dtype: np.dtype[Any]
    random_state: int | np.random.RandomState | None

    def predict(self, X: ArrayLike) -> IntArray:
        """Return the most probable component of each row of X (N, D): labels (N,), -1 for noise."""
        return self._assign(X)[0].labels

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the responsibility of each component for each row of X (N, D): (N, K), rows summing to one.

        With a noise component (N, K + 1): the last column is that of noise, which is what its label -1 points at.
        """
        check_is_fitted(self)
        rows = self._check_rows(X)
        with single_blas_thread():
            return _narrow(Memory(rows).responsibilities(self.mixture_), rows.dtype)

    def uncertainty(self, X: ArrayLike) -> Array:
        """Return how unsure each row of X (N, D) is of its component: 1 less its largest responsibility (N,)."""
        assignment, rows = self._assign(X)
        return _narrow(1.0 - assignment.confidences, rows.dtype)

    def score_samples(self, X: ArrayLike) -> Array:
        """Return the log-density of each row of X (N, D), in nats: (N,)."""
        assignment, rows = self._assign(X)
        return _narrow(assignment.log_densities, rows.dtype)

    def score(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-density of the rows of X (N, D), in nats, weighted if weights (N,) are given."""
        assignment, rows = self._assign(X)
        weights = check_weights(sample_weight, len(rows))
        kept = slice(None) if weights is None else weights > 0  # a row of weight 0 is no row, even if its density is 0
        return float(np.average(assignment.log_densities[kept], weights=None if weights is None else weights[kept]))

    def bic(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return the Bayesian information criterion on X (N, D): p log N - 2 log L. The lower the better.

        With weights (N,) each row counts as often as its weight says, also in N. Schwarz (1978), "Estimating the
        dimension of a model". R's mclust prints the negative and maximises it.
        """
        assignment, weights = self._weigh(X, sample_weight)
        return self.n_parameters_ * math.log(weights.sum()) - 2 * float((weights * assignment.log_densities).sum())

    def aic(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return Akaike's information criterion on X (N, D): 2 p - 2 log L. The lower the better.

        With weights (N,) each row counts as often as its weight says.
        """
        assignment, weights = self._weigh(X, sample_weight)
        return 2 * self.n_parameters_ - 2 * float((weights * assignment.log_densities).sum())

    def icl(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return the integrated completed likelihood on X (N, D): BIC - 2 Σ_n log max_k r_nk. The lower the better.

        It charges rows that no component is sure of, so it counts clusters where BIC counts Gaussians (Biernacki,
        Celeux and Govaert 2000, section 3, with each row in its most probable component). With weights (N,) each row
        counts as often as its weight says.
        """
        assignment, weights = self._weigh(X, sample_weight)
        return self.bic(X, sample_weight=sample_weight) - 2 * float((weights * np.log(assignment.confidences)).sum())

    def summary(
        self,
        X: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        parameters: bool = False,
        intervals: Any = None,
        level: float = 0.95,
    ) -> Summary:
        """Return the model in words and numbers; ``print`` it to read it.

        Log-likelihood, criteria and the clustering table are those of X: a fitted model keeps none of its rows, so it
        is given them again. On other rows it says how well the model describes those.

        Parameters
        ----------
        X : array-like of shape (N, D)
            The rows, usually those that it was fitted to.
        sample_weight : array-like of shape (N,), default=None
            How many rows each row counts for, in every number of the page.
        parameters : bool, default=False
            Show weights, means and covariances too.
        intervals : ParameterReplicates, optional
            What ``mixtura.selection.bootstrap_parameters(model, X)`` returned: parameters are shown with intervals.
        level : float, default=0.95
            The probability that the intervals have.

        Raises
        ------
        ValueError
            If the intervals are those of another model, or X or the weights are not what they should be.
        TypeError
            If the intervals are something else.
        """
        assignment, weights = self._weigh(X, sample_weight)
        code, description = self._family_in_words()
        shown = parameters or intervals is not None
        return summarise(
            self, assignment, None if sample_weight is None else weights, code, description, shown, intervals, level
        )

    def sample(self, n_samples: int = 1, random_state: int | RandomSource | None = None) -> tuple[FloatArray, IntArray]:
        """Draw rows (n_samples, D) and their components (n_samples,), -1 for noise, in random order.

        Without a ``random_state`` here the estimator's own is used; if that is None too, calls differ.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise ValueError(f"Invalid value for 'n_samples': {n_samples!r}. Expected a whole number of at least 1.")
        return self.mixture_.sample(n_samples, random_source(random_state, self.random_state))

    @property
    def weights_(self) -> Array:
        """Weights (K,)."""
        return self._publish(self._fitted.weights)

    @property
    def noise_share_(self) -> float:
        """Share of the rows that are noise; 0 without a noise component. ``weights_`` are those among the others."""
        return 0.0 if self._fitted.noise is None else self._fitted.noise.share

    @property
    def means_(self) -> Array:
        """Means (K, D)."""
        return self._publish(self._fitted.means)

    @property
    def n_parameters_(self) -> int:
        """Number of free parameters: weights, means and covariances; noise has two, its share and its volume."""
        n_components, n_features = self._fitted.means.shape
        noise = 0 if self._fitted.noise is None else 2
        return noise + n_components - 1 + n_components * n_features + self._n_covariance_parameters()

    @abstractmethod
    def _n_covariance_parameters(self) -> int:
        """Return the number of free parameters of the covariances alone."""

    def _n_parameters(self) -> int:
        """Serve code written for scikit-learn, where the count has no public name."""
        return self.n_parameters_

    @abstractmethod
    def _asked(self) -> dict[str, Any]:
        """Return the attributes that say what covariances a fit under way will have."""

    @abstractmethod
    def _family_in_words(self) -> tuple[str, str]:
        """Return mclust's code of the family of covariances, empty where it has none, and the family in words."""

    @property
    def _fitted(self) -> Mixture:
        """The mixture, or the AttributeError that makes ``hasattr`` false before a fit."""
        try:
            return self.__dict__["mixture_"]
        except KeyError:
            raise AttributeError(f"This {type(self).__name__} has no parameters yet: call fit first.") from None

    def _publish(self, array: FloatArray) -> Array:
        """Copy into the type of the training data, so that what users do to it leaves the model alone.

        Where squares leave the range of that type, the copy stays in float64.
        """
        held = np.finfo(self._dtype)
        largest = np.abs(array).max()
        fits = largest == 0 or held.tiny <= largest <= held.max
        return array.astype(self._dtype if fits else np.float64)

    def _assign(self, X: ArrayLike) -> tuple[Assignment, Array]:
        check_is_fitted(self)
        rows = self._check_rows(X)
        with single_blas_thread():
            return Memory(rows).assign(self.mixture_), rows

    def _weigh(self, X: ArrayLike, sample_weight: ArrayLike | None) -> tuple[Assignment, FloatArray]:
        """Return the assignment of the rows (n,) whose weight is not 0, and their weights (n,), else all 1."""
        assignment, rows = self._assign(X)
        if check_weights(sample_weight, len(rows)) is None:
            return assignment, np.ones(len(rows))
        weights = np.asarray(sample_weight, dtype=np.float64)
        kept = np.flatnonzero(weights)
        parts = (assignment.log_densities[kept], assignment.labels[kept], assignment.confidences[kept])
        return Assignment(*parts), weights[kept]

    def _check_rows(self, X: ArrayLike, reset: bool = False) -> Array:
        rows: Array = validate_data(
            self, X, reset=reset, dtype=[np.float64, np.float32], ensure_min_samples=2 if reset else 1
        )
        if not rows.flags.aligned or any(stride % rows.itemsize for stride in rows.strides):
            return rows.copy()  # a field of packed records, which the kernels cannot walk
        return rows


class NamedFamily(FittedMixture):
    """What is known of covariances whose family has a name, ``_family``, in the table of structures."""

    _family: str
    covariance_type: str

    def _asked(self) -> dict[str, Any]:
        return {"_family": self.covariance_type}

    @property
    def covariances_(self) -> Array:
        """Covariances in the shape of the covariance type."""
        return self._publish(STRUCTURES[self._family].publish(self._fitted.covariances.stored))

    @property
    def precisions_(self) -> Array:
        """Inverse covariances in the shape of the covariance type."""
        return self._publish(STRUCTURES[self._family].publish(self._fitted.covariances.precisions))

    @property
    def precisions_cholesky_(self) -> Array:
        """Upper factors of the inverse covariances in the shape of the covariance type."""
        return self._publish(STRUCTURES[self._family].publish(self._fitted.covariances.whiteners))

    @property
    def family_(self) -> Family:
        """The family of the covariances, in words; in one dimension that which the covariance type means there."""
        return find_family(self._family, self._fitted.n_features)

    def _family_in_words(self) -> tuple[str, str]:
        return self.family_.code, self.family_.description

    def _n_covariance_parameters(self) -> int:
        return STRUCTURES[self._family].n_parameters(*self._fitted.means.shape)


def _narrow(array: FloatArray, dtype: np.dtype[Any]) -> Array:
    """Return numbers in the type of the rows; what is too large or small there becomes infinite or 0."""
    with np.errstate(over="ignore", under="ignore"):
        return array.astype(dtype, copy=False)
