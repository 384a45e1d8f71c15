"""Uncertainty of parameters: what a mixture's weights, means and covariances would be on data like these."""

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike
from scipy.stats import norm
from sklearn.utils import check_array

from mixtura import Mixture
from mixtura.arrays import FloatArray
from mixtura.selection.refitting import covariance_matrices, fitted_mixture, match, refit, replicate
from mixtura.selection.resampling import RESAMPLINGS
from mixtura.selection.rows import Rows

__all__ = ["MixtureParameters", "ParameterReplicates", "bootstrap_parameters"]


@dataclass(frozen=True, eq=False)
class MixtureParameters:
    """A number for each parameter: an estimate, a standard error, an end of an interval.

    In replicates every array has a first axis more, of length B. ``noise_share`` is the share of the rows that are
    noise; the weights are those among the others.
    """

    weights: FloatArray  # (K,)
    means: FloatArray  # (K, D)
    covariances: FloatArray  # (K, D, D)
    noise_share: float | FloatArray = 0.0

    @classmethod
    def of(cls, mixture: Mixture) -> "MixtureParameters":
        """Return the parameters of a mixture."""
        noise = 0.0 if mixture.noise is None else mixture.noise.share
        return cls(mixture.weights, mixture.means, covariance_matrices(mixture), noise)

    @classmethod
    def stack(cls, mixtures: list[Mixture]) -> "MixtureParameters":
        """Return the parameters of B mixtures, one after the other."""
        all_of_them = [cls.of(mixture) for mixture in mixtures]
        return cls(*(np.stack([getattr(one, name) for one in all_of_them]) for name in _NAMES))


_NAMES = ("weights", "means", "covariances", "noise_share")


@dataclass(frozen=True, eq=False)
class ParameterReplicates:
    """The parameters of mixtures fitted to resampled data, their components in the order of the fitted mixture's.

    Parameters
    ----------
    method : str
        How the data were resampled.
    estimates : MixtureParameters
        Of the fitted mixture.
    replicates : MixtureParameters
        With a first axis of length B.
    n_failed : int
        Replicates that are not there, because a component collapsed in every attempt.
    feature_names : tuple of str, length D, optional
        Where the fitted mixture knows them.
    """

    method: str
    estimates: MixtureParameters
    replicates: MixtureParameters  # (B, ...)
    n_failed: int
    feature_names: tuple[str, ...] | None = None

    @cached_property
    def standard_errors(self) -> MixtureParameters:
        """The standard deviation of each parameter over replicates; for the jackknife, (n - 1) / √n times that."""
        count = len(self.replicates.weights)
        factor = (count - 1) / np.sqrt(count) if RESAMPLINGS[self.method].leaves_one_out else 1.0
        return MixtureParameters(*(factor * getattr(self.replicates, name).std(axis=0, ddof=1) for name in _NAMES))

    def intervals(self, level: float = 0.95) -> tuple[MixtureParameters, MixtureParameters]:
        """Return the lower and the upper ends of intervals that hold each parameter with probability ``level``.

        Percentiles of the replicates; for the jackknife, the estimate and normal quantiles of its standard error.
        """
        if not (isinstance(level, Real) and 0 < level < 1):
            raise ValueError(f"Got level={level!r}, expected a number between 0 and 1, such as 0.95.")
        tails = (1 - level) / 2, (1 + level) / 2
        if RESAMPLINGS[self.method].leaves_one_out:
            lower, upper = (
                MixtureParameters(
                    *(getattr(self.estimates, n) + norm.ppf(tail) * getattr(self.standard_errors, n) for n in _NAMES)
                )
                for tail in tails
            )
        else:
            lower, upper = (
                MixtureParameters(*(np.quantile(getattr(self.replicates, n), tail, axis=0) for n in _NAMES))
                for tail in tails
            )
        return lower, upper


