"""Nesting: no family may do worse than one that it holds."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from mixtura.arrays import Array
from mixtura.selection.families import holds
from mixtura.selection.rows import Rows
from mixtura.selection.trial import Cell, Trial

__all__ = ["respect_nesting"]


def respect_nesting(
    trials: Mapping[Cell, Trial], rows: Rows, tol: float, refit: Callable[[Cell, Array], Trial]
) -> dict[Cell, Trial]:
    """Return trials of one number of components, in which no likelihood is below that of a family within.

    The maximum of a family is at least that of any family that it holds. A fit that ended more than ``tol`` below one
    found a lower local maximum, or collapsed: it is made again from the responsibilities (N, K) of the better fit,
    which cannot end lower than it began. ``trials`` come with simple families first.
    """
    found: dict[Cell, Trial] = {}
    for cell, trial in trials.items():
        inner = [
            other for other in found.values() if other.sound and holds(cell.covariance_type, other.cell.covariance_type)
        ]
        best = max(inner, key=_likelihood, default=None)
        found[cell] = trial
        if best is not None and best.estimator is not None and _likelihood(best) > _likelihood(trial) + tol:
            again = refit(cell, best.estimator.predict_proba(rows.X).astype(np.float64))
            if _likelihood(again) > _likelihood(trial):
                found[cell] = replace(again, seconds=trial.seconds + again.seconds)
    return found


def _likelihood(trial: Trial) -> float:
    """Mean log-likelihood; that of a collapse counts for nothing."""
    return trial.estimator.lower_bound_ if trial.sound and trial.estimator is not None else -np.inf
