"""Held out: which rows each fold fits to and which it scores, and what the fits are worth on those."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.model_selection import KFold, check_cv

from mixtura.arrays import Array
from mixtura.selection.rows import Rows
from mixtura.selection.trial import Trial

__all__ = ["make_folds", "score_held_out"]


def make_folds(rows: Rows, cv: Any, random: np.random.RandomState) -> list[tuple[Array, Array]]:
    """Return for each fold the rows to fit to and those to hold out; a number is that many folds of shuffled rows."""
    if isinstance(cv, Integral):
        cv = KFold(int(cv), shuffle=True, random_state=random.randint(2**31 - 1))
    return list(check_cv(cv).split(rows.X))


def score_held_out(trials: Sequence[Trial], rows: Rows) -> list[float]:
    """Return the mean log-density of rows under each trial's mixture; NaN where it is not sound."""
    return [
        trial.estimator.score(rows.X, sample_weight=rows.weights) if trial.sound and trial.estimator else np.nan
        for trial in trials
    ]
