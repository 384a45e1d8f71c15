"""Fitting: many cells on one or more samples, each from the starts of its number, whatever happens in there."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.random import RandomState
from sklearn import config_context

from mixtura import GaussianMixture
from mixtura.diagnostics import n_threads
from mixtura.selection.hearing import Heard, hear_warnings
from mixtura.selection.nesting import Begin, respect_nesting
from mixtura.selection.polishing import COARSE, find_rivals, polish, promising_number
from mixtura.selection.rows import Rows
from mixtura.selection.starts import shared_starts
from mixtura.selection.trial import FAILED, Cell, Trial
from mixtura.selection.workers import one_thread, run_all

__all__ = ["Recipe", "count_jobs", "fit_cells"]

_SEEDS = 2**31 - 1

_ONE_SHARD = 2**18
"""Numbers of rows and responsibilities below which a sweep uses one thread anyway. Libraries then keep to one for the
whole search: the threads of k-means and of BLAS would spin between two fits, longer than a fit takes."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """How cells are fitted.

    Parameters
    ----------
    parameters : mapping
        Parameters of ``GaussianMixture`` that all cells share.
    init_params : str or callable
    n_init : int
        Starts for each number of components.
    n_jobs : int, optional
    verbose : int
    penalty : float, optional
        What the criterion that chooses asks for each parameter. With it only what may win is fitted to the last digit.
    """

    parameters: Mapping[str, Any]
    init_params: str | Callable[..., Any] = "auto"
    n_init: int = 1
    n_jobs: int | None = None
    verbose: int = 0
    penalty: float | None = None


def fit_cells(cells: Sequence[Cell], samples: Sequence[Rows], recipe: Recipe, random: RandomState) -> list[list[Trial]]:
    """Return a list for each sample, with the trial of each cell.

    Starts are made first, for each sample and number of components; then all fits are independent; then each sample's
    fits are compared (``nesting``), and what may win is run on (``polishing``). Each place has a seed of its own,
    so the order in which threads take the tasks changes nothing.
    """
    numbers = sorted({cell.n_components for cell in cells}, reverse=True)  # the longest first, so that no thread idles
    places = [(number, sample) for number in numbers for sample in range(len(samples))]
    seeds = dict(zip(places, random.randint(_SEEDS, size=len(places)), strict=True))
    alone = len({cell.covariance_type for cell in cells}) == 1

    final, max_iter = recipe.parameters["tol"], recipe.parameters["max_iter"]
    coarse = final if recipe.penalty is None else max(final, COARSE)
    n_jobs = recipe.n_jobs
    with hear_warnings() as heard, one_thread() if _is_small(samples[0], numbers[0]) else nullcontext():
        noise = recipe.parameters.get("noise")

        def begin(place: tuple[int, int]) -> list[Any]:
            number, sample = place
            seed = seeds[place]
            return shared_starts(samples[sample], number, recipe.init_params, recipe.n_init, seed, alone, noise)

        def fit(task: tuple[Cell, int], start: Begin | None = None) -> Trial:
            cell, sample = task
            place = cell.n_components, sample
            parameters = {**recipe.parameters, "tol": coarse, "random_state": int(seeds[place])}
            begins = starts[place] if start is None else [start]
            return fit_cell(cell, samples[sample], begins, parameters, recipe.n_init, heard)

        def compare(sample: int) -> dict[tuple[Cell, int], Trial]:
            found = {cell: trials[cell, sample] for cell in cells}
            most = promising_number(found, samples[sample], recipe.penalty)
            mended = respect_nesting(found, samples[sample], coarse, most, lambda c, start: fit((c, sample), start))
            return {(cell, sample): trial for cell, trial in mended.items()}

        def run_on(task: tuple[Cell, int]) -> Trial:
            return polish(trials[task], samples[task[1]], final, max_iter, heard)

        made = run_all(begin, places, "starts", n_jobs, recipe.verbose)
        starts = dict(zip(places, made, strict=True))
        tasks = [(cell, sample) for number, sample in places for cell in cells if cell.n_components == number]
        trials = dict(zip(tasks, run_all(fit, tasks, "fits", n_jobs, recipe.verbose), strict=True))
        rivals = tasks
        while rivals:  # what is run on may overtake a cell that holds it
            for mended in run_all(compare, list(range(len(samples))), "comparisons", n_jobs, recipe.verbose):
                trials |= mended
            rivals = find_rivals(trials, samples, recipe.penalty, final)
            trials |= zip(rivals, run_all(run_on, rivals, "rivals", n_jobs, recipe.verbose), strict=True)
    return [[trials[cell, sample] for cell in cells] for sample in range(len(samples))]


def count_jobs(n_jobs: int | None, init_params: Any, rows: Rows, most: int) -> int | None:
    """Return how many fits run at once, of up to ``most`` components: if nobody said, all threads that a sweep may
    use where it is too small to use them. A callable is asked by one thread."""
    if n_jobs is None and _is_small(rows, most) and not callable(init_params) and effective_n_jobs(None) == 1:
        return n_threads()
    return n_jobs


def _is_small(rows: Rows, most: int) -> bool:
    return len(rows.X) * (rows.X.shape[1] + most) < _ONE_SHARD


def fit_cell(
    cell: Cell, rows: Rows, starts: Sequence[Any], parameters: Mapping[str, Any], n_init: int, heard: Heard
) -> Trial:
    """Fit a cell from each start and keep the best, sound fits first; errors and warnings become part of the result.

    A start is what ``init_params`` takes, or a mixture of the cell's shape that is run on.
    """
    began = time.perf_counter()
    heard.take()
    fits, error = [], None
    for start in starts:
        made = not isinstance(start, str) and not callable(start)
        if isinstance(start, GaussianMixture):
            model = copy(start).set_params(**parameters)
        else:
            model = GaussianMixture(cell.n_components, covariance_type=cell.covariance_type, **parameters)
            model.set_params(init_params=start, n_init=1 if made else n_init)
        try:
            with np.errstate(all="warn"), config_context(skip_parameter_validation=made, assume_finite=True):
                fits.append(model.fit(rows.X, sample_weight=rows.weights).set_params(warm_start=False))
        except (ValueError, ArithmeticError) as failure:
            error = failure
    seconds = time.perf_counter() - began
    if not fits:
        return Trial(cell, FAILED, str(error), seconds, warnings=heard.take())
    taken = heard.take()
    trials = [Trial.of(cell, fit, rows, seconds, taken) for fit in fits]
    return max(trials, key=lambda trial: (trial.sound, trial.estimator.lower_bound_ if trial.estimator else -np.inf))
