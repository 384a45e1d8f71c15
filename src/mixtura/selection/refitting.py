"""Refitting: a fitted mixture fitted again to other rows or weights, from where it is, for the bootstrap."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.random import Generator, SeedSequence
from scipy.optimize import linear_sum_assignment
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mixtura import GaussianMixture, Mixture
from mixtura.arrays import Array, FloatArray
from mixtura.selection.hearing import hear_warnings
from mixtura.selection.rows import Rows
from mixtura.selection.workers import run_all

__all__ = ["covariance_matrices", "fitted_mixture", "match", "refit", "replicate"]

Result = TypeVar("Result")

_DRAWS = 10
"""Most draws for a replicate: one may repeat so few rows that a component collapses."""


def fitted_mixture(model: Any) -> GaussianMixture:
    """Return the mixture that a user gave fitted: itself, the best of a search, or what clusters are made of.

    Raises
    ------
    TypeError
        If it is something else.
    """
    check_is_fitted(model)
    below = getattr(model, "estimator_", model)
    best = getattr(below, "best_estimator_", below)
    if not isinstance(best, GaussianMixture):
        raise TypeError(
            f"Got a {type(model).__name__}, expected a fitted GaussianMixture, GaussianMixtureSearch or "
            "MergedGaussianMixture of one; fit one first."
        )
    return best


def refit(model: GaussianMixture, rows: Rows, start: Array | str | None = None) -> GaussianMixture | None:
    """Return ``model`` fitted to other rows, by default from its responsibilities for them; None if it collapses."""
    again = GaussianMixture(
        model.n_components,
        covariance_type=model.covariance_type,
        tol=model.tol,
        reg_covar=model.reg_covar,
        max_iter=model.max_iter,
        noise=model.noise,
        init_params=model.predict_proba(rows.X) if start is None else start,
        random_state=0,
    )
    try:
        again.fit(rows.X, sample_weight=rows.weights)
    except (ValueError, ArithmeticError):
        return None
    return again if again.outcome_.sound else None


def replicate(
    attempt: Callable[[int, Generator], Result | None],
    count: int,
    random_state: int | np.random.RandomState | None,
    description: str,
    n_jobs: int | None,
    verbose: int,
) -> list[Result]:
    """Return what ``count`` numbered attempts found, each with a generator of its own; one that finds None draws anew.

    After ten draws in vain a replicate is left out, so the list may be shorter than ``count``.
    """
    seeds = SeedSequence(int(check_random_state(random_state).randint(2**31 - 1))).spawn(count)

    def work(task: tuple[int, SeedSequence]) -> Result | None:
        number, seed = task
        generator = np.random.default_rng(seed)
        tries = (attempt(number, generator) for _ in range(_DRAWS))
        return next((found for found in tries if found is not None), None)

    with hear_warnings():
        results = run_all(work, list(enumerate(seeds)), description, n_jobs, verbose)
    return [result for result in results if result is not None]


def covariance_matrices(mixture: Mixture) -> FloatArray:
    """Return the covariances as matrices (K, D, D)."""
    return mixture.covariances.expand(mixture.n_components)


def match(mixture: Mixture, reference: Mixture) -> Mixture:
    """Return ``mixture`` with its components in the order of those of ``reference`` that they are nearest to.

    Order is arbitrary in a mixture, so replicates would mix up parameters of different components. The order taken has
    the least sum of Kullback-Leibler divergences from each component of ``reference`` to its partner.
    """
    theirs = covariance_matrices(reference)  # (K, D, D)
    divergences = np.empty((reference.n_components, mixture.n_components))
    for j, mean in enumerate(mixture.means):
        precision = np.linalg.inv(mixture.covariances.matrix(j))  # (D, D)
        shifts = reference.means - mean  # (K, D)
        trace = np.einsum("de,kde->k", precision, theirs)
        _, log_precision = np.linalg.slogdet(precision)
        divergences[:, j] = trace + np.einsum("kd,de,ke->k", shifts, precision, shifts) - log_precision
    _, order = linear_sum_assignment(divergences)  # what depends on the reference alone is the same for every order
    return mixture.permute([int(j) for j in order])
