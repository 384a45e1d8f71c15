"""Table: what a search found, as a dict of arrays with an entry for each cell, like scikit-learn's ``cv_results_``."""

from collections.abc import Sequence

import numpy as np

from mixtura.arrays import Array
from mixtura.families import find_family
from mixtura.selection.criteria import CRITERIA
from mixtura.selection.rows import Rows
from mixtura.selection.trial import Trial
from mixtura.selection.workers import run_all

__all__ = ["make_table"]


def make_table(
    trials: Sequence[Trial],
    rows: Rows,
    held_out: Sequence[Sequence[float]],
    criterion: str,
    n_jobs: int | None = None,
) -> dict[str, Array]:
    """Return the columns of the table, ``GaussianMixtureSearch.results_``; ``held_out`` is (folds, cells)."""
    fits = [trial.estimator for trial in trials]
    log_likelihood = np.array([np.nan if fit is None else fit.lower_bound_ * rows.weight for fit in fits])
    n_parameters = np.array([_count(trial, rows.X.shape[1]) for trial in trials])
    sound = np.where([trial.sound for trial in trials], 1.0, np.nan)  # a collapsing likelihood means nothing
    deviance = -2 * log_likelihood * sound
    bic = deviance + n_parameters * np.log(rows.weight)
    doubts = run_all(lambda trial: _doubt(trial, rows), list(trials), "criteria", n_jobs)
    table: dict[str, Array] = {
        "n_components": np.array([trial.cell.n_components for trial in trials]),
        "covariance_type": np.array([trial.cell.covariance_type for trial in trials], dtype=object),
        "bic": bic,
        "icl": bic + np.array(doubts),
        "aic": deviance + 2 * n_parameters,
        "log_likelihood": log_likelihood,
        "n_parameters": n_parameters,
        "n_iter": np.array([0 if fit is None else fit.n_iter_ for fit in fits]),
        "converged": np.array([fit is not None and fit.converged_ for fit in fits]),
        "outcome": np.array([trial.outcome for trial in trials], dtype=object),
        "message": np.array([trial.text for trial in trials], dtype=object),
        "fit_time": np.array([trial.seconds for trial in trials]),
    }
    for number, values in enumerate(held_out):
        table[f"split{number}_held_out"] = np.array(values)
    if len(held_out):
        table["held_out"] = np.mean(held_out, axis=0) * sound
    table["rank"] = CRITERIA[criterion].ranks(table[criterion])
    return table


def _count(trial: Trial, n_features: int) -> int:
    """Return the number of free parameters; of a failed fit, those of weights, means and covariances."""
    if trial.estimator is not None:
        return trial.estimator.n_parameters_
    number = trial.cell.n_components
    covariances = find_family(trial.cell.covariance_type, n_features).n_parameters(number, n_features)
    return number - 1 + number * n_features + covariances


def _doubt(trial: Trial, rows: Rows) -> float:
    """Return what ICL adds to BIC: -2 Σ_n w_n log max_k r_nk; NaN where the cell has no sound mixture."""
    if not trial.sound or trial.estimator is None:
        return np.nan
    terms = np.log1p(-trial.estimator.uncertainty(rows.X).astype(np.float64))
    return -2 * float(terms.sum() if rows.weights is None else rows.weights @ terms)
