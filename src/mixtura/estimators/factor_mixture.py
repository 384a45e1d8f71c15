"""FactorMixture: mixtures whose components have a few directions of their own, for many features."""

import math
from collections.abc import Callable
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from mixtura import em
from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.estimators import checks
from mixtura.estimators.fitting import EM_CONSTRAINTS, FittedByEM
from mixtura.estimators.pruning import merit, prune
from mixtura.estimators.reseeding import run_reseeding
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.outcome import Fit, Outcome
from mixtura.starts import Ground, Start
from mixtura.structures import Structure
from mixtura.structures.factors import DIAGONAL_NOISE, ISOTROPIC_NOISE, Factors, Noise

__all__ = ["FactorMixture"]

_NOISES: dict[str, Noise] = {"diagonal": DIAGONAL_NOISE, "isotropic": ISOTROPIC_NOISE}
_PRICES: dict[str, Callable[[float], float]] = {"fixed": lambda weight: 0.0, "bic": math.log}
"""What a parameter of a factor must add to twice the log-likelihood, given how many rows there are."""


class FactorMixture(FittedByEM):
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
        Whether all components keep Q factors, or each only those that are worth their parameters. "bic" first fits
        as "fixed" does; once that has converged, factors whose loss lowers the Bayesian information criterion are
        dropped and EM runs on, for as long as that pays, so ``bic(X)`` is never above that of "fixed". Weights of
        rows then count them, as in ``bic``: a common factor matters, and where they sum to 1 or less nothing is
        dropped. Nor is it before EM has converged, and a `max_iter` that ends while factors are dropped leaves the
        outcome unfinished.
    tol : float, default=1e-3
        EM has converged when an iteration changes the mean log-likelihood by no more than this many nats; one more,
        already paid for, ends the run.
    reg_covar : "auto" or float, default="auto"
        What is added to every variance, as in `GaussianMixture`.
    max_iter : int, default=100
        Most iterations in a run; 0 returns the start.
    n_init : int, default=1
        Number of runs from different starts; the one with the highest likelihood is kept, with ``rank="bic"`` that
        of the lowest criterion.
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
        The same after each iteration of the best run. Where factors are dropped it falls; where a component died and
        was put elsewhere it may fall once.
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
        **EM_CONSTRAINTS,
        "n_factors": [Interval(Integral, 1, None, closed="left")],
        "noise": [StrOptions(set(_NOISES))],
        "rank": [StrOptions(set(_PRICES))],
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

    def _choose(self, X: Array, kept: Array | slice) -> tuple[Structure, Start, int]:
        if self.n_factors >= X.shape[1]:
            raise ValueError(
                f"Got n_factors={self.n_factors} for {X.shape[1]} feature(s), expected fewer factors than features. "
                "Use fewer, or a GaussianMixture with full covariances."
            )
        structure = Factors(self.n_factors, _NOISES[self.noise])
        return structure, checks.named_or_given(self.init_params, X, kept, self.n_components), self.n_init

    def _run(self, ground: Ground, begin: Mixture, stop: em.StoppingRule, observe: em.Observer) -> Fit:
        fit, price = run_reseeding(ground, begin, stop, observe), self._price(ground)
        return prune(ground, fit, stop, observe, price) if price > 0.0 else fit

    def _merit(self, ground: Ground, fit: Fit) -> float:
        return merit(ground, fit, self._price(ground))

    def _price(self, ground: Ground) -> float:
        return _PRICES[self.rank](ground.engine.weight)

    def to_parameters(self) -> dict[str, Any]:
        """Return the exact parameters, in float64, as ``from_parameters`` takes them; ``dtype`` is the data's."""
        check_is_fitted(self)
        return {
            "weights": self.mixture_.weights.copy(),
            "means": self.mixture_.means.copy(),
            "loadings": self._form.loadings.copy(),
            "noise_variances": self._form.noise.copy(),
            "noise": self._fitted_noise,
            "dtype": self._dtype,
        }

    @classmethod
    def from_parameters(
        cls,
        weights: ArrayLike,
        means: ArrayLike,
        loadings: ArrayLike,
        noise_variances: ArrayLike,
        *,
        noise: str = "diagonal",
        dtype: Any = np.float64,
    ) -> "FactorMixture":
        """Return a mixture of known parameters, ready to score, predict and sample without a fit.

        Weights (K,), means (K, D), loadings (K, Q, D) and noise variances (K, D), which are then published in
        ``dtype``. Raises ``ValueError`` if shapes disagree, a number is not finite, the weights are not a distribution,
        a noise variance is not above 0, there is no such noise, or isotropic noise varies within a component.
        """
        exact_weights, exact_means, factors, variances = (
            np.array(given, dtype=np.float64, order="C") for given in (weights, means, loadings, noise_variances)
        )
        if exact_means.ndim != 2 or variances.shape != exact_means.shape or factors.ndim != 3:
            raise ValueError(
                f"Got means, loadings and noise_variances of shapes {exact_means.shape}, {factors.shape} and "
                f"{variances.shape}, expected (K, D), (K, Q, D) and (K, D)."
            )
        if noise not in _NOISES:
            raise ValueError(f"Got noise={noise!r}, expected one of {', '.join(map(repr, _NOISES))}.")
        if _NOISES[noise] is ISOTROPIC_NOISE and not np.allclose(variances, variances[:, :1], rtol=1e-6, atol=0.0):
            raise ValueError(
                "Got noise='isotropic' with noise_variances that differ within a component, expected one for all "
                "of its features. Give their mean in each row, or use noise='diagonal'."
            )
        k, d = exact_means.shape
        q = factors.shape[1]
        if factors.shape != (k, q, d) or not 1 <= q < d:
            raise ValueError(f"Got loadings of shape {factors.shape}, expected ({k}, Q, {d}) with Q from 1 to {d - 1}.")
        form = LowRank(np.concatenate([variances[:, None], factors], axis=1))
        ours = cls(k, q, noise=noise)
        ours._store(Fit(Mixture(exact_weights, exact_means, form), (-np.inf,), Outcome.STARTED), np.dtype(dtype))
        ours.n_features_in_ = d
        return ours

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
        return self._form.ranks

    def get_covariance(self, component: int = 0) -> FloatArray:
        """Return the covariance of one component as a matrix (D, D)."""
        return self._form.matrix(component)

    @property
    def _form(self) -> LowRank:
        form = self._fitted.covariances
        assert isinstance(form, LowRank)
        return form

    def _asked(self) -> dict[str, Any]:
        return {"_fitted_noise": self.noise}  # the parameter may be set to another afterwards

    def _family_in_words(self) -> tuple[str, str]:
        return "", f"factor analysers with {self.n_factors_.max()} factors and {self._fitted_noise} noise"

    def _n_covariance_parameters(self) -> int:
        form = self._form
        return Factors(form.n_factors, _NOISES[self._fitted_noise]).n_parameters_in_use(form)
