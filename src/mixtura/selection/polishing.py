"""Polishing: only the cells that could still win are fitted to the last digit.

All cells are first fitted to a coarse tolerance, ``COARSE``, about that of mclust. Near its end EM converges linearly,
so two changes of the log-likelihood say what is left: with c the ratio of the last to the one before, c / (1 - c) times
the last (Aitken's extrapolation; Böhning et al. 1994, "The distribution of the likelihood ratio for mixtures of
densities from the one-parameter exponential family", section 4). A cell whose criterion stays above the best even
then is left as it is; the others are run on from where they stopped, which is the run that a finer tolerance would
have been from the beginning.
"""

import time
from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np

from mixtura import GaussianMixture
from mixtura.selection.hearing import Heard
from mixtura.selection.rows import Rows
from mixtura.selection.trial import Cell, Trial

__all__ = ["COARSE", "find_rivals", "polish", "promising_number"]

COARSE = 1e-4
"""Nats of the mean log-likelihood."""

_LEAST_RATIO, _LARGEST_RATIO = 0.9, 0.99
"""Between these the ratio of two changes is believed: a cell is given at least 9 and at most 99 times its last one."""


def find_rivals(
    trials: Mapping[tuple[Cell, int], Trial], samples: Sequence[Rows], penalty: float | None, tol: float
) -> list[tuple[Cell, int]]:
    """Return which trials of each sample may have its lowest -2 log L + ``penalty`` n_parameters, but for those that
    are fitted to ``tol``; none without a penalty, for then all are."""
    if penalty is None:
        return []
    fits = {task: trial.estimator for task, trial in trials.items() if trial.sound and trial.estimator is not None}
    losses = {task: _loss(trials[task], samples[task[1]], penalty) for task in fits}
    best = [min((loss for task, loss in losses.items() if task[1] == i), default=np.inf) for i in range(len(samples))]
    return [
        task
        for task, fit in fits.items()
        if fit.tol > tol and fit.converged_ and losses[task] - 2 * samples[task[1]].weight * _left(fit) <= best[task[1]]
    ]


def promising_number(trials: Mapping[Cell, Trial], rows: Rows, penalty: float | None) -> float:
    """Return up to how many components a sample's best may have: one more than it has now."""
    if penalty is None:
        return np.inf
    sound = [trial for trial in trials.values() if trial.sound]
    best = min(sound, key=lambda trial: _loss(trial, rows, penalty), default=None)
    return 1 if best is None else best.cell.n_components + 1


def _loss(trial: Trial, rows: Rows, penalty: float) -> float:
    """Return -2 log L + ``penalty`` n_parameters of a sound trial."""
    assert trial.estimator is not None
    return penalty * trial.estimator.n_parameters_ - 2 * rows.weight * trial.estimator.lower_bound_


def polish(trial: Trial, rows: Rows, tol: float, max_iter: int, heard: Heard) -> Trial:
    """Run a trial on to ``tol``; its estimator tells of all iterations, and has the parameters of a single run."""
    began = time.perf_counter()
    heard.take()
    fit = copy(trial.estimator)
    assert fit is not None  # a rival has a mixture
    before = fit.lower_bounds_
    fit.set_params(tol=tol, max_iter=max(max_iter - len(before), 1), warm_start=True)
    with np.errstate(all="warn"):
        fit.fit(rows.X, sample_weight=rows.weights)
    fit.set_params(max_iter=max_iter, warm_start=False)
    fit.lower_bounds_ = before + fit.lower_bounds_
    fit.n_iter_ = len(fit.lower_bounds_)
    seconds = trial.seconds + time.perf_counter() - began
    return Trial.of(trial.cell, fit, rows, seconds, heard.take())


def _left(fit: GaussianMixture) -> float:
    """Return how much more the mean log-likelihood may gain."""
    if fit.n_iter_ < 3:
        return COARSE / (1 - _LARGEST_RATIO)
    former, last = np.diff(fit.lower_bounds_[-3:])
    ratio = np.clip(last / former, _LEAST_RATIO, _LARGEST_RATIO) if former > 0 else _LARGEST_RATIO
    return float(max(last, 0.0) * ratio / (1 - ratio))
