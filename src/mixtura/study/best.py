"""Best: the model that does best at each measure, as far as is known, and how to get its figure again.

They were chosen on held-out training images (fitted to 50,000, compared with the other 10,000); test images are looked
at by `reproduce`, and were more than once as models changed, so that its figures are not of a first and only look.
What luck of the draw does to bins and distances it tells too: the first of `DRAWS` sets of samples of the same model
gives the figure, the others their spread.
"""

import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from mixtura.arrays import Array, FloatArray
from mixtura.datasets import ImageSet
from mixtura.images import DensitySettings, ImageBins
from mixtura.images.quality import Assessor, ImageClassifier, frechet_distance
from mixtura.study import memory
from mixtura.study.bench import described
from mixtura.study.grid import Progress
from mixtura.study.rivals import Rival, most_vectors, rival_named
from mixtura.study.setting import N_BINS, PATCH_SIDE

__all__ = ["BEST", "Recipe", "Reproduction", "reproduce"]

DRAWS = 5
"""Sets of samples, each with a seed of its own, of which bins and distances are told."""

NAIVE = rival_named("naive")
"""The text's model, which is told no classes: its distance is 100 %."""


@dataclass(frozen=True)
class Reproduction:
    """A figure, and what it took.

    Attributes
    ----------
    target : str
        Key of `BEST`.
    value : float
        The figure.
    unit : str
        What it is, in words.
    model : str
        The model with all of its settings, those at their defaults too.
    details : dict
        Numbers that the figure is made of; for accuracy each pair of classifiers too.
    seconds : float
        For fit and measure.
    peak_memory : float
        Most memory that this process has held, in GB; 0 where the system does not say.
    """

    target: str
    value: float
    unit: str
    model: str
    details: dict[str, Any]
    seconds: float
    peak_memory: float

    def as_json(self) -> dict[str, Any]:
        """Return all of it by name."""
        return asdict(self)


@dataclass(frozen=True)
class Recipe:
    """How to get one figure.

    Attributes
    ----------
    unit : str
        What the figure is, in words.
    rival : Rival
        The generator, which is told the classes.
    measure : callable
        From the fitted model, both sets of images and a seed to the figure and the numbers that it is made of.
    """

    unit: str
    rival: Rival
    measure: Callable[[Any, ImageSet, ImageSet, int], tuple[float, dict[str, Any]]]


def reproduce(
    target: str, train: ImageSet, test: ImageSet, *, seed: int = 0, progress: Progress = lambda what, share: None
) -> Reproduction:
    """Fit the best model for one measure to all training images, and measure it on all test images.

    Parameters
    ----------
    target : {"bits", "bins", "accuracy", "frechet"}
    train, test : ImageSet
    seed : int, default=0
        Of the fit, the samples and the measure.
    progress : callable

    Raises
    ------
    ValueError
        For another target.
    """
    if target not in BEST:
        raise ValueError(f"Got target={target!r}, but expected {' or '.join(map(repr, BEST))}.")
    recipe = BEST[target]
    began = time.perf_counter()
    model = recipe.rival.make(most_vectors(train), seed)
    progress(f"fitting {recipe.rival.title}", 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(train.images, train.labels)
    progress("measuring", 0.6)
    value, details = recipe.measure(model, train, test, seed)
    seconds = time.perf_counter() - began
    return Reproduction(target, value, recipe.unit, described(model), details, seconds, memory.peak())


def _bits(model: Any, train: ImageSet, test: ImageSet, seed: int) -> tuple[float, dict[str, Any]]:
    n_draws = DensitySettings().n_draws
    value = float(model.bits_per_dim(test.images, n_draws=n_draws, random_state=seed))
    return value, {"n_draws": n_draws, "n_images": len(test)}


def _bins(model: Any, train: ImageSet, test: ImageSet, seed: int) -> tuple[float, dict[str, Any]]:
    bins = ImageBins.of(train.images, N_BINS, random_state=seed)
    found = [bins.test(_in_shares(model, train.labels, 10_000, draw)) for draw in _seeds(seed)]
    floor = bins.test(test.images)
    return found[0].share, {
        **_spread([one.share for one in found]),
        "divergence": found[0].divergence,
        "floor": floor.share,
        "floor_divergence": floor.divergence,
        "n_samples": 10_000,
    }


def _seeds(seed: int) -> list[int]:
    return [(seed + step) % 2**32 for step in range(DRAWS)]


def _spread(values: list[float]) -> dict[str, Any]:
    return {"draws": values, "mean": float(np.mean(values)), "deviation": float(np.std(values, ddof=1))}


def _in_shares(model: Any, labels: Array, n: int, seed: int) -> FloatArray:
    """Draw n images, each class in its exact share, as the test images have: luck of the draw is not the model's."""
    source = check_random_state(seed)
    names, counts = np.unique(labels, return_counts=True)
    ends = np.rint(n * np.cumsum(counts) / counts.sum()).astype(int)
    sizes = np.diff(ends, prepend=0)
    drawn = [model.sample(int(size), label=name, random_state=source) for name, size in zip(names, sizes, strict=True)]
    return np.concatenate(drawn)


def _accuracy(model: Any, train: ImageSet, test: ImageSet, seed: int) -> tuple[float, dict[str, Any]]:
    assessor = Assessor.of(train.images, train.labels, test.images, test.labels, patch_side=PATCH_SIDE, seed=seed)
    found = assessor.transfer(model)
    return found.lost, {
        "on_real": found.on_real,
        "on_samples": found.on_generated,
        "losses": list(found.losses),
        "n_samples": len(train),
    }


def _frechet(model: Any, train: ImageSet, test: ImageSet, seed: int) -> tuple[float, dict[str, Any]]:
    classifier = ImageClassifier.train(train.images, train.labels, patch_side=PATCH_SIDE, random_state=seed)
    real = classifier.features(test.images)
    naive = NAIVE.make(most_vectors(train), seed).fit(train.images)

    def distance(one: Any, draw: int) -> float:
        return frechet_distance(real, classifier.features(one.sample(10_000, random_state=draw))).value

    of_naive = distance(naive, seed)
    distances = [distance(model, draw) for draw in _seeds(seed)]
    return 100.0 * distances[0] / of_naive, {
        "distance": distances[0],
        "naive": of_naive,
        **_spread([100.0 * found / of_naive for found in distances]),
        "n_samples": 10_000,
        "accuracy_of_classifier": classifier.accuracy(test.images, test.labels),
    }


BEST = {
    "bits": Recipe("bits per dimension of held-out images", rival_named("copula"), _bits),
    "bins": Recipe(f"share of {N_BINS} bins that differ", rival_named("matched-full"), _bins),
    "accuracy": Recipe("points of accuracy lost", rival_named("matched-pooled"), _accuracy),
    "frechet": Recipe("per cent of the naive model's distance", rival_named("matched"), _frechet),
}
"""The recipe for each figure."""
