"""Rivals: other generators, each measured by the same code as the models of the study.

The better models of this package are among them, so that one table has all; `best` says which of them is best at what.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from mixtura.datasets import ImageSet
from mixtura.images import CopulaImageMixture, DensitySettings, ImageMixture, MatchedImageMixture
from mixtura.study.independent_pixels import IndependentPixels
from mixtura.study.setting import text_model

__all__ = ["RIVALS", "Rival", "available", "most_vectors", "rival_named"]

_BASIS, _COMPONENTS = 100, 25  # of the text's model, and of what is compared with it


@dataclass(frozen=True)
class Rival:
    """A generator to compare with.

    Attributes
    ----------
    name : str
        For files.
    title : str
        For tables.
    make : callable
        From the most basis vectors that there may be, `most_vectors`, and a seed to an unfitted generator.
    labelled : bool
        Whether it is told the classes.
    library : str
        What it needs besides this package; empty where nothing.
    """

    name: str
    title: str
    make: Callable[[int, int], Any]
    labelled: bool
    library: str = ""


def _autoencoder(most: int, seed: int) -> Any:
    from mixtura.neural import AutoencoderMixture

    return AutoencoderMixture(random_state=seed)


def _variational(most: int, seed: int) -> Any:
    from mixtura.neural import VariationalAutoencoder

    return VariationalAutoencoder(random_state=seed)


def _naive(most: int, seed: int) -> Any:
    return text_model(min(_BASIS, most), _COMPONENTS, seed)


def _naive_of_many(most: int, seed: int) -> Any:
    return text_model(min(_BASIS, most), min(10 * _COMPONENTS, most), seed)


def _matched(**settings: Any) -> Callable[[int, int], Any]:
    return lambda most, seed: MatchedImageMixture(min(_BASIS, most), _COMPONENTS, random_state=seed, **settings)


def _copula(most: int, seed: int) -> Any:
    return DensitySettings().estimator(random_state=seed)


def _factors(most: int, seed: int) -> Any:
    return CopulaImageMixture(min(10, most), n_factors=min(10, most), n_jobs=-1, random_state=seed)


RIVALS = (
    Rival("independent-pixels", "independent pixels", lambda most, seed: IndependentPixels(), True),
    Rival("one-gaussian", "one Gaussian", lambda most, seed: ImageMixture(most, 1, random_state=seed), False),
    Rival("naive", f"the text's model: {_BASIS} basis vectors, {_COMPONENTS} components", _naive, False),
    Rival("naive-labelled", "the same for each class", _naive, True),
    Rival(
        "naive-many",
        f"the text's model with {10 * _COMPONENTS} components, as many as of ten classes",
        _naive_of_many,
        False,
    ),
    Rival("matched-smooth", "margins matched, no residuals", _matched(residual=0.0), True),
    Rival("matched", "margins matched, half of the residuals", _matched(), True),
    Rival("matched-full", "margins matched, all of the residuals", _matched(residual=1.0), True),
    Rival(
        "matched-pooled",
        "margins matched, residuals varied and pooled",
        _matched(residual=1.0, varied=True, pooled=True),
        True,
    ),
    Rival("copula", "copula model of the fewest bits", _copula, True),
    Rival("copula-factors", "copula model, ten factor analysers of ten factors for each class", _factors, True),
    Rival("autoencoder", "autoencoder, a mixture for each class on its codes", _autoencoder, True, "torch"),
    Rival("variational", "variational autoencoder, told the class", _variational, True, "torch"),
)
"""All rivals."""


def available() -> tuple[Rival, ...]:
    """Return the rivals whose library is installed."""
    return tuple(rival for rival in RIVALS if not rival.library or find_spec(rival.library))


def rival_named(name: str) -> Rival:
    """Return the rival of this name.

    Examples
    --------
    >>> rival_named("naive").title
    "the text's model: 100 basis vectors, 25 components"
    """
    return next(rival for rival in RIVALS if rival.name == name)


def most_vectors(train: ImageSet) -> int:
    """Return how many basis vectors a rival may have: one for each pixel, but for no fewer than two images."""
    return min(len(train) // 2, train.images[0].size)
