"""Regularisation: what is added to every variance, and what is too small to be one.

Rows of pure noise are added to the moments of every component, in proportion to its count.
The maximisation knows nothing of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixtura.arrays import FloatArray
from mixtura.moments import Moments

__all__ = ["AUTOMATIC_SHARE", "Regularisation", "constant_features"]

AUTOMATIC_SHARE = 1e-6
"""Share of each feature's variance within components that ``reg_covar="auto"`` adds: a thousandth of the deviation."""

_LEAST_SHARE = 1e-24
"""The same of the variance of all rows, where there is none within components."""

_RESOLUTION = 4 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Regularisation:
    """Per-feature variances in squared units of the data.

    Parameters
    ----------
    share : float
        Share of the variance within components, pooled over them, that is added to the variance of each feature.
    base : ndarray of shape (D,)
        What is added at least.
    least : ndarray of shape (D,)
        At or below this a variance is the rounding of the numbers themselves, and its component has collapsed.
    """

    share: float
    base: FloatArray  # (D,)
    least: FloatArray  # (D,)

    @classmethod
    def absolute(cls, amount: float, means: FloatArray, variances: FloatArray) -> "Regularisation":
        """Add the same ``amount`` to every feature, as scikit-learn does."""
        return cls(0.0, np.full(len(variances), amount), _resolution(means, variances))

    @classmethod
    def automatic(cls, means: FloatArray, variances: FloatArray) -> "Regularisation":
        """Add a fixed share of each feature's own variance, so that units do not matter.

        It is the variance within components, because a single wild row can make that of all rows as large as it likes;
        but never less than a trillionth of the deviation of all rows, for components without any. A constant feature
        has no scale of its own: it takes the mean variance of the others, or its value squared.
        """
        varied = ~constant_features(means, variances)
        if varied.any():
            base = np.where(varied, _LEAST_SHARE * variances, AUTOMATIC_SHARE * variances[varied].mean())
        else:
            base = AUTOMATIC_SHARE * np.where(means != 0, means**2, 1.0)
        least = _resolution(means, variances)
        return cls(AUTOMATIC_SHARE, np.maximum(base, 16 * least), least)  # well above what counts as collapsed

    def added_to(self, moments: Moments) -> Moments:
        """Return moments and pseudo-rows: noise adds to the second alone, without mean, count or likelihood."""
        if not self.share and not self.base.any():
            return moments
        added = self.base
        if self.share:
            squares = moments.need.pooled_squares(moments.scatter, moments.centres.shape[1])  # (D,)
            added = np.maximum(self.share * (squares / moments.counts.sum()), added)
        return moments.with_second(moments.second + moments.need.noise(moments.counts, added))


def constant_features(means: FloatArray, variances: FloatArray) -> NDArray[np.bool_]:
    """Return which features (D,) do not vary beyond the rounding of their numbers."""
    constant: NDArray[np.bool_] = variances <= _resolution(means, variances)
    return constant


def _resolution(means: FloatArray, variances: FloatArray) -> FloatArray:
    """Variance (D,) that rounding of numbers of this size alone can make."""
    return _RESOLUTION**2 * (means**2 + variances)
