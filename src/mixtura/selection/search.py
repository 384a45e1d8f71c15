"""GaussianMixtureSearch: which number of components, and which family."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import validate_data

from mixtura import GaussianMixture
from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.selection.criteria import CRITERIA
from mixtura.selection.delegation import BestMixture
from mixtura.selection.families import expand_families, expand_numbers
from mixtura.selection.fitting import Recipe, count_jobs, fit_cells
from mixtura.selection.held_out import make_folds, score_held_out
from mixtura.selection.rows import Rows
from mixtura.selection.starts import NAMED
from mixtura.selection.table import make_table
from mixtura.selection.trial import Cell, Trial

if TYPE_CHECKING:
    from mixtura.plots import Display

__all__ = ["GaussianMixtureSearch"]

_CROSS_VALIDATED = {"held_out"}


class GaussianMixtureSearch(BestMixture):
    """The best Gaussian mixture over numbers of components and families of covariances.

    Fits every pair of a number and a family by maximum likelihood and keeps the one of the best criterion. Fraley and
    Raftery (2002), "Model-based clustering, discriminant analysis, and density estimation", section 2.4. BIC, ICL and
    AIC have scikit-learn's sign here, the lower the better; R's mclust prints the negatives and maximises them. A pair
    that ends below a family that it holds, or below one component less, begins again from there, and keeps the better
    end that is sound.

    Parameters
    ----------
    n_components : int or iterable of int, default=1 to 9
        Numbers of components to try, such as ``range(1, 10)``.
    covariance_type : "all", str or list of str, default="all"
        Families to try: all fourteen of mclust (E and V where there is one feature), or names of some, scikit-learn's
        among them.
    criterion : {"bic", "icl", "aic", "held_out"}, default="bic"
        What the best model has the lowest of; of the held-out log-likelihood it has the highest. ``"held_out"`` fits
        every pair once more for each fold of a cross-validation.
    cv : int, cross-validation generator or iterable, default=5
        Folds for ``criterion="held_out"``. A number means that many folds of shuffled rows, seeded by ``random_state``.
        Given folds count the rows of X, those of weight 0 too, which drop out of whichever fold they are in.
    tol : float, default=1e-5
        EM has converged when an iteration changes the mean log-likelihood by no more than this many nats. With BIC and
        AIC that holds for all pairs that could be the best; one that cannot, even with what its last changes promise,
        ends at 1e-4, if that is more, which is about mclust's tolerance. A ``tol`` of 1e-4 or more treats all alike.
    reg_covar : float or "auto", default=0.0
        What is added to every variance; see ``GaussianMixture``. Criteria compare likelihoods, so by default nothing
        is added: what is added bounds the likelihood of a component that collapses onto a few rows, often so high that
        it wins. Without it such a model is told apart, and loses.
    max_iter : int, default=1000
        Most iterations of each fit.
    n_init : int, default=1
        Number of starts for each number of components; the more, the less a close choice depends on the seed. All
        families begin from the same ones. With ``init_params="auto"`` and up to 2,000 rows the hierarchical start is
        one more, so that a family whose maximum the automatic one misses finds it there.
    init_params : str or callable, default="auto"
        Where EM begins; see ``GaussianMixture``. A named start is made once for each number of components.
    noise : None, "auto" or float, default=None
        A noise component beside the others, for outliers; see ``GaussianMixture``.
    random_state : int, RandomState or None, default=None
        Seeds starts, folds and ``sample``.
    n_jobs : int, default=None
        How many fits run at once, on threads; -1 is as many as there are processors. None is all threads that sweeps
        may use where there are too few rows for a sweep to be shared among them, and 1 where there are more,
        or where ``init_params`` is a callable. The results do not depend on it.
    verbose : int, default=0
        1 shows a bar, where standard error is a terminal. It needs rich, the extra ``cli``.

    Attributes
    ----------
    results_ : dict of ndarrays, one entry for each pair
        ``n_components``, ``covariance_type``; the criteria ``bic``, ``icl`` and ``aic`` (the lower the better);
        ``log_likelihood`` (a sum over rows), ``n_parameters``, ``n_iter``, ``converged``; ``outcome``, a name of
        ``mixtura.Outcome``, ``"FAILED"``, or ``"FLAT"`` where a component that turns as it likes has no more rows than
        there are features and ``reg_covar`` is 0; ``message``, the advice that goes with it; ``fit_time`` in seconds;
        ``rank`` by the criterion, from 1. With ``criterion="held_out"`` also ``held_out``, the mean log-density of
        held-out rows (the higher the better), and ``split0_held_out`` and so on for each fold. Criteria are NaN where
        a component collapsed or is flat, or the fit failed; such pairs rank last.
        ``pandas.DataFrame(results_)`` is a table.
    best_index_ : int
        Which entry of ``results_`` is the best.
    best_params_ : dict
        Its ``n_components`` and ``covariance_type``.
    best_score_ : float
        Its criterion.
    best_estimator_ : GaussianMixture
        Its fit. The search predicts, scores and samples by it.
    n_components_ : ndarray of shape (numbers,)
        The numbers that were tried, rising.
    covariance_types_ : tuple of str
        The families that were tried, simple ones first.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (D,)
        Only where X had names.

    Warns
    -----
    UserWarning
        If the best number of components is the largest tried, or the smallest and more than 1: the best may lie beyond.

    Raises
    ------
    ValueError
        If a parameter is outside its range, X is no finite table, or every pair failed.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixtureSearch
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(100, 2)), 6 + rng.normal(size=(100, 2))])
    >>> search = GaussianMixtureSearch(range(1, 5), covariance_type=["spherical", "full"], random_state=0).fit(X)
    >>> search.best_params_
    {'n_components': 2, 'covariance_type': 'spherical'}
    >>> np.bincount(search.predict(X)).tolist()
    [100, 100]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_components": [Interval(Integral, 1, None, closed="left"), HasMethods("__iter__")],
        "covariance_type": [str, HasMethods("__iter__")],
        "criterion": [StrOptions(set(CRITERIA))],
        "cv": ["cv_object"],
        "tol": [Interval(Real, 0.0, None, closed="left")],
        "reg_covar": [StrOptions({"auto"}), Interval(Real, 0.0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "init_params": [NAMED, callable],
        "noise": [StrOptions({"auto"}), Interval(Real, 0.0, None, closed="neither"), None],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_components: int | Iterable[int] = (1, 2, 3, 4, 5, 6, 7, 8, 9),
        *,
        covariance_type: str | Iterable[str] = "all",
        criterion: str = "bic",
        cv: Any = 5,
        tol: float = 1e-5,
        reg_covar: float | str = 0.0,
        max_iter: int = 1000,
        n_init: int = 1,
        init_params: str | Callable[..., Any] = "auto",
        noise: float | str | None = None,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.criterion = criterion
        self.cv = cv
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.noise = noise
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> "GaussianMixtureSearch":
        """Fit all pairs and keep the best.

        Parameters
        ----------
        X : array-like of shape (N, D)
        y : ignored
        sample_weight : array-like of shape (N,), default=None
            Non-negative: how many rows each row counts for. Their sum is the N of BIC and ICL.

        Returns self.
        """
        array = validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=2)
        numbers = expand_numbers(self.n_components)
        families = expand_families(self.covariance_type, array.shape[1])
        if isinstance(self.noise, bool):  # True would be a volume of 1
            raise ValueError(f"Got noise={self.noise}, expected None, 'auto' or a volume above 0.")
        rows, kept = self._survey(array, sample_weight)
        random = check_random_state(self.random_state)
        folds = make_folds(self.cv, array, kept, random) if self.criterion in _CROSS_VALIDATED else []
        cells = [Cell(number, family) for family in families for number in numbers]
        parameters = {name: getattr(self, name) for name in ("tol", "reg_covar", "max_iter", "noise")}
        penalty = {"bic": float(np.log(rows.weight)), "aic": 2.0}.get(self.criterion)
        n_jobs = count_jobs(self.n_jobs, self.init_params, rows, numbers[-1])
        recipe = Recipe(parameters, self.init_params, self.n_init, n_jobs, self.verbose, penalty)
        samples = [rows, *(rows.part(fitted) for fitted, _ in folds)]
        trials, *refits = fit_cells(cells, samples, recipe, random)
        held_out = [score_held_out(fits, rows.part(out)) for fits, (_, out) in zip(refits, folds, strict=True)]
        results = make_table(trials, rows, held_out, self.criterion, n_jobs)
        values = results[self.criterion]
        if np.isnan(values).all():
            raise ValueError(
                "Every pair of a number of components and a family failed or collapsed; the first said: "
                f"{trials[0].text} Try fewer components, simpler families, no constant features, "
                f"{'a larger noise volume, ' * (self.noise is not None)}or reg_covar='auto'."
            )
        self.results_, self.n_components_, self.covariance_types_ = results, np.array(numbers), families
        self.best_index_ = CRITERIA[self.criterion].best(values)
        self.best_score_ = float(values[self.best_index_])
        self.best_estimator_ = self._adopt(trials[self.best_index_])
        self.best_params_ = vars(trials[self.best_index_].cell).copy()
        _warn_of_edge(numbers, trials[self.best_index_].cell.n_components)
        return self

    def fit_predict(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> IntArray:
        """Fit all pairs and return the most probable component of each row (N,) under the best."""
        return self.fit(X, sample_weight=sample_weight).predict(X)

    def curves(self, criterion: str | None = None) -> dict[str, FloatArray]:
        """Return a criterion by family: for each, values (numbers,) in the order of ``n_components_``.

        By default the criterion that chose. Any other numeric column of ``results_`` will do; else ``ValueError``.
        """
        self._best  # noqa: B018 - the error of a search that was not fitted
        numeric = [name for name, column in self.results_.items() if column.dtype != object]
        name = self.criterion if criterion is None else criterion
        if name not in numeric:
            raise ValueError(f"Got criterion={criterion!r}, expected one of: {', '.join(numeric)}.")
        values = self.results_[name]
        return {family: values[self.results_["covariance_type"] == family] for family in self.covariance_types_}

    def plot(self, ax: Any = None) -> "Display":
        """Draw the criterion against the number of components, a curve for each family; see ``mixtura.plots``."""
        from mixtura.plots import plot_criterion_curves

        self._best  # noqa: B018 - the error of a search that was not fitted
        return plot_criterion_curves(self, ax=ax)

    def _rivals(self) -> str:
        table, criterion = self.results_, CRITERIA[self.criterion]
        values = table[self.criterion]
        first = np.argsort(criterion.losses(values), kind="stable")[:3]
        pairs = [
            f"{table['covariance_type'][cell]}, {table['n_components'][cell]} ({values[cell]:.3f})"
            for cell in first
            if np.isfinite(values[cell])
        ]
        return f"Best of {len(values)} pairs by {criterion.label}: {'; '.join(pairs)}."

    def _survey(self, X: Array, sample_weight: ArrayLike | None) -> tuple[Rows, IntArray]:
        """Return the rows of positive weight, and where in X they are.

        One Gaussian is fitted, which says what is wrong with data or weights.
        """
        one = GaussianMixture(1, covariance_type="diag", init_params=np.zeros(len(X), dtype=np.intp), max_iter=0)
        one.fit(X, sample_weight=sample_weight)
        if sample_weight is None:
            return Rows(X), np.arange(len(X))
        weights = np.asarray(sample_weight, dtype=np.float64)
        kept = np.flatnonzero(weights)
        return Rows(X, weights).part(kept), kept

    def _adopt(self, trial: Trial) -> GaussianMixture:
        """Return the fit of a trial as if the user had asked for it: with names of features and a start of any size."""
        best = trial.estimator
        assert best is not None  # the best has a criterion, so it has a mixture
        best.set_params(init_params=self.init_params, random_state=self.random_state)
        if hasattr(self, "feature_names_in_"):
            best.feature_names_in_ = self.feature_names_in_
        return best


def _warn_of_edge(numbers: Sequence[int], best: int) -> None:
    """Warn where the best number is the first or last of several, unless it is 1."""
    if len(numbers) > 1 and best != 1 and best in (numbers[0], numbers[-1]):
        side = "largest" if best == numbers[-1] else "smallest"
        warnings.warn(
            f"The best number of components, {best}, is the {side} that was tried, so the best may lie beyond. "
            f"Extend n_components, now from {numbers[0]} to {numbers[-1]}.",
            UserWarning,
            stacklevel=4,
        )
