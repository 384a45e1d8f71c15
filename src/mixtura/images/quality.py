"""The quality of generated images, measured on samples alone: two tests that need no model and no deep network.

`neighbour_test`
    Is the image nearest to a real one real, and that nearest to a generated one generated? It sees blur, noise and
    shapes that do not occur.
`ImageBins`
    Do real and generated images fall into the same bins equally often? It sees kinds of images that are missing or
    too frequent, and hardly anything else: ten basis vectors fill the bins as well as a hundred do.

Both compare pixels, squared and summed, so an image moved by a pixel is far from itself. Neither has a fixed scale:
give what they say of real images that were held out beside each figure. Neither sees that a model has learned its
training images by heart; `ImageMixture.bits_per_dim` of held-out images does. A Frechet distance of pixels or of their
principal components is of no use here: a mixture with full covariances has the mean and covariance of its training
images, so the distance is near 0 even for a single Gaussian.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state, gen_batches

from mixtura.arrays import FloatArray, IntArray
from mixtura.images.checks import check_count, read_stack
from mixtura.images.pixels import Pixels, size_text
from mixtura.images.spectrum import default_block_size

LARGEST_SAMPLE = 10_000
"""Images that centres of bins are made from at most: 60 MiB of 28 x 28 pixels."""


@dataclass(frozen=True)
class NeighbourTest:
    """How often the nearest other image is of the same kind; 0.5 and 0.5 where nobody can tell them apart.

    Attributes
    ----------
    real : float
        For real images. Well above 0.5: generated ones do not reach where real ones are. Below 0.5: generated images
        lie in the middle between real ones, as blurred images do.
    generated : float
        For generated images. Well above 0.5: they keep to themselves, away from all real ones.
    """

    real: float
    generated: float

    @property
    def accuracy(self) -> float:
        """The mean of both, the statistic of the test; a low `real` can hide a high `generated` in it."""
        return (self.real + self.generated) / 2


def neighbour_test(real: Any, generated: Any) -> NeighbourTest:
    """Try to tell generated images from real ones by the nearest neighbour of each among all others.

    This is the classifier two-sample test (Lopez-Paz and Oquab 2017, section 3) with one nearest neighbour, leaving
    one out. Of six measures of generators Xu et al. (2018) found it one of the two best, given distances that mean
    something; those between pixels do for small, centred images.

    Parameters
    ----------
    real, generated : array-like (n, height, width) or (n, height, width, channels)
        As many of one as of the other, uint8 or floats in [0, 1]. The real ones should be held out of the fit. The
        time is that of all 4 n^2 distances: a second for n = 2000, and 25 times that for n = 10,000.

    Raises
    ------
    ValueError
        For bad images, and for unlike numbers or shapes.

    References
    ----------
    D. Lopez-Paz, M. Oquab (2017), Revisiting classifier two-sample tests. ICLR.

    Q. Xu, G. Huang, Y. Yuan, C. Guo, Y. Sun, F. Wu, K. Weinberger (2018), An empirical study on evaluation metrics of
    generative adversarial networks. arXiv 1806.07755.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> images = load_digits().images / 16.0
    >>> round(neighbour_test(images[:800], images[800:1600] ** 2).generated, 1)
    0.9
    """
    stacks = [read_stack(images) for images in (real, generated)]
    _check_alike(*(stack.image_shape for stack in stacks))
    n = len(stacks[0].rows)
    if len(stacks[1].rows) != n:
        raise ValueError(
            f"Got {n} real and {len(stacks[1].rows)} generated images, but expected as many of one as of the other: "
            "of unlike numbers the more frequent kind is the nearest by chance."
        )
    rows = np.concatenate([_intensities(stack, slice(None)) for stack in stacks])  # (2n, D)
    nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(rows).kneighbors(return_distance=False)[:, 0]
    alike = (nearest < n) == (np.arange(2 * n) < n)
    return NeighbourTest(float(alike[:n].mean()), float(alike[n:].mean()))


@dataclass(frozen=True, eq=False)
class BinTest:
    """How unlike two sets of images fill bins.

    Attributes
    ----------
    scores : array (B,)
        Standard scores of the differences: above 0 where the second set is in the bin too often.
    different : int
        How many bins differ at the level of significance.
    """

    scores: FloatArray
    different: int

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
        random_state : int, RandomState or None, default=None
            Seeds the clustering.

        Raises
        ------
        ValueError
            For bad images, and for more bins than images.
        """
        stack = read_stack(training)
        n = len(stack.rows)
        check_count("n_bins", n_bins, 1, n, f"there are {n} images")
        random = check_random_state(random_state)
        sample = slice(None) if n <= LARGEST_SAMPLE else np.sort(random.choice(n, LARGEST_SAMPLE, replace=False))
        clusters = KMeans(n_bins, n_init=1, random_state=random).fit(_intensities(stack, sample))
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
        _check_alike(self.centres.shape[1:], stack.image_shape)
        if not 0.0 < level < 1.0:
            raise ValueError(f"Got level={level!r}, but expected a number between 0 and 1, such as 0.05.")
        counts = _count(stack, self.centres.reshape(len(self.centres), -1))
        n1, n2 = self.counts.sum(), counts.sum()
        pooled = (self.counts + counts) / (n1 + n2)
        errors = np.sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2))
        scores = (counts / n2 - self.counts / n1) / np.where(errors > 0.0, errors, 1.0)  # a bin that nobody enters: 0
        return BinTest(scores, int(np.count_nonzero(np.abs(scores) > norm.isf(level / 2))))


def _intensities(stack: Pixels, chosen: slice | IntArray) -> FloatArray:
    """Return the chosen rows as intensities (m, D)."""
    return np.divide(stack.rows[chosen], stack.unit, dtype=np.float64)


def _count(stack: Pixels, centres: FloatArray) -> IntArray:
    """Count the images nearest to each of the centres (B, D)."""
    n, d = stack.rows.shape
    counts = np.zeros(len(centres), dtype=np.intp)
    for part in gen_batches(n, default_block_size(d)):
        counts += np.bincount(pairwise_distances_argmin(_intensities(stack, part), centres), minlength=len(centres))
    return counts


def _check_alike(expected: tuple[int, ...] | None, got: tuple[int, ...] | None) -> None:
    if got != expected:
        raise ValueError(
            f"Got images of {size_text(got or ())}, but expected images of {size_text(expected or ())}, as the real "
            "ones are: crop, pad or resize them."
        )
