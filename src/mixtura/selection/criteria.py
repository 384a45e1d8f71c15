"""Criteria: what makes one model better than another, and in which direction.

BIC, ICL and AIC have scikit-learn's sign, the lower the better; R's mclust prints the negatives and maximises them. The
held-out log-likelihood is a likelihood: the higher the better.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixtura.arrays import FloatArray, IntArray

__all__ = ["CRITERIA", "Criterion"]

_TIE = 1e-9
"""Values that differ by less, relatively, are the same model but for rounding."""


@dataclass(frozen=True)
class Criterion:
    """A column of the results by which models are compared.

    Parameters
    ----------
    label : str
        What a picture or table calls it.
    lower_is_better : bool
    """

    label: str
    lower_is_better: bool = True

    def losses(self, values: FloatArray) -> FloatArray:
        """Return values (cells,) with the sign that makes lower better; NaN, the value of a failed cell, is worst."""
        return np.where(np.isnan(values), np.inf, values if self.lower_is_better else -values)

    def best(self, values: FloatArray) -> int:
        """Return the index of the best of values (cells,); among equals the first."""
        losses = self.losses(values)
        return int(np.flatnonzero(losses <= losses.min() + _TIE * abs(losses.min()))[0])

    def ranks(self, values: FloatArray) -> IntArray:
        """Return the rank of each of values (cells,) from 1, the best; equals and failures share theirs."""
        losses = self.losses(values)
        ordered = np.sort(losses)
        better: NDArray[np.intp] = np.searchsorted(ordered, losses, side="left")
        return better + 1


CRITERIA: dict[str, Criterion] = {
    "bic": Criterion("BIC"),
    "icl": Criterion("ICL"),
    "aic": Criterion("AIC"),
    "held_out": Criterion("held-out log-likelihood", lower_is_better=False),
}
