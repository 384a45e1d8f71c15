"""GaussianMixture: scikit-learn's interface over the engine, the structures and the starts."""

from collections.abc import Callable
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, StrOptions

from mixtura import em
from mixtura.arrays import Array
from mixtura.estimators import checks, exchange
from mixtura.estimators.fitted import NamedFamily
from mixtura.estimators.fitting import EM_CONSTRAINTS, FittedByEM
from mixtura.mixture import Mixture
from mixtura.outcome import Fit, Outcome
from mixtura.starts import Ground, Start
from mixtura.structures import STRUCTURES, Structure
from mixtura.uniform_noise import UniformNoise

__all__ = ["GaussianMixture"]


class GaussianMixture(FittedByEM, NamedFamily):
    """Gaussian mixture fitted by expectation-maximisation.

    Maximises the log-likelihood Σ_n w_n log Σ_k π_k N(x_n; μ_k, Σ_k) over weights π, means μ and covariances Σ
    (McLachlan and Peel 2000, "Finite Mixture Models", section 2.8). It is a drop-in replacement for scikit-learn's
    class of the same name. Sums are taken about the current means in float64, so an offset of the data or a change of
    units costs no digits; rows may have weights; and EM gives the same bits on any number of threads.

    Parameters
    ----------
    n_components : int, default=1
        Number of components K.
    covariance_type : str, default="full"
        The family of covariances: ``"full"``, an ellipsoid for each component; ``"tied"``, one for all; ``"diag"``,
        axes along the features; ``"spherical"``, balls; or one of mclust's codes for what is equal, varying or the
        identity among volume, shape and orientation: EII, VII, EEI, VEI, EVI, VVI, EEE, VEE, EVE, VVE, EEV, VEV, EVV,
        VVV (see ``mixtura.families``), and for one feature E and V.
    tol : float, default=1e-3
        EM has converged when an iteration changes the mean log-likelihood by no more than this many nats; one more,
        already paid for, ends the run. (For comparison: scikit-learn's rule is the same and takes as many iterations,
        Spark's is on the total, mclust's relative.)
    reg_covar : "auto" or float, default="auto"
        What is added to every variance. ``"auto"`` adds a millionth of each feature's own variance within components,
        whatever its unit. A number is added as it is, in squared units of the data, as scikit-learn does; 0 is none.
    max_iter : int, default=100
        Most iterations in a run; 0 returns the start.
    n_init : int, default=1
        Number of runs from different starts; the one with the highest likelihood is kept, sound runs first.
    init_params : str, array-like of labels or responsibilities, or callable, default="kmeans"
        Where EM begins. Labels (N,) from 0 to K - 1 or responsibilities (N, K) begin with a maximisation under them;
        a callable is asked for either as ``init_params(X, n_components=K, random_state=RandomState)``. ``"auto"``
        keeps the best of several starts after a few iterations; ``mixtura.starts`` describes it and the other names:
        "kmeans", "hierarchical", "short-em", "k-means++", "random_from_data" and "random".
    weights_init : array-like of shape (K,), default=None
        Weights to begin with.
    means_init : array-like of shape (K, D), default=None
        Means to begin with; what else is not given then comes from the rows nearest to each.
    precisions_init : array-like, default=None
        Inverse covariances to begin with, shaped as ``precisions_``.
    noise : None, "auto" or float, default=None
        A noise component of constant density for outliers, s / V + (1 - s) Σ_k π_k N(x; μ_k, Σ_k), whose share s EM
        finds (Banfield and Raftery 1993; Fraley and Raftery 1998). A number is its volume V, in units of the data to
        the power D; ``"auto"`` takes that of the smaller of two boxes around the rows, along the features or along
        their principal axes, as mclust does. Its rows are labelled -1, also in ``init_params``, where responsibilities
        have a last column for it; without them, rows far from their neighbours begin as noise. In too small a volume
        noise is denser than the components themselves: a fit that ends so says it (``Outcome.SUBMERGED``).
    random_state : int, RandomState or None, default=None
        Seeds the starts, and ``sample`` where that is given no seed of its own.
    warm_start : bool, default=False
        Begin with the last fit's mixture; ``n_init`` is then 1. Convergence is judged on the new data alone.
    verbose : int, default=0
        1 prints runs and iterations, 2 adds times and likelihoods.
    verbose_interval : int, default=10
        Iterations between two lines of ``verbose``.

    Attributes
    ----------
    mixture_ : Mixture
        The fitted model, a frozen record in float64. All other parameters are read from it.
    weights_ : ndarray of shape (K,)
    means_ : ndarray of shape (K, D)
    covariances_, precisions_, precisions_cholesky_ : ndarray
        (K, D, D) for "full" and all ellipsoids but "tied" (EEE), which has (D, D); (K, D) for "diag", VEI and EVI,
        (D,) for EEI; (K,) for "spherical" and V, (1,) for EII and E. In the type of the training data.
    converged_ : bool
    outcome_ : Outcome
        How the best run ended, with advice.
    n_iter_ : int
        Iterations of the best run.
    lower_bound_ : float
        Mean log-likelihood of ``mixture_`` itself on the training data: ``score(X)``, to rounding.
    lower_bounds_ : list of float
        The same after each iteration of the best run.
    family_ : Family
        The family of the covariances in words.
    noise_share_ : float
        Share of the rows that are noise; the weights are those among the others. ``mixture_.noise`` has its box.
    n_parameters_ : int
        Number of free parameters.
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
        If X has NaN, infinity, fewer rows than components or values beyond 1e150, if a parameter is outside its
        range, or if the start itself has a singular covariance (only with a ``reg_covar`` too small for the data).

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> gmm = GaussianMixture(n_components=2, random_state=0).fit(X)
    >>> gmm.means_[gmm.means_[:, 0].argsort()]
    array([[ 1.,  2.],
           [10.,  2.]])
    >>> gmm.outcome_.name
    'CONVERGED'
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **EM_CONSTRAINTS,
        "covariance_type": [StrOptions(set(STRUCTURES))],
        "weights_init": ["array-like", None],
        "means_init": ["array-like", None],
        "precisions_init": ["array-like", None],
        "noise": [StrOptions({"auto"}), Interval(Real, 0.0, None, closed="neither"), None],
        "warm_start": ["boolean"],
    }

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float | str = "auto",
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str | ArrayLike | Callable[..., Any] = "kmeans",
        weights_init: ArrayLike | None = None,
        means_init: ArrayLike | None = None,
        precisions_init: ArrayLike | None = None,
        noise: float | str | None = None,
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.noise = noise
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval

    def _choose(self, X: Array, kept: Array | slice) -> tuple[Structure, Start, int]:
        structure = checks.check_structure(self.covariance_type, X.shape[1])
        start = checks.check_start(self, X, kept, X.shape[1], structure)
        if not (self.warm_start and hasattr(self, "mixture_")):
            return structure, start, self.n_init
        last = self.mixture_
        asked = (self.n_components, X.shape[1], self.covariance_type)
        checks.check_resumable(last, asked, self._family, self.noise is not None)
        return structure, lambda ground, random: last, 1

    def _run(self, ground: Ground, begin: Mixture, stop: em.StoppingRule, observe: em.Observer) -> Fit:
        return em.run(ground.engine, ground.structure, begin, stop, ground.regularisation, observe)

    def _merit(self, ground: Ground, fit: Fit) -> float:
        return fit.log_likelihood

    def to_parameters(self) -> dict[str, Any]:
        """Return the exact parameters, in float64, as ``from_parameters`` takes them; ``dtype`` is the data's."""
        return exchange.write_parameters(self)

    @classmethod
    def from_parameters(
        cls,
        weights: ArrayLike,
        means: ArrayLike,
        covariances: ArrayLike,
        *,
        covariance_type: str = "full",
        noise: UniformNoise | None = None,
        dtype: Any = np.float64,
    ) -> "GaussianMixture":
        """Return a mixture of known parameters, ready to score, predict and sample without a fit.

        Weights (K,), means (K, D) and covariances are shaped as the attributes, which are then published in ``dtype``.
        Raises ``ValueError`` if shapes disagree, a number is not finite, the weights are not a distribution or a
        covariance is not positive definite.
        """
        mixture = exchange.read_parameters(weights, means, covariances, covariance_type, noise)
        ours = cls(mixture.n_components, covariance_type=covariance_type, noise=None if noise is None else "auto")
        ours._store(Fit(mixture, (-np.inf,), Outcome.STARTED), np.dtype(dtype))
        ours.n_features_in_ = mixture.n_features
        return ours

    def to_sklearn(self) -> Any:
        """Return the fitted mixture as scikit-learn's ``GaussianMixture``, with the same fitted attributes.

        Its type is the smallest that holds the same mixture. ``reg_covar`` and ``init_params`` are ours where
        scikit-learn knows the value, and its defaults elsewhere: they matter only if it is fitted again.
        """
        return exchange.write_mixture(self)

    @classmethod
    def from_sklearn(cls, fitted: Any) -> "GaussianMixture":
        """Return a mixture that scores, predicts and samples as a fitted scikit-learn ``GaussianMixture`` does.

        Raises
        ------
        TypeError
            If ``fitted`` is something else.
        NotFittedError
            If it was not fitted.
        """
        mixture = exchange.read_mixture(fitted)
        ours = cls(**{name: getattr(fitted, name) for name in exchange.SHARED_PARAMETERS})
        ours.set_params(reg_covar=fitted.reg_covar, init_params=fitted.init_params)
        ours._store(exchange.read_fit(fitted, mixture), fitted.means_.dtype)
        ours.__dict__.update({name: value for name, value in vars(fitted).items() if name in exchange.SHARED_FACTS})
        return ours
