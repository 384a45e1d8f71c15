r"""Bins: do generated images fall where training images fall, equally often?

Bins are the cells of a k-means clustering of the training images. In each, the shares of training and of generated
images are compared by the test of two proportions; the measure is the number of bins that differ at 5 % (Richardson
and Weiss 2018, section 2: number of statistically different bins). Beside it stands how much they differ, the
Jensen-Shannon divergence of both sets of shares, in bits:

.. math:: J = \tfrac12 \sum_b \Bigl( p_b \log_2 \frac{2 p_b}{p_b + q_b} + q_b \log_2 \frac{2 q_b}{p_b + q_b} \Bigr).

Floor: about 5 % of the bins differ for images that nobody can tell apart; the divergence of m fresh images is then
about (B - 1) (1/m + 1/n) / (8 log 2). Real test images, ``ImageBins.of(train).test(test)``, may lie somewhat above
both, since k-means put its centres among the training images. On Fashion-MNIST, with 100 bins, 60,000 training and
10,000 test images, .06 of the bins differ, at a divergence of .0022 where the formula has .0021.

Pitfalls: bins see kinds of images that are missing or too frequent, and hardly anything else: ten basis vectors fill
them as well as a hundred do. The more images, the smaller the differences that count, so state how many. A model that
hands out its training images passes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin
from sklearn.utils import gen_batches

from mixtura.arrays import FloatArray, IntArray
from mixtura.checks import check_count
from mixtura.images.checks import read_stack
from mixtura.images.pixels import Pixels
from mixtura.images.quality.stacks import check_alike, intensities
from mixtura.images.spectrum import default_block_size
from mixtura.mixture import scikit_learn_source

__all__ = ["BinTest", "ImageBins"]

LARGEST_SAMPLE = 10_000
"""Images that centres of bins are made from at most: 60 MiB of 28 x 28 pixels."""


@dataclass(frozen=True, eq=False)
class BinTest:
    """How unlike two sets of images fill bins.

    Attributes
    ----------
    scores : array (B,)
        Standard scores of the differences: above 0 where the second set is in the bin too often.
    different : int
        How many bins differ at the level of significance.
    divergence : float
        Jensen-Shannon divergence of the shares, in bits: 0 where they are equal, 1 where no bin has both.
    """

    scores: FloatArray
    different: int
    divergence: float

    @property
    def share(self) -> float:
        """Bins that differ as a share of all: the level, 0.05, or somewhat more, where nobody can tell."""
        return self.different / len(self.scores)


@dataclass(frozen=True, eq=False)
class ImageBins:
    """Bins in the space of images: each image belongs to the nearest of B centres.

    Attributes
    ----------
    centres : array (B, height, width)
        Means of the clusters of training images.
    counts : array (B,)
        Training images in each bin.

    References
    ----------
    E. Richardson, Y. Weiss (2018), On GANs and GMMs. NeurIPS: the number of statistically different bins.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> images = load_digits().images / 16.0
    >>> bins = ImageBins.of(images[:900], n_bins=20, random_state=0)
    >>> bins.test(images[900:]).share < bins.test(images[900:] ** 2).share
    True
    """

    centres: FloatArray
    counts: IntArray

    @classmethod
    def of(cls, training: Any, n_bins: int = 100, random_state: Any = None) -> "ImageBins":
        """Cluster training images by k-means, or 10,000 of them where there are more, and count them all.

        Parameters
        ----------
        training : array-like (n, height, width) or (n, height, width, channels)
            uint8, or floats in [0, 1]; at least one for each bin. The test takes counts for large, so ten times as many
            are better.
        n_bins : int, default=100
            B.
        random_state : int, RandomState, Generator or None, default=None
            Seeds the clustering.

        Raises
        ------
        ValueError
            For bad images, and for more bins than images.
        """
        stack = read_stack(training)
        n = len(stack.rows)
        check_count("n_bins", n_bins, 1, n, f"there are {n} images")
        random = scikit_learn_source(random_state)
        sample = slice(None) if n <= LARGEST_SAMPLE else np.sort(random.choice(n, LARGEST_SAMPLE, replace=False))
        clusters = KMeans(n_bins, n_init=1, random_state=random).fit(intensities(stack, sample))
        centres: FloatArray = clusters.cluster_centers_
        return cls(centres.reshape(n_bins, *stack.image_shape or ()), _count(stack, centres))

    def test(self, images: Any, level: float = 0.05) -> BinTest:
        """Count the bins whose share of `images` differs from their share of the training images.

        With p1 and p2 the shares in a bin, and p that of both sets together, each difference is divided by its standard
        error sqrt(p (1 - p) (1 / n1 + 1 / n2)) and compared with the normal distribution, on both sides.

        Parameters
        ----------
        images : array-like (m, height, width) or (m, height, width, channels)
            Generated, or held out to see how many bins differ by chance. The more images, the smaller the differences
            that count: give as many of each.
        level : float, default=0.05
            Level of significance in each bin, between 0 and 1.

        Raises
        ------
        ValueError
            For bad images or another shape, and for a level out of range.
        """
        stack = read_stack(images)
        check_alike(self.centres.shape[1:], stack.image_shape)
        if not 0.0 < level < 1.0:
            raise ValueError(f"Got level={level!r}, but expected a number between 0 and 1, such as 0.05.")
        counts = _count(stack, self.centres.reshape(len(self.centres), -1))
        n1, n2 = self.counts.sum(), counts.sum()
        pooled = (self.counts + counts) / (n1 + n2)
        errors = np.sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2))
        scores = (counts / n2 - self.counts / n1) / np.where(errors > 0.0, errors, 1.0)  # a bin that nobody enters: 0
        different = int(np.count_nonzero(np.abs(scores) > norm.isf(level / 2)))
        return BinTest(scores, different, _divergence(self.counts / n1, counts / n2))


def _divergence(p: FloatArray, q: FloatArray) -> float:
    """Return the Jensen-Shannon divergence of shares (B,), in bits."""
    middle = (p + q) / 2
    halves = [np.sum(one[one > 0] * np.log2(one[one > 0] / middle[one > 0])) for one in (p, q)]
    return max(0.0, float(sum(halves)) / 2)


def _count(stack: Pixels, centres: FloatArray) -> IntArray:
    """Count the images nearest to each of the centres (B, D)."""
    n, d = stack.rows.shape
    counts = np.zeros(len(centres), dtype=np.intp)
    for part in gen_batches(n, default_block_size(d)):
        counts += np.bincount(pairwise_distances_argmin(intensities(stack, part), centres), minlength=len(centres))
    return counts