def bootstrap_parameters(
    model: Any,
    X: ArrayLike,
    *,
    method: str = "nonparametric",
    n_bootstrap: int = 999,
    sample_weight: ArrayLike | None = None,
    random_state: int | np.random.RandomState | None = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> ParameterReplicates:
    """Fit a mixture again to many resampled data sets, for standard errors and intervals of its parameters.

    Each fit begins with the responsibilities of the fitted mixture, so it finds the maximum of the likelihood that
    belongs to the same solution, and its components are then put in the same order. O'Hagan, Murphy, Scrucca and
    Gormley (2019), Computational Statistics 34; R's MclustBootstrap.

    Parameters
    ----------
    model : GaussianMixture, GaussianMixtureSearch or MergedGaussianMixture
        Fitted to X.
    X : array-like of shape (N, D)
    method : {"nonparametric", "weighted_likelihood", "parametric", "jackknife"}, default="nonparametric"
        Rows drawn with replacement; exponential weights, which leave no row out and serve small components; rows
        sampled from the mixture, which trusts the model; each row left out in turn, which is N fits.
    n_bootstrap : int, default=999
        Number of replicates; the jackknife has one for each row.
    sample_weight : array-like of shape (N,), default=None
        How many rows each row counts for. The jackknife takes none.
    random_state : int, RandomState or None, default=None
    n_jobs : int, default=None
        How many fits run at once, on threads. The result does not depend on it.
    verbose : int, default=0
        1 shows a bar, where standard error is a terminal.

    Returns
    -------
    ParameterReplicates
        With ``standard_errors``, ``intervals(level)`` and the replicates themselves.

    Raises
    ------
    ValueError
        If a parameter is outside its range, or fewer than two replicates could be fitted.
    TypeError
        If ``model`` is no fitted mixture.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> from mixtura.selection import bootstrap_parameters
    >>> X = np.random.default_rng(0).normal(size=(400, 1))
    >>> gmm = GaussianMixture().fit(X)
    >>> errors = bootstrap_parameters(gmm, X, n_bootstrap=200, random_state=0).standard_errors
    >>> bool(abs(errors.means[0, 0] - 1 / np.sqrt(400)) < 0.01)
    True
    """
    if method not in RESAMPLINGS:
        raise ValueError(f"Got method={method!r}, expected one of: {', '.join(RESAMPLINGS)}.")
    if not isinstance(n_bootstrap, Integral) or n_bootstrap < 2:
        raise ValueError(f"Got n_bootstrap={n_bootstrap!r}, expected a whole number of at least 2.")
    resampling = RESAMPLINGS[method]
    if resampling.leaves_one_out and sample_weight is not None:
        raise ValueError(f"Got sample_weight and method={method!r}, expected another method: it leaves out whole rows.")
    fitted = fitted_mixture(model)
    fitted.score(X, sample_weight=sample_weight)  # says what is wrong with X, the names of its columns or the weights
    array = check_array(X, dtype=np.float64, ensure_min_samples=3)
    rows = Rows(array, None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64))
    memberships = fitted.predict_proba(X)  # (N, K)

    def attempt(number: int, generator: Generator) -> Mixture | None:
        again = resampling.draw(fitted, rows, number, generator)
        fit = refit(fitted, again, memberships if again.X is rows.X else None)
        return None if fit is None else match(fit.mixture_, fitted.mixture_)

    count = len(array) if resampling.leaves_one_out else int(n_bootstrap)
    mixtures = replicate(attempt, count, random_state, method, n_jobs, verbose)
    if len(mixtures) < 2:
        raise ValueError(
            f"Of {count} replicates {len(mixtures)} could be fitted: a component collapses onto too few rows. "
            "Use fewer components, a simpler covariance_type, or reg_covar='auto'."
        )
    estimates = MixtureParameters.of(fitted.mixture_)
    names = getattr(fitted, "feature_names_in_", None)
    return ParameterReplicates(
        method,
        estimates,
        MixtureParameters.stack(mixtures),
        count - len(mixtures),
        None if names is None else tuple(str(name) for name in names),
    )
