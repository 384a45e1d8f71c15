"""The bootstrap likelihood-ratio test: is one component more than chance would give?"""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_random_state

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray, IntArray
from mixtura.selection.families import expand_families
from mixtura.selection.fitting import Recipe, fit_cells
from mixtura.selection.refitting import refit, replicate
from mixtura.selection.rows import Rows
from mixtura.selection.starts import NAMED
from mixtura.selection.trial import Cell

__all__ = ["LikelihoodRatioTest", "bootstrap_likelihood_ratio"]


@dataclass(frozen=True, eq=False)
class LikelihoodRatioTest:
    """Tests of k against k + 1 components, for rising k.

    Parameters
    ----------
    covariance_type : str
        The family of covariances.
    n_components : ndarray of shape (T,)
        The numbers k of the null hypotheses.
    statistics : ndarray of shape (T,)
        2 (log L_{k+1} - log L_k) on the data, sums over rows in nats.
    p_values : ndarray of shape (T,)
        Share of replicates, the data counted as one of them, whose statistic is at least as large.
    replicates : tuple of T ndarrays of shape (B,)
        The statistic on data sampled from the fitted k components. Shorter where replicates failed.
    level : float or None
        The test ended at the first p-value above this.
    """

    covariance_type: str
    n_components: IntArray  # (T,)
    statistics: FloatArray  # (T,)
    p_values: FloatArray  # (T,)
    replicates: tuple[FloatArray, ...]  # T times (B,)
    level: float | None

    @property
    def chosen(self) -> int:
        """The smallest number of components that is not rejected; one more than the last where all are.

        At ``level``, or at 0.05 where it is None.
        """
        kept = self.n_components[self.p_values > (0.05 if self.level is None else self.level)]
        return int(kept[0]) if len(kept) else int(self.n_components[-1]) + 1


def bootstrap_likelihood_ratio(
    X: ArrayLike,
    *,
    covariance_type: str = "full",
    max_components: int = 9,
    n_bootstrap: int = 999,
    level: float | None = 0.05,
    tol: float = 1e-5,
    reg_covar: float | str = 0.0,
    max_iter: int = 1000,
    init_params: str = "auto",
    restart: bool = False,
    random_state: int | np.random.RandomState | None = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> LikelihoodRatioTest:
    """Test k against k + 1 components for k = 1, 2, ..., by the parametric bootstrap.

    The statistic 2 (log L_{k+1} - log L_k) has no chi-squared distribution, because k components are on the boundary
    of k + 1. So its distribution is simulated: data are sampled from the fitted k components and both models are
    fitted to them, from where they were fitted to the data. McLachlan (1987), "On bootstrapping the likelihood ratio
    test statistic for the number of components in a normal mixture", Applied Statistics 36; R's mclustBootstrapLRT.

    Parameters
    ----------
    X : array-like of shape (N, D)
    covariance_type : str, default="full"
        The family of covariances of both models.
    max_components : int, default=9
        The last test is of one fewer against this many.
    n_bootstrap : int, default=999
        Replicates of each test.
    level : float or None, default=0.05
        End at the first test whose p-value is above this; None runs all of them.
    tol, reg_covar, max_iter, init_params
        How the models are fitted; see ``GaussianMixtureSearch``.
    restart : bool, default=False
        Replicates are fitted from the parameters that fit the data, as mclust does. True fits them from ``init_params``
        as well and keeps the better: several times slower, but where maxima are many, replicates of k + 1 components
        else find lower ones than the data did, and p-values come out too small.
    random_state : int, RandomState or None, default=None
    n_jobs : int, default=None
        How many fits run at once, on threads. The result does not depend on it.
    verbose : int, default=0
        1 shows a bar, where standard error is a terminal.

    Returns
    -------
    LikelihoodRatioTest
        With statistics, p-values, the replicates and the number chosen.

    Raises
    ------
    ValueError
        If a parameter is outside its range, or one or two components cannot be fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura.selection import bootstrap_likelihood_ratio
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(40, 1)), 6 + rng.normal(size=(40, 1))])
    >>> test = bootstrap_likelihood_ratio(X, covariance_type="spherical", n_bootstrap=19, random_state=0)
    >>> test.chosen
    2
    """
    _check("max_components", max_components, 2)
    _check("n_bootstrap", n_bootstrap, 1)
    _check("max_iter", max_iter, 1)  # starts are no fits
    _check_size("tol", tol)
    _check_size("reg_covar", reg_covar, "auto")
    if level is not None and not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError(f"Got level={level!r}, expected a number between 0 and 1, or None to run all tests.")
    rows = Rows(check_array(X, dtype=np.float64, ensure_min_samples=2))
    expand_families((covariance_type,), rows.X.shape[1])
    if not NAMED.is_satisfied_by(init_params):
        raise ValueError(f"Got init_params={init_params!r}, expected {NAMED}.")
    random = check_random_state(random_state)
    cells = [Cell(number, covariance_type) for number in range(1, max_components + 1)]
    recipe = Recipe({"tol": tol, "reg_covar": reg_covar, "max_iter": max_iter}, init_params, 1, n_jobs, verbose)
    (trials,) = fit_cells(cells, [rows], recipe, random)
    models = []
    for trial in trials:  # a likelihood that has no upper bound ends the row of tests
        if trial.estimator is None or not trial.sound:
            break
        models.append(trial.estimator)
    if len(models) < 2:
        raise ValueError(
            f"Models of one and two components are needed, but fitting {len(models) + 1} ended so: "
            f"{trials[len(models)].text} Try another covariance_type or reg_covar='auto'."
        )

    statistics, p_values, replicates = [], [], []
    for null, alternative in pairwise(models):
        statistic = 2 * len(rows.X) * (alternative.lower_bound_ - null.lower_bound_)

        description = f"{null.n_components} against {alternative.n_components}"
        simulate = partial(_simulate, null, alternative, len(rows.X), [init_params] * restart)
        values = np.array(replicate(simulate, n_bootstrap, random, description, n_jobs, verbose))
        statistics.append(statistic)
        replicates.append(values)
        p_values.append((1 + np.count_nonzero(values >= statistic)) / (1 + len(values)))
        if level is not None and p_values[-1] > level:
            break
    numbers = np.arange(1, len(statistics) + 1)
    return LikelihoodRatioTest(
        covariance_type, numbers, np.array(statistics), np.array(p_values), tuple(replicates), level
    )


def _simulate(
    null: GaussianMixture,
    alternative: GaussianMixture,
    n_rows: int,
    starts: list[str],
    number: int,
    generator: Generator,
) -> float | None:
    """Return the statistic on rows sampled from ``null``; None if a model finds no sound fit to them."""
    sample = Rows(null.sample(n_rows, generator)[0])
    likelihoods = []
    for model in (null, alternative):
        fits = [refit(model, sample), *(refit(model, sample, start) for start in starts)]
        likelihoods.append(max((fit.lower_bound_ for fit in fits if fit is not None), default=None))
    small, large = likelihoods
    if small is None or large is None:
        return None
    return 2 * n_rows * float(large - small)


def _check(name: str, value: Any, least: int) -> None:
    if not isinstance(value, Integral) or value < least:
        raise ValueError(f"Got {name}={value!r}, expected a whole number of at least {least}.")


def _check_size(name: str, value: Any, *words: str) -> None:
    if value not in words and not (isinstance(value, int | float | np.number) and value >= 0):
        either = "".join(f"{word!r} or " for word in words)
        raise ValueError(f"Got {name}={value!r}, expected {either}a number of at least 0.")
