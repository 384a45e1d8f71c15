"""IndependentPixels: the plainest generator, which knows how often each pixel has each level, and no more."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from mixtura.arrays import Array, ByteArray, FloatArray
from mixtura.checks import check_count, check_number
from mixtura.images.checks import check_bytes, read_stack
from mixtura.images.classes import Classes, number_of_label
from mixtura.images.quality.stacks import parts

__all__ = ["IndependentPixels"]

_LEVELS = 256


class IndependentPixels(BaseEstimator):
    """A histogram of grey levels for each pixel, and for each class where there are labels.

    It maximises the likelihood of the bytes over all models whose pixels are independent within a class, with
    `smoothing` images added whose levels are spread evenly. It is a probability of bytes, so its bits need no
    dequantisation.

    Parameters
    ----------
    smoothing : float, default=1.0
        Pseudo-images; above 0, or levels that were never seen would have probability 0.
    random_state : int, RandomState or None, default=None
        Seeds draws that are given no seed of their own.

    Attributes
    ----------
    probabilities_ : array (C, D, 256)
    classes_ : array (C,) or None
    class_weights_ : array (C,)
    image_shape_ : tuple of int

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> model = IndependentPixels().fit(load_digits_images().images)
    >>> model.bits_per_dim(load_digits_images("test").images) < 8
    True
    """

    def __init__(self, smoothing: float = 1.0, random_state: Any = None) -> None:
        self.smoothing = smoothing
        self.random_state = random_state

    def fit(self, images: Any, labels: Any = None) -> Self:
        """Count levels of uint8 images (n, height, width), in each class where there are labels (n,)."""
        smoothing = check_number("smoothing", self.smoothing, above=True)
        stack = read_stack(images)
        levels = check_bytes(stack)
        classes = Classes.of(labels, len(levels))
        counts = np.stack([_count(levels[members]) for members in classes.members]) + smoothing / _LEVELS
        self.probabilities_: FloatArray = counts / counts.sum(axis=2, keepdims=True)
        self.classes_: Array | None = classes.names
        self.class_weights_: FloatArray = classes.weights
        self.image_shape_ = stack.image_shape or ()
        return self

    def bits_per_dim(self, images: Any, random_state: Any = None) -> float:
        """Return mean bits for a pixel of uint8 images; nothing is drawn."""
        check_is_fitted(self)
        levels = check_bytes(read_stack(images, self.image_shape_))
        places = np.arange(levels.shape[1])
        logs = np.log(self.probabilities_)  # (C, D, 256)
        blocks = [levels[part] for part in parts(*levels.shape)]
        joint = np.stack([np.concatenate([one[places, block].sum(axis=1) for block in blocks]) for one in logs])
        joint += np.log(self.class_weights_)[:, None]  # (C, n)
        return float(-np.logaddexp.reduce(joint, axis=0).mean() / len(places) / np.log(2))

    def sample(self, n: int = 1, label: Any = None, random_state: Any = None) -> FloatArray:
        """Draw images (n, height, width) with intensities in [0, 1], of one class where there is a label."""
        check_is_fitted(self)
        n = check_count("n", n, 1)
        random = np.random.default_rng(_seed(self.random_state if random_state is None else random_state))
        numbers = random.choice(len(self.class_weights_), size=n, p=self.class_weights_)
        numbers = numbers if label is None else np.full(n, number_of_label(label, self.classes_))
        drawn = np.empty((n, self.probabilities_.shape[1]))
        below = np.cumsum(self.probabilities_, axis=2)
        for number in np.unique(numbers):
            rows = np.flatnonzero(numbers == number)
            marks = random.random((len(rows), drawn.shape[1]))
            for pixel, bounds in enumerate(below[number]):
                drawn[rows, pixel] = np.searchsorted(bounds, marks[:, pixel])
        return np.minimum(drawn, 255.0).reshape(n, *self.image_shape_) / 255.0


def _count(rows: ByteArray) -> FloatArray:
    """Count the levels (D, 256) of each pixel of rows (n, D), block by block."""
    width = rows.shape[1]
    first = np.arange(width) * _LEVELS
    counts = np.zeros(width * _LEVELS)
    for part in parts(*rows.shape):
        counts += np.bincount((rows[part] + first).ravel(), minlength=len(counts))
    return counts.reshape(width, _LEVELS)


def _seed(given: Any) -> Any:
    """Return what NumPy's generator takes, of a RandomState too; figures in print are of that generator's stream."""
    return given.randint(2**31 - 1) if isinstance(given, np.random.RandomState) else given
