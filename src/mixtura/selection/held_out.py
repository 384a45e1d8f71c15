"""Folds: which rows a cross-validation fits to and which it holds out, and what the fits say of those held out."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.random import RandomState
from sklearn.model_selection import KFold, check_cv

from mixtura.arrays import Array, IntArray
from mixtura.selection.rows import Rows
from mixtura.selection.trial import Trial

__all__ = ["make_folds", "score_held_out"]


def make_folds(cv: Any, X: Array, kept: IntArray, random: RandomState) -> list[tuple[IntArray, IntArray]]:
    """Return which of the ``kept`` rows of X (N, D), those of positive weight, each fold fits to and holds out.

    A number of folds shuffles the kept rows: a row of weight 0 is no row, so it moves no other to another fold. Folds
    that a user gives count the rows of X, and may be masks over them.

    Raises
    ------
    ValueError
        If a fold has no row of positive weight to fit to, or none to hold out.
    """
    if isinstance(cv, Integral):
        return list(KFold(int(cv), shuffle=True, random_state=random.randint(2**31 - 1)).split(kept))
    places = np.full(len(X), -1)  # among the kept rows
    places[kept] = np.arange(len(kept))
    folds = [(_present(places[fitted]), _present(places[out])) for fitted, out in check_cv(cv).split(X)]
    for number, (fitted, out) in enumerate(folds):
        if not len(fitted) or not len(out):
            raise ValueError(
                f"Got cv whose fold {number} has {len(fitted)} rows of positive weight to fit to and {len(out)} to "
                "hold out, expected some of either."
            )
    return folds


def score_held_out(trials: Sequence[Trial], rows: Rows) -> list[float]:
    """Return the mean log-density of rows under each trial's mixture; NaN where it is not sound."""
    return [
        trial.estimator.score(rows.X, sample_weight=rows.weights) if trial.sound and trial.estimator else np.nan
        for trial in trials
    ]


def _present(places: IntArray) -> IntArray:
    """Return places without the -1 of rows that count for nothing."""
    return places[places >= 0]
