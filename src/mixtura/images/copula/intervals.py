"""Intervals of a standard normal number: how probable they are, its moments within, and draws."""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from mixtura.arrays import FloatArray
from mixtura.images.copula.contract import BoolArray
from mixtura.mixture import RandomSource

__all__ = ["Intervals"]

_TINY = 1e-280
_PEAK = 1.0 / np.sqrt(2.0 * np.pi)


@dataclass(frozen=True, eq=False)
class Intervals:
    """Those above zero are mirrored, for the lower tail has digits that the upper one has not.

    Attributes
    ----------
    mirrored : array of any shape
    low, high, below, width, logs : arrays of that shape
        The ends after that, the probability below them, that of the interval and its logarithm.
    lost : array of that shape
        So far out that only the logarithm is still a number. All of the interval's probability is near its end.
    """

    mirrored: BoolArray
    low: FloatArray
    high: FloatArray
    below: FloatArray
    width: FloatArray
    logs: FloatArray
    lost: BoolArray

    @classmethod
    def between(cls, lower: FloatArray, upper: FloatArray) -> "Intervals":
        """Take the intervals between ends, arrays of one shape."""
        mirrored = lower > 0
        low, high = np.where(mirrored, -upper, lower), np.where(mirrored, -lower, upper)
        below = ndtr(low)
        width = ndtr(high) - below
        lost = width < _TINY
        with np.errstate(divide="ignore"):
            logs = np.log(width)
        if lost.any():
            near, far = log_ndtr(high[lost]), log_ndtr(low[lost])
            logs[lost] = near + np.log(-np.expm1(np.minimum(far - near, -1e-12)))
        return cls(mirrored, low, high, below, width, logs, lost)

    def draw(self, random: RandomSource) -> FloatArray:
        """Draw a number within each."""
        with np.errstate(divide="ignore"):
            draws = ndtri(self.below + random.uniform(size=self.low.shape) * self.width)
        draws[self.lost] = self.high[self.lost]
        draws = np.clip(draws, self.low, self.high)
        return np.where(self.mirrored, -draws, draws)

    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Return the mean within each, and one less the variance, from 0 to 1."""
        width = np.where(self.lost, 1.0, self.width)
        low, high = (np.clip(ends, -50.0, 50.0) for ends in (self.low, self.high))  # beyond, the density is 0
        at_low, at_high = (_PEAK * np.exp(-0.5 * ends * ends) / width for ends in (low, high))
        means = np.where(self.lost, self.high, at_low - at_high)
        rest = np.where(self.lost, 1.0, means * means + high * at_high - low * at_low)
        return np.where(self.mirrored, -means, means), np.clip(rest, 0.0, 1.0)
