"""Nesting: no cell may do worse than one that it holds, of a simpler family or of fewer components."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray
from mixtura.selection.families import holds
from mixtura.selection.rows import Rows
from mixtura.selection.splitting import cut_component, halve_component
from mixtura.selection.trial import Cell, Trial

__all__ = ["Begin", "respect_nesting"]

Begin = FloatArray | GaussianMixture
"""Responsibilities (N, K), or a mixture that is run on."""

Refit = Callable[[Cell, Begin], Trial]
"""A cell and where it begins, to its fit."""


def respect_nesting(
    trials: Mapping[Cell, Trial], rows: Rows, tol: float, promising: float, refit: Refit
) -> dict[Cell, Trial]:
    """Return trials in which no likelihood is below that of a family within, or of fewer components of the same family.

    All that begins there may collapse; then a lower one stays.

    The maximum of a cell is at least that of every cell that it holds. A fit that ended more than ``tol`` below one
    found a lower local maximum, or collapsed: it is made again from the responsibilities of the better fit, which
    cannot end lower than it began. One component more comes from a cut through one of them; where that ends lower, and
    beyond the ``promising`` number of components, from a component that is there twice (``splitting``). ``trials`` come
    with simple families first.
    """
    found: dict[Cell, Trial] = {}
    for cell in sorted(trials, key=lambda cell: cell.n_components):
        trial = trials[cell]
        within = [other for other in found.values() if _within(other, cell)]
        for other in sorted(within, key=lambda one: one.likelihood, reverse=True):
            if other.likelihood > trial.likelihood + tol and not _is_settled(trial, tol):
                trial = _mend(trial, other, rows, cell.n_components <= promising, refit)
        found[cell] = trial
    return {cell: found[cell] for cell in trials}


def _is_settled(trial: Trial, tol: float) -> bool:
    """Whether a trial was unsound in the end, after it had been run on to a finer tolerance: it would be again."""
    return not trial.sound and trial.estimator is not None and trial.estimator.tol < tol


def _mend(trial: Trial, other: Trial, rows: Rows, promising: bool, refit: Refit) -> Trial:
    """Fit a trial's cell again from a better one that it holds; return the best."""
    for start in _starts(trial, other, rows, promising):
        again = refit(trial.cell, start)
        better = max(trial, again, key=lambda one: one.likelihood)
        trial = replace(better, seconds=trial.seconds + again.seconds)
        if trial.likelihood >= other.likelihood:
            break
    return trial


def _starts(trial: Trial, other: Trial, rows: Rows, promising: bool) -> Iterator[Begin]:
    """Yield where a trial's cell may begin from another one that it holds."""
    fit = other.estimator
    assert fit is not None  # it is sound
    if other.cell.n_components == trial.cell.n_components:
        yield fit.predict_proba(rows.X).astype(np.float64)
        return
    cut = cut_component(fit, rows) if promising else None
    if cut is not None:
        yield cut
    if trial.sound:  # a collapse says more than a mixture of fewer components in disguise
        yield halve_component(fit)


def _within(other: Trial, cell: Cell) -> bool:
    """Whether a cell holds that of another trial, whose mixture is sound."""
    number, family = other.cell.n_components, other.cell.covariance_type
    if not other.sound or other.cell == cell:
        return False
    if number == cell.n_components:
        return holds(cell.covariance_type, family)
    return number == cell.n_components - 1 and family == cell.covariance_type
