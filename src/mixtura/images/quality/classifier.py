"""The classifier: a small one, trained here, whose view of images several measures share.

On Fashion-MNIST it is right for about 91 % of the test images (trained on all 60,000, in half a minute). It needs no
download and no deep learning library: features of patches (`patches` says how), and on them a network of scikit-learn
with one hidden layer. That layer is what Frechet and kernel distance, precision, recall, density and coverage look at.

Its view is its own: a distance on its features says nothing beside one on the features of another network, also of
this one trained on other images or with another seed. So a figure states `digest`, the hash of the weights. The same
images, seed, library versions and kind of processor give the same digest.
"""

import hashlib
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from mixtura.arrays import Array, FloatArray, SingleArray
from mixtura.checks import check_count
from mixtura.images.checks import read_stack
from mixtura.images.classes import Classes, read_labels
from mixtura.images.pixels import Pixels
from mixtura.images.quality.patches import Patches
from mixtura.images.quality.stacks import check_alike
from mixtura.mixture import scikit_learn_source

__all__ = ["ImageClassifier"]

_ROWS = 4096  # images described at once where their features are not kept
_INTERRUPTED = "Training interrupted by user"


@dataclass(frozen=True, eq=False)
class ImageClassifier:
    """Patches, and a network with one hidden layer of rectified units on them.

    Attributes
    ----------
    image_shape : tuple of int
        ``(height, width)`` or ``(height, width, channels)``.
    patches : Patches
        The vocabulary.
    centre, scale : array (F,), float32
        Mean and standard deviation of the patch features of the training images.
    network : MLPClassifier
        From scaled patch features to classes.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits()
    >>> images = digits.images / 16.0
    >>> classifier = ImageClassifier.train(images[:1200], digits.target[:1200], patch_side=3, random_state=0)
    >>> bool(classifier.accuracy(images[1200:], digits.target[1200:]) > 0.9)
    True
    >>> classifier.features(images[:5]).shape
    (5, 64)
    """

    image_shape: tuple[int, ...]
    patches: Patches
    centre: SingleArray
    scale: SingleArray
    network: MLPClassifier

    @classmethod
    def train(
        cls,
        images: Any,
        labels: Any,
        *,
        patch_side: int = 6,
        n_words: int = 100,
        n_hidden: int = 64,
        n_epochs: int = 10,
        random_state: Any = None,
    ) -> "ImageClassifier":
        """Learn a vocabulary of patches, then the network.

        Parameters
        ----------
        images : array-like (n, height, width) or (n, height, width, channels)
            uint8, or floats in [0, 1].
        labels : array-like (n,)
            At least two classes.
        patch_side : int, default=6
            Height and width of a patch, in pixels. 6 suits images of 28 x 28, 3 images of 8 x 8.
        n_words : int, default=100
            Words of the vocabulary. The features need 64 n_words bytes for each image.
        n_hidden : int, default=64
            Units of the hidden layer: the length of `features`.
        n_epochs : int, default=10
            Passes over the images.
        random_state : int, RandomState, Generator or None, default=None
            Seeds everything.

        Raises
        ------
        ValueError
            For bad images or labels, a patch larger than an image, or fewer than two classes.
        """
        stack = read_stack(images)
        shape = stack.image_shape or ()
        classes = Classes.of(labels, len(stack.rows))
        if classes.names is None or len(classes.names) < 2:
            raise ValueError("Got images of one class, but expected two or more: there is nothing to tell apart.")
        side = check_count("patch_side", patch_side, 2, min(shape[:2]), "the smaller side of an image")
        random = scikit_learn_source(random_state)
        places = (min(shape[:2]) - side) // (stride := 2 if min(shape[:2]) > 16 else 1) + 1
        with threadpool_limits(1):  # sums of several threads come in no fixed order
            patches = Patches.learn(
                stack, random, n_words=n_words, side=side, stride=stride, grid=min(4, max(1, places))
            )
            rows = patches.describe(stack)  # (n, F)
            centre, scale = rows.mean(axis=0), rows.std(axis=0) + np.float32(1e-3)
            rows -= centre
            rows /= scale
            network = MLPClassifier(
                (n_hidden,), alpha=0.01, batch_size=min(200, len(rows)), max_iter=n_epochs, random_state=random
            )
            _train(network, rows, classes.names[classes.numbers])
        return cls(shape, patches, centre, scale, network)

    @property
    def classes(self) -> Array:
        """The distinct labels (C,), sorted."""
        names: Array = self.network.classes_
        return names

    @property
    def digest(self) -> str:
        """SHA-256 of all weights, as 64 hexadecimal digits."""
        arrays = (self.patches.words, self.patches.offsets, self.centre, self.scale)
        found = hashlib.sha256()
        for array in (*arrays, *self.network.coefs_, *self.network.intercepts_):
            found.update(np.ascontiguousarray(array, dtype="<f4").tobytes())
        return found.hexdigest()

    def features(self, images: Any) -> FloatArray:
        """Return what the hidden layer makes of images (n, H): numbers from 0 upwards."""
        return self._apply(images)[0]

    def predict(self, images: Any) -> Array:
        """Return the class of each image (n,)."""
        names: Array = self.classes[self._apply(images)[1]]
        return names

    def accuracy(self, images: Any, labels: Any) -> float:
        """Return the share of images (n, height, width) whose class is found rightly, of labels (n,)."""
        expected = read_labels(labels, len(images))
        return float(np.mean(self.predict(images) == expected))

    def _apply(self, images: Any) -> tuple[FloatArray, Array]:
        """Return the hidden layer (n, H) and the number of the class of each image (n,)."""
        stack = read_stack(images)
        check_alike(self.image_shape, stack.image_shape)
        first, second = self.network.coefs_
        hidden = np.empty((len(stack.rows), first.shape[1]))
        scores = np.empty((len(stack.rows), second.shape[1]))
        for begin in range(0, len(stack.rows), _ROWS):
            part = slice(begin, begin + _ROWS)
            rows = self.patches.describe(Pixels(stack.rows[part], stack.unit, stack.image_shape))
            rows -= self.centre
            rows /= self.scale
            with threadpool_limits(1):
                hidden[part] = np.maximum(rows @ first + self.network.intercepts_[0], 0.0)
                scores[part] = hidden[part] @ second + self.network.intercepts_[1]
        # Two classes have one score, of the second.
        return hidden, (scores[:, 0] > 0).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)


def _train(network: MLPClassifier, rows: SingleArray, labels: Array) -> None:
    """Train a network; an interruption ends the work, where scikit-learn would take it for the end of the training."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of passes is meant
        warnings.filterwarnings("error", message=_INTERRUPTED)
        try:
            network.fit(rows, labels)
        except UserWarning as warning:
            if _INTERRUPTED not in str(warning):
                raise
            raise KeyboardInterrupt from None
