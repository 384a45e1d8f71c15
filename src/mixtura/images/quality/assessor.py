"""The assessor: all measures of one generator, by one code, against one set of real images."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.utils import check_random_state
from threadpoolctl import threadpool_limits

from mixtura.arrays import Array, FloatArray
from mixtura.images.classes import read_labels
from mixtura.images.contract import ImageDensity, ImageGenerator
from mixtura.images.quality.bins import BinTest, ImageBins
from mixtura.images.quality.bits import HeldOutBits, held_out_bits
from mixtura.images.quality.classifier import ImageClassifier
from mixtura.images.quality.copying import Memorisation, memorisation
from mixtura.images.quality.coverage import DensityCoverage, density_coverage
from mixtura.images.quality.frechet import FrechetDistance, frechet_distance
from mixtura.images.quality.kernel import KernelDistance, kernel_distance
from mixtura.images.quality.manifolds import PrecisionRecall, precision_recall
from mixtura.images.quality.teaching import Transfer, transfer

__all__ = ["TEACHINGS", "Assessment", "Assessor"]

TEACHINGS = 3
"""Pairs of classifiers, taught by real images and by samples: `Assessor.transfer` is the mean of what they lose."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """What the measures say of one generator, or of real images in its place.

    Attributes
    ----------
    bins : BinTest
        Against the training images.
    frechet, kernel, precision_recall, density_coverage
        Of features, against the test images.
    memorisation : Memorisation
        Of features, against training and test images.
    bits : HeldOutBits or None
        None where the generator counts no bits.
    transfer : Transfer or None
        None where the generator knows no classes, where there is one class alone, and where it was not asked for.
    """

    bins: BinTest
    frechet: FrechetDistance
    kernel: KernelDistance
    precision_recall: PrecisionRecall
    density_coverage: DensityCoverage
    memorisation: Memorisation
    bits: HeldOutBits | None = None
    transfer: Transfer | None = None


@dataclass(frozen=True, eq=False)
class Assessor:
    """Real images, and all that measures need to know of them.

    Attributes
    ----------
    train, train_labels, test, test_labels : arrays
        Real images and their classes.
    classifier : ImageClassifier
        Trained on the training images, or given.
    bins : ImageBins
        Of the training images.
    train_features, test_features : array (n, H) and (m, H)
        What the classifier sees in them.
    accuracy : float
        On the test images, of a classifier that was trained on the training images; NaN where there is one class.
    patch_side : int
        Of this classifier and of those that are trained on generated images.
    seed : int
        Seeds samples and measures.
    n_teachings : int
        Pairs of classifiers that `transfer` takes the mean of.
    """

    train: Array
    train_labels: Array
    test: Array
    test_labels: Array
    classifier: ImageClassifier
    bins: ImageBins
    train_features: FloatArray
    test_features: FloatArray
    accuracy: float
    patch_side: int
    seed: int
    n_teachings: int = TEACHINGS

    @classmethod
    def of(
        cls,
        train: Any,
        train_labels: Any,
        test: Any,
        test_labels: Any,
        *,
        n_bins: int = 100,
        patch_side: int = 6,
        seed: int = 0,
        classifier: ImageClassifier | None = None,
        n_teachings: int = TEACHINGS,
    ) -> "Assessor":
        """Train the classifier, make the bins, and look at all real images once.

        Parameters
        ----------
        train, train_labels : array-like (n, height, width) and (n,)
            What generators are fitted to.
        test, test_labels : array-like (m, height, width) and (m,)
            What they are compared with: not seen by them.
        n_bins, patch_side : int
            As in `ImageBins.of` and `ImageClassifier.train`.
        seed : int, default=0
            Seeds everything.
        classifier : ImageClassifier, optional
            Whose features to compare, such as one that was trained on more classes; of one class alone none can be
            trained.
        n_teachings : int, default=3
            Pairs of classifiers that `transfer` takes the mean of.
        """
        train_labels, test_labels = read_labels(train_labels, len(train)), read_labels(test_labels, len(test))
        own = classifier
        names = np.unique(train_labels)
        if classifier is None or not np.array_equal(classifier.classes, names):
            own = None
            if len(names) > 1 or classifier is None:
                own = ImageClassifier.train(train, train_labels, patch_side=patch_side, random_state=seed)
        classifier = classifier or own
        assert classifier is not None
        return cls(
            train=np.asarray(train),
            train_labels=train_labels,
            test=np.asarray(test),
            test_labels=test_labels,
            classifier=classifier,
            bins=ImageBins.of(train, n_bins, random_state=seed),
            train_features=classifier.features(train),
            test_features=classifier.features(test),
            accuracy=float("nan") if own is None else own.accuracy(test, test_labels),
            patch_side=patch_side,
            seed=seed,
            n_teachings=n_teachings,
        )

    def assess(self, model: ImageGenerator, *, bits: bool = True, with_transfer: bool = True) -> Assessment:
        """Measure a generator on as many samples as there are test images.

        Parameters
        ----------
        model : ImageMixture, or another generator
            Fitted to the training images.
        bits : bool, default=True
            Whether to ask for its density, where it has one.
        with_transfer : bool, default=True
            Whether to train classifiers on as many samples as there are training images, where the model was fitted
            with labels and there are classes to tell apart.

        Raises
        ------
        ValueError
            Where a classifier is to learn classes that the model does not know, before any work.
        """
        teaches = with_transfer and self._can_learn_from(model)
        samples = model.sample(len(self.test), random_state=self.seed)
        density = (
            held_out_bits(model, self.test, random_state=self.seed)
            if bits and isinstance(model, ImageDensity)
            else None
        )
        return self.compare(samples, density, self.transfer(model) if teaches else None)

    def _can_learn_from(self, model: ImageGenerator) -> bool:
        names = np.unique(self.train_labels)
        if model.classes_ is None or len(names) < 2:
            return False
        unknown = names[~np.isin(names, model.classes_)]
        if unknown.size:
            raise ValueError(
                f"Got a model of the classes {', '.join(map(repr, model.classes_.tolist()))}, but expected one that "
                f"knows {', '.join(map(repr, unknown.tolist()))} too: fit it to the training labels, or give "
                "with_transfer=False."
            )
        return True

    def transfer(self, model: ImageGenerator) -> Transfer:
        """Train classifiers on samples of each class, as many as there are training images of it.

        The figure is the mean over `n_teachings` pairs of classifiers, with the seeds `seed`, `seed` + 1 and so on of
        both the samples and the classifiers; `Transfer.losses` has the single ones.
        """
        return Transfer.mean_of(
            [self._teach(model, seed, on_real) for seed, on_real in zip(self._seeds, self.accuracies, strict=True)]
        )

    @cached_property
    def accuracies(self) -> tuple[float, ...]:
        """On the test images, of the classifiers that real images teach: `accuracy`, then those of further seeds."""
        others = (
            ImageClassifier.train(self.train, self.train_labels, patch_side=self.patch_side, random_state=seed)
            for seed in self._seeds[1:]
        )
        return self.accuracy, *(other.accuracy(self.test, self.test_labels) for other in others)

    @property
    def _seeds(self) -> list[int]:
        return [(self.seed + step) % 2**32 for step in range(self.n_teachings)]

    def _teach(self, model: ImageGenerator, seed: int, on_real: float) -> Transfer:
        """Return what one classifier learns from samples, beside the one of the same seed on real images."""
        source = check_random_state(seed)
        names, counts = np.unique(self.train_labels, return_counts=True)
        with threadpool_limits(1):  # products by several threads round differently
            drawn = [
                # In single levels of grey, as the real images are, a sample takes an eighth of the memory.
                np.rint(255.0 * model.sample(int(count), label=name, random_state=source)).astype(np.uint8)
                for name, count in zip(names, counts, strict=True)
            ]
        return transfer(
            on_real,
            np.concatenate(drawn),
            np.repeat(names, counts),
            self.test,
            self.test_labels,
            patch_side=self.patch_side,
            random_state=seed,
        )

    def floor(self) -> Assessment:
        """Measure real training images in place of generated ones.

        For the bins, which they made, test images; for memorisation one half of the test images against the other. For
        features as many training images as test images, on both sides as many as there are of the fewer.
        """
        random = check_random_state(self.seed)
        n = min(len(self.train), len(self.test))
        chosen = random.permutation(len(self.train))[:n]
        halves = np.array_split(random.permutation(len(self.test)), 2)
        held_out, fresh = (self.test_features[np.sort(half)] for half in halves)
        copying = memorisation(self.train_features, held_out, fresh)
        real = self.test_features[np.sort(random.permutation(len(self.test))[:n])]
        return self._measure(real, self.train_features[np.sort(chosen)], self.bins.test(self.test), copying)

    def compare(self, samples: Any, bits: HeldOutBits | None = None, transfer: Transfer | None = None) -> Assessment:
        """Measure images that were drawn already (l, height, width)."""
        features = self.classifier.features(samples)
        copying = memorisation(self.train_features, self.test_features, features)
        return self._measure(self.test_features, features, self.bins.test(samples), copying, bits, transfer)

    def _measure(
        self,
        real: FloatArray,
        features: FloatArray,
        bins: BinTest,
        copying: Memorisation,
        bits: HeldOutBits | None = None,
        transfer: Transfer | None = None,
    ) -> Assessment:
        return Assessment(
            bins=bins,
            frechet=frechet_distance(real, features),
            kernel=kernel_distance(real, features, random_state=self.seed),
            precision_recall=precision_recall(real, features),
            density_coverage=density_coverage(real, features),
            memorisation=copying,
            bits=bits,
            transfer=transfer,
        )
