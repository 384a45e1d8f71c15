"""Transfer: how much accuracy does a classifier lose when it learns from generated images instead of real ones?

Train one classifier on real images and one, of the same kind and seed, on as many generated ones with the labels that
they were generated for; test both on real images that are held out. The loss is the difference of the two accuracies,
in points (Ravuri and Vinyals 2019, section 3: classification accuracy score).

Floor: 0, for another set of real images. On Fashion-MNIST three classifiers that the 60,000 training images taught,
alike but for their seeds, are right for 90.79, 90.58 and 90.66 % of the test images. One pair of classifiers is luck:
another seed, and even a few pixels that are rounded to another level, move a figure by about half a point. So
`Assessor.transfer` takes the mean of several pairs, each with a seed of its own for samples and classifiers, and keeps
the single figures. Samples and classifiers come out alike with any number of threads; a fit does not, for its sums then
round differently. Pitfalls: a class drawn too often or too rarely does not show where labels are given their true
shares. Images may teach a classifier well and look bad: noise that no class has more of than another is ignored by it.
A model that hands out its training images loses nothing.

References
----------
S. Ravuri, O. Vinyals (2019), Classification accuracy score for conditional generative models. NeurIPS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Self

from mixtura.images.quality.classifier import ImageClassifier

__all__ = ["Transfer", "transfer"]


@dataclass(frozen=True)
class Transfer:
    """Accuracy on real images that were held out, as shares from 0 to 1.

    Attributes
    ----------
    on_real : float
        Of the classifier that was trained on real images.
    on_generated : float
        Of that which was trained on generated ones.
    losses : tuple of float
        Points lost by each pair of classifiers, where both accuracies are means of several; else empty.
    """

    on_real: float
    on_generated: float
    losses: tuple[float, ...] = ()

    @classmethod
    def mean_of(cls, pairs: Sequence["Transfer"]) -> Self:
        """Return the mean of pairs of classifiers that were trained with different seeds."""
        return cls(
            fmean(pair.on_real for pair in pairs),
            fmean(pair.on_generated for pair in pairs),
            tuple(pair.lost for pair in pairs),
        )

    @property
    def lost(self) -> float:
        """Points lost, in per cent."""
        return 100.0 * (self.on_real - self.on_generated)


def transfer(
    on_real: float,
    generated: Any,
    labels: Any,
    test: Any,
    test_labels: Any,
    *,
    random_state: Any = None,
    **settings: Any,
) -> Transfer:
    """Train an `ImageClassifier` on generated images, and test it on real ones.

    Parameters
    ----------
    on_real : float
        Accuracy on the test images of a classifier with the same settings and seed that was trained on real images.
    generated, labels : array-like (n, height, width) and (n,)
        As many as there were real ones, and what they were generated for.
    test, test_labels : array-like (m, height, width) and (m,)
        Real images, held out.
    random_state, settings
        As in `ImageClassifier.train`.

    Raises
    ------
    ValueError
        As `ImageClassifier.train` does.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> from mixtura.images.quality import ImageClassifier
    >>> train, test = load_digits_images(), load_digits_images("test")
    >>> settings = {"patch_side": 3, "random_state": 0}
    >>> real = ImageClassifier.train(train.images, train.labels, **settings).accuracy(test.images, test.labels)
    >>> blurred = train.images // 2
    >>> transfer(real, blurred, train.labels, test.images, test.labels, **settings).lost > 0
    True
    """
    classifier = ImageClassifier.train(generated, labels, random_state=random_state, **settings)
    return Transfer(on_real, classifier.accuracy(test, test_labels))
