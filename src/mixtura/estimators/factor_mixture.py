"""FactorMixture: mixtures whose components have a few directions of their own, for many features."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from mixtura import em
from mixtura.arrays import Array, FloatArray, IntArray
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
from mixtura.estimators.reseeding import run_reseeding
from mixtura.low_rank import LowRank
from mixtura.outcome import Fit, Outcome
from mixtura.starts import STARTS, Ground
from mixtura.structures.factors import DIAGONAL_NOISE, ISOTROPIC_NOISE, Factors, Noise

__all__ = ["FactorMixture"]

_NOISES: dict[str, Noise] = {"diagonal": DIAGONAL_NOISE, "isotropic": ISOTROPIC_NOISE}
_KEEPS_BY_EVIDENCE = {"fixed": False, "bic": True}


class FactorMixture(FittedMixture):
    """Mixture of factor analysers, or of probabilistic principal components.

    Maximises Σ_n w_n log Σ_k π_k N(x_n; μ_k, Λ_kᵀ Λ_k + diag(ψ_k)) over weights, means, Q rows of loadings Λ_k and
    noise variances ψ_k for each component. An iteration takes N K D Q operations, and no matrix (D, D) is made: the
    model for hundreds of features and more. With ``noise="diagonal"`` it is that of Ghahramani and Hinton (1996), with
    "isotropic" that of Tipping and Bishop (1999). The likelihood never falls; `mixtura.structures.factors` derives the
    maximisation.

    Parameters
    ----------
    n_components : int, default=1
        Number of components K.
    n_factors : int, default=1
        Number of factors Q of each component, below the number of features D.
    noise : {"diagonal", "isotropic"}, default="diagonal"
        A noise variance for each feature and component, or one for each component.
    rank : {"fixed", "bic"}, default="fixed"
        Whether all components keep Q factors, or each only those that the Bayesian information criterion says are worth
        their parameters.
    tol : float, default=1e-3
        EM has converged when an iteration changes the mean log-likelihood by no more than this many nats; one more,
        already paid for, ends the run.
    reg_covar : "auto" or float, default="auto"
        What is added to every variance, as in `GaussianMixture`.
    max_iter : int, default=100
        Most iterations in a run; 0 returns the start.
    n_init : int, default=1
        Number of runs from different starts; the one with the highest likelihood is kept.
    init_params : {"kmeans", "k-means++", "random_from_data", "random"}, array-like or callable, default="kmeans"
        Where EM begins, as in `GaussianMixture`. The factors of a start are the principal components of each
        cluster, of all its rows.
    random_state : int, RandomState or None, default=None
        Seeds the starts, and ``sample`` where that is given no seed of its own.
    verbose : int, default=0
        1 prints runs and iterations, 2 adds times and likelihoods.
    verbose_interval : int, default=10
        Iterations between two lines of ``verbose``.

    Attributes
    ----------
    mixture_ : Mixture
        The fitted model, a frozen record in float64, whose covariances are a ``LowRank`` form.
    weights_ : ndarray of shape (K,)
    means_ : ndarray of shape (K, D)
    loadings_ : ndarray of shape (K, Q, D)
        Rows of a component are orthogonal in units of its noise, the largest first; a factor not in use is a row of 0.
    noise_variances_ : ndarray of shape (K, D)
        Equal along each row where the noise is isotropic.
    n_factors_ : ndarray of shape (K,)
        Factors in use.
    outcome_ : Outcome
        How the best run ended, with advice.
    converged_ : bool
    n_iter_ : int
    lower_bound_ : float
        Mean log-likelihood of ``mixture_`` itself on the training data.
    lower_bounds_ : list of float
        The same after each iteration of the best run. Where a component died and was put elsewhere it may fall once.
    n_parameters_ : int
        Number of free parameters, those of factors in use alone.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (D,)
        Only where X had names.

    Warns
    -----
    ConvergenceWarning
        If the best run did not converge or lost a component, with advice.
    UserWarning
        If a feature is constant.

    Raises
    ------
    ValueError
        If X has NaN, infinity, fewer rows than components or no more features than factors, if a parameter is outside
        its range, or if the start itself has a singular covariance.

    References
    ----------
    Z. Ghahramani, G. E. Hinton (1996), The EM algorithm for mixtures of factor analyzers. Technical report CRG-TR-96-1.

    M. E. Tipping, C. M. Bishop (1999), Mixtures of probabilistic principal component analysers. Neural Computation 11.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from mixtura import FactorMixture
    >>> X = load_digits().data
    >>> X = X[:, X.std(axis=0) > 0]
    >>> model = FactorMixture(n_components=5, n_factors=6, noise="isotropic", random_state=0).fit(X)
    >>> model.loadings_.shape, model.n_parameters_
    ((5, 6, 61), 2069)
    >>> model.sample(2)[0].shape
    (2, 61)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "n_factors": [Interval(Integral, 1, None, closed="left")],
        "noise": [StrOptions(set(_NOISES))],
        "rank": [StrOptions(set(_KEEPS_BY_EVIDENCE))],
        "tol": [Interval(Real, 0.0, None, closed="left")],
        "reg_covar": [StrOptions({"auto"}), Interval(Real, 0.0, None, closed="left")],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "init_params": [StrOptions(set(STARTS)), "array-like", callable],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "verbose_interval": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        n_components: int = 1,
        n_factors: int = 1,
        *,
        noise: str = "diagonal",
        rank: str = "fixed",
        tol: float = 1e-3,
        reg_covar: float | str = "auto",
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str | ArrayLike | Callable[..., Any] = "kmeans",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
        verbose_interval: int = 10,
    ) -> None:
        self.n_components = n_components
        self.n_factors = n_factors
        self.noise = noise
        self.rank = rank
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.random_state = random_state
        self.verbose = verbose
        self.verbose_interval = verbose_interval

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> "FactorMixture":
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
        if self.n_factors >= X.shape[1]:
            raise ValueError(
                f"Got n_factors={self.n_factors} for {X.shape[1]} feature(s), expected fewer factors than features. "
                "Use fewer, or a GaussianMixture with full covariances."
            )
        weights = checks.check_weights(sample_weight, len(X))
        kept = slice(None) if weights is None or weights.all() else np.flatnonzero(weights)
        engine = Memory(X[kept], None if weights is None else weights[kept])
        checks.check_values(engine.rows, self.n_components)
        structure = Factors(self.n_factors, _NOISES[self.noise], evidence=_KEEPS_BY_EVIDENCE[self.rank])
        start = checks.named_or_given(self.init_params, X, kept, self.n_components)
        random = check_random_state(self.random_state)
        stop = em.StoppingRule(self.tol, self.max_iter)
        reporter = Reporter(self, X, self.n_init)
        fits: list[Fit] = []
        with ill_defined_explained(), single_blas_thread():
            ground = Ground.survey(engine, structure, self.n_components, self.reg_covar)
            for number in range(self.n_init):
                with surviving_if(number + 1 < self.n_init or len(fits) > 0):
                    begin = start(ground, random)
                    with reporter.run(number) as observe:
                        fits.append(run_reseeding(ground, begin, stop, observe))
                if reporter.stopped:
                    break
        best = max(fits, key=lambda fit: (fit.outcome.sound, fit.log_likelihood))
        self._store(best, X.dtype)
        reporter.finish()
        warn_of_constant_features(ground.constant)
        warn_of_outcome(best)

    def _store(self, fit: Fit, dtype: np.dtype[Any]) -> None:
        self.mixture_ = fit.mixture
        self.outcome_: Outcome = fit.outcome
        self.converged_: bool = fit.outcome.converged
        self.n_iter_: int = fit.n_iter
        self.lower_bound_: float = fit.log_likelihood
        self.lower_bounds_: list[float] = list(fit.history[1:])
        self._dtype = dtype

    @property
    def loadings_(self) -> Array:
        """Loadings (K, Q, D)."""
        return self._publish(self._form.loadings)

    @property
    def noise_variances_(self) -> Array:
        """Noise variances (K, D)."""
        return self._publish(self._form.noise)

    @property
    def n_factors_(self) -> IntArray:
        """Factors in use (K,)."""
        used: IntArray = np.count_nonzero(self._form.loadings.any(axis=2), axis=1)
        return used

    def get_covariance(self, component: int = 0) -> FloatArray:
        """Return the covariance of one component as a matrix (D, D)."""
        return self._form.matrix(component)

    @property
    def _form(self) -> LowRank:
        form = self._fitted.covariances
        assert isinstance(form, LowRank)
        return form

    def _asked(self) -> dict[str, Any]:
        return {}

    def _family_in_words(self) -> tuple[str, str]:
        return "", f"factor analysers with {self.n_factors_.max()} factors and {self.noise} noise"

    def _n_covariance_parameters(self) -> int:
        noise = _NOISES[self.noise]
        n_features = self._fitted.n_features
        return sum(Factors(int(q), noise).n_parameters(1, n_features) for q in self.n_factors_)
