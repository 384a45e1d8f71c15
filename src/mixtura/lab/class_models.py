"""ClassModel: a generator of one, several or all classes, and what is measured of it."""

from dataclasses import dataclass

import numpy as np

from mixtura.arrays import Array, FloatArray
from mixtura.datasets import ImageSet
from mixtura.images import ImageBins, ImageMixture, neighbour_test

__all__ = ["ClassModel", "Classes", "judge_classes"]

_MOST_JUDGED = 2000  # generated images, and as many real ones


@dataclass(frozen=True)
class ClassModel:
    """One generator, and what it knows.

    Attributes
    ----------
    name : str
        Which classes, and how.
    n_classes, n_train : int
        What it was fitted to.
    n_components, n_parameters : int
        Of all its mixtures together, without the basis.
    train_bits, test_bits : float
        Bits per dimension on test images of its own classes, and on as many training images.
    focus_bits : float
        The same on test images of the one class that all models share.
    found_out, real_alike : float
        The nearest-neighbour test: the parts of samples and of real images with one of their own kind nearest.
    bins : float
        The part of the bins, made of its training images, into which samples fall too often or too rarely.
    real_bins : float
        The same of real test images in place of samples: what chance alone does.
    accuracy : float
        The part of the test images whose class is the most probable one under the model; NaN without labels.
    """

    name: str
    n_classes: int
    n_train: int
    n_components: int
    n_parameters: int
    train_bits: float
    test_bits: float
    focus_bits: float
    found_out: float
    real_alike: float
    bins: float
    real_bins: float
    accuracy: float


@dataclass(frozen=True)
class Classes:
    """Generators of one class, of several, and of all.

    Attributes
    ----------
    focus : str
        The class that all models share, in words.
    n_basis : int
        Basis vectors of each model.
    one, several, pooled, few, labelled : ClassModel
        Of that class alone; of several in one mixture; of all in one mixture; of all with labels and about as many
        components together as the pooled one; and of all with labels and as many components for each class as the
        pooled one has in all.
    """

    focus: str
    n_basis: int
    one: ClassModel
    several: ClassModel
    pooled: ClassModel
    few: ClassModel
    labelled: ClassModel

    @property
    def models(self) -> tuple[ClassModel, ...]:
        """All, in this order."""
        return self.one, self.several, self.pooled, self.few, self.labelled


def judge_classes(
    name: str,
    model: ImageMixture,
    own: ImageSet,
    held_out: ImageSet,
    unseen: ImageSet,
    bins: ImageBins,
    random_state: int,
) -> ClassModel:
    """Measure a fitted generator.

    Parameters
    ----------
    name : str
        As in `ClassModel`.
    model : ImageMixture
        Fitted to `own`.
    own, held_out : ImageSet
        Training and test images of its classes.
    unseen : ImageSet
        Test images of the class that all models share.
    bins : ImageBins
        Made of `own`.
    random_state : int
        Seeds the samples.
    """
    n = min(_MOST_JUDGED, len(held_out))
    rows = np.sort(np.random.default_rng(random_state).permutation(len(held_out))[:n])
    samples = model.sample(n, random_state=random_state)
    judged = neighbour_test(held_out.images[rows], samples)
    seen = np.sort(np.random.default_rng(random_state).permutation(len(own))[: len(held_out)])
    own_bits, test_bits, focus_bits = (
        model.bits_per_dim(images, random_state=random_state)
        for images in (own.images[seen], held_out.images, unseen.images)
    )
    return ClassModel(
        name=name,
        n_classes=len(np.unique(own.labels)),
        n_train=len(own),
        n_components=len(model.component_weights_),
        n_parameters=sum(mixture.n_parameters_ for mixture in model.mixtures_),
        train_bits=own_bits,
        test_bits=test_bits,
        focus_bits=focus_bits,
        found_out=judged.generated,
        real_alike=judged.real,
        bins=bins.test(samples).share,
        real_bins=bins.test(held_out.images[rows]).share,
        accuracy=_accuracy(model, held_out) if model.classes_ is not None else float("nan"),
    )


def _accuracy(model: ImageMixture, images: ImageSet) -> float:
    """Give each image the class with the greatest posterior: what the basis leaves out is alike for all classes."""
    coefficients = model.encode(images.images)
    scores: FloatArray = np.stack([mixture.score_samples(coefficients) for mixture in model.mixtures_], axis=1)
    scores += np.log(model.class_weights_)
    classes: Array = np.asarray(model.classes_)
    return float((classes[scores.argmax(axis=1)] == images.labels).mean())
