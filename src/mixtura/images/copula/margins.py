r"""Margins: the distribution of each pixel's grey level, and the normal scores that stand for it.

A level v of a pixel with distribution F is the event that a standard normal latent z falls between two thresholds:

.. math:: \Phi^{-1}(F(v - 1)) < z \le \Phi^{-1}(F(v)).

So a standard normal latent has exactly the distribution F, atom at black included: half of all pixels of clothes are
0, and z is then only known to lie below the first threshold. This is the transform of a Gaussian copula with discrete
margins (Smith and Khaled 2012); nothing is lost and nothing is added, because no byte is ever spread over its level.

F is counted in the training images and smoothed: counts of levels above black are spread over neighbouring levels,
and a few pseudo-images are added of what all classes have in that pixel, and of all levels alike, so that every level
has a positive probability.

References
----------
M. S. Smith, M. A. Khaled (2012), Estimation of copula models with discrete margins via Bayesian data augmentation.
Journal of the American Statistical Association 107, 290-303.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from mixtura.arrays import ByteArray, FloatArray

LEVELS = 256
_WIDTH = 4.0
"""Standard deviation, in levels, over which a count above black is spread."""

_PSEUDO_IMAGES = 4.0
_EVEN_SHARE = 0.2
"""How much of a pseudo-image is of all levels alike, the rest being of all classes."""


@dataclass(frozen=True, eq=False)
class Margins:
    """Thresholds between levels, per pixel.

    Attributes
    ----------
    thresholds : array (D, 257)
        From minus to plus infinity; level v lies between the v-th and the next.
    """

    thresholds: FloatArray  # (D, 257)

    @classmethod
    def of(cls, levels: ByteArray, background: FloatArray) -> "Margins":
        """Estimate margins of bytes (n, D), with pseudo-images of the ``background`` distribution (D, 256)."""
        pseudo = (1.0 - _EVEN_SHARE) * background + _EVEN_SHARE / LEVELS
        return cls(_thresholds(_smooth(_counts(levels)) + _PSEUDO_IMAGES * pseudo))

    def intervals(self, levels: ByteArray) -> tuple[FloatArray, FloatArray]:
        """Return the lower and upper ends (n, D) of the latents that bytes (n, D) stand for."""
        pixels, at = np.arange(levels.shape[1]), levels.astype(np.intp)
        return self.thresholds[pixels, at], self.thresholds[pixels, at + 1]

    def levels(self, latents: FloatArray) -> ByteArray:
        """Return the bytes (n, D) that latents (n, D) stand for: how many inner thresholds lie below each."""
        found = np.empty(latents.shape[::-1], dtype=np.uint8)
        for levels, thresholds, column in zip(found, self.thresholds, np.ascontiguousarray(latents.T), strict=True):
            levels[:] = np.searchsorted(thresholds[1:-1], column)
        return np.ascontiguousarray(found.T)


def background_of(levels: ByteArray) -> FloatArray:
    """Return the smoothed distribution (D, 256) of each pixel over all images (n, D)."""
    smooth = _smooth(_counts(levels)) + 1.0 / LEVELS
    return smooth / smooth.sum(axis=1, keepdims=True)


def _counts(levels: ByteArray) -> FloatArray:
    return np.stack([np.bincount(column, minlength=LEVELS).astype(np.float64) for column in levels.T])


def _smooth(counts: FloatArray) -> FloatArray:
    """Spread counts (D, 256) above black over neighbouring levels; black stays as it was counted."""
    above = np.arange(1, LEVELS)
    kernel = np.exp(-0.5 * ((above[:, None] - above) / _WIDTH) ** 2)
    smooth = counts.copy()
    smooth[:, 1:] = counts[:, 1:] @ (kernel / kernel.sum(axis=1, keepdims=True))
    return smooth


def _thresholds(weights: FloatArray) -> FloatArray:
    """Return normal scores (D, 257) of the cumulative distribution, counted from the nearer side for its digits."""
    below = np.cumsum(weights, axis=1)[:, :-1]
    above = np.cumsum(weights[:, ::-1], axis=1)[:, -2::-1]
    total = below + above
    scores = np.where(below < above, ndtri(below / total), -ndtri(above / total))
    ends = np.full((len(weights), 1), np.inf)
    return np.maximum.accumulate(np.concatenate([-ends, scores, ends], axis=1), axis=1)
