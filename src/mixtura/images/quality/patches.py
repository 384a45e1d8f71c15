r"""Patches: what is where in an image, as numbers that a small classifier can use.

The K words of a vocabulary are centres of k-means of whitened patches of the training images. At each place of an
image the patch around it is compared with each word, and what exceeds 1/2 is summed over each cell of a coarse grid:

.. math:: f_{ck} = \Bigl( \sum_{s \in \text{cell } c} \max(0,\ w_k^T p_s - \tfrac12) \Bigr)^{1/2},

with :math:`p_s` the patch at s, without its mean, divided by its contrast and whitened, and :math:`w_k` of length 1.
Learned without labels, this comes near to what small convolutional networks do, needs no deep learning library, and
gives the same numbers on each run (Coates and Ng 2011, sections 3 and 4: k-means and soft threshold).

References
----------
A. Coates, A. Y. Ng (2011), The importance of encoding versus training with sparse coding and vector quantization. ICML.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import starmap

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from mixtura.arrays import IntArray, SingleArray
from mixtura.images.pixels import Pixels

__all__ = ["Patches"]

_MOST_PATCHES = 20_000
_MOST_IMAGES = 2_000
_LEAST_VARIANCE = 0.01  # of a patch of constant grey, in squared intensity
_LEAST_EIGENVALUE = 0.1  # of normalised patches, in the whitening
_THRESHOLD = 0.5
_ROWS = 64  # images in a block: their responses stay near the processor
_THREADS = 2


@dataclass(frozen=True, eq=False)
class Patches:
    """A vocabulary of patches.

    Attributes
    ----------
    side : int
        P, height and width of a patch.
    stride : int
        Pixels from one place to the next.
    grid : int
        G, cells of an image along each side.
    words : array (P * P * channels, K), float32
        What a normalised patch is multiplied with: whitening and words in one.
    offsets : array (K,), float32
        What is then subtracted: the mean patch.
    """

    side: int
    stride: int
    grid: int
    words: SingleArray
    offsets: SingleArray

    @classmethod
    def learn(
        cls, stack: Pixels, random: np.random.RandomState, *, n_words: int, side: int, stride: int, grid: int
    ) -> "Patches":
        """Learn a vocabulary from at most 20,000 patches of at most 2,000 images."""
        n = len(stack.rows)
        chosen = np.sort(random.choice(n, min(n, _MOST_IMAGES), replace=False))
        rows = _normalise(_windows(_pictures(stack, chosen), side, stride)).reshape(-1, _length(stack, side))
        rows = rows[random.choice(len(rows), min(len(rows), _MOST_PATCHES), replace=False)]
        mean = rows.mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(rows.T))
        whitener = (vectors / np.sqrt(values + _LEAST_EIGENVALUE)) @ vectors.T
        clusters = KMeans(min(n_words, len(rows)), n_init=1, max_iter=50, random_state=random)
        words = clusters.fit((rows - mean) @ whitener).cluster_centers_  # (K, P * P * channels)
        words /= np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-12)
        together = (whitener @ words.T).astype(np.float32)
        return cls(side, stride, grid, together, (mean @ together).astype(np.float32))

    def describe(self, stack: Pixels) -> SingleArray:
        """Return the features f of images (n, G * G * K), cell by cell."""
        n = len(stack.rows)
        found = np.empty((n, self.grid**2 * len(self.offsets)), dtype=np.float32)

        def fill(begin: int, end: int) -> None:
            found[begin:end] = self._pooled(_pictures(stack, slice(begin, end)))

        blocks = [(begin, min(n, begin + _ROWS)) for begin in range(0, n, _ROWS)]
        # Blocks are fixed and each fills its own rows, so the number of threads changes no bit.
        with threadpool_limits(1), ThreadPoolExecutor(_THREADS) as threads:
            for _ in threads.map(lambda block: next(starmap(fill, [block])), blocks):
                pass
        return found

    def _pooled(self, pictures: SingleArray) -> SingleArray:
        """Return the features of some images (b, height, width, channels)."""
        patches = _normalise(_windows(pictures, self.side, self.stride))  # (b, places down, across, P * P * channels)
        b, down, across, length = patches.shape
        responses = patches.reshape(-1, length) @ self.words
        responses -= self.offsets + np.float32(_THRESHOLD)
        np.maximum(responses, 0.0, out=responses)
        cells = responses.reshape(b, down, across, -1)
        for axis, places in ((1, down), (2, across)):
            starts = np.linspace(0, places, self.grid + 1).round().astype(int)[:-1]
            cells = np.add.reduceat(cells, starts, axis=axis)
        return np.sqrt(cells.reshape(b, -1))


def _length(stack: Pixels, side: int) -> int:
    """Numbers in a patch."""
    shape = stack.image_shape or ()
    return int(np.prod((side, side, *shape[2:])))


def _pictures(stack: Pixels, chosen: slice | IntArray) -> SingleArray:
    """Return the chosen images as intensities (b, height, width, channels)."""
    shape = (stack.image_shape or ())[:2]
    rows = np.divide(stack.rows[chosen], stack.unit, dtype=np.float32, casting="unsafe")
    return rows.reshape(len(rows), *shape, -1)


def _windows(pictures: SingleArray, side: int, stride: int) -> SingleArray:
    """Return all patches at every `stride` pixels (b, places down, across, P * P * channels), as a copy."""
    seen = sliding_window_view(pictures, (side, side), axis=(1, 2))[:, ::stride, ::stride]
    copy: SingleArray = seen.reshape(*seen.shape[:3], -1).copy()
    return copy


def _normalise(patches: SingleArray) -> SingleArray:
    """Take the mean of each patch away and divide by its contrast, in place."""
    patches -= patches.mean(axis=-1, keepdims=True)
    contrast = np.einsum("...d,...d->...", patches, patches)[..., None] / patches.shape[-1]
    patches /= np.sqrt(contrast + np.float32(_LEAST_VARIANCE))
    return patches
