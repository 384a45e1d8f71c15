"""Figures: what was measured of one model, as plain numbers, and the table of measures."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from numbers import Real
from typing import Any

from mixtura.images.quality import Assessment

__all__ = ["MEASURES", "Figures", "Measure"]

_MAY_BE_NONE = ("bits", "lost", "n_parameters")


@dataclass(frozen=True)
class Figures:
    """What was measured of one model, or of real images in its place.

    Attributes
    ----------
    bits : float or None
        Held-out bits per dimension; None without a density.
    bins, divergence : float
        Share of bins that differ, and Jensen-Shannon divergence in bits.
    frechet, kernel : float
        Distances of features.
    precision, recall, density, coverage : float
        Of features.
    nearer, score : float
        Memorisation: share of pairs in which the sample is nearer to the training images, and its standard score.
    lost : float or None
        Points of accuracy lost; None where it was not measured.
    losses : sequence of float
        Points lost by each pair of classifiers, of which `lost` is the mean; empty where it was not measured.
    n_parameters : int or None
        Free parameters of the mixtures; None where they are not counted.
    seconds, processor_seconds : float
        For fit and measures, by the clock and by all processors together.
    peak_memory : float
        Most that the process held in that time, in GB, with the real images and what is known of them; 0 if unknown.
    """

    bits: float | None
    bins: float
    divergence: float
    frechet: float
    kernel: float
    precision: float
    recall: float
    density: float
    coverage: float
    nearer: float
    score: float
    lost: float | None
    n_parameters: int | None = None
    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_memory: float = 0.0
    losses: Sequence[float] = ()

    @classmethod
    def of(cls, found: Assessment, n_parameters: int | None = None, **cost: float) -> "Figures":
        """Take the numbers of an assessment, and what it cost: seconds, processor_seconds, peak_memory."""
        return cls(
            bits=None if found.bits is None else found.bits.value,
            bins=found.bins.share,
            divergence=found.bins.divergence,
            frechet=found.frechet.value,
            kernel=found.kernel.value,
            precision=found.precision_recall.precision,
            recall=found.precision_recall.recall,
            density=found.density_coverage.density,
            coverage=found.density_coverage.coverage,
            nearer=found.memorisation.nearer,
            score=found.memorisation.score,
            lost=None if found.transfer is None else found.transfer.lost,
            n_parameters=n_parameters,
            losses=[] if found.transfer is None else list(found.transfer.losses),
            **cost,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the numbers by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, numbers: Any) -> "Figures":
        """Take what `as_json` gave.

        Raises
        ------
        ValueError
            Where a figure is missing, unknown or no number; null stands for those alone that may be None.
        """
        try:
            found = cls(**numbers)
        except TypeError as error:
            raise ValueError(f"Got figures {numbers!r:.200}, but expected those that a study writes.") from error
        for name, value in numbers.items():
            if not _fits(name, value):
                raise ValueError(f"Got {name}={value!r}, but expected {'numbers' if name == 'losses' else 'a number'}.")
        return found


def _fits(name: str, value: Any) -> bool:
    if name == "losses":
        return isinstance(value, list) and all(map(_is_number, value))
    return _is_number(value) or (value is None and name in _MAY_BE_NONE)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


@dataclass(frozen=True)
class Measure:
    """One measure of the study.

    Attributes
    ----------
    name : str
        Of the field of `Figures`.
    title : str
        For tables and charts.
    better : str
        Which way is better, in words.
    read : callable
        From `Figures` to the number, or None.
    digits : int
        After the point.
    logarithmic : bool
        Whether charts need a logarithmic axis.
    useless : float or None
        Where charts end: nothing beyond is better than no model at all.
    """

    name: str
    title: str
    better: str
    read: Callable[[Figures], float | None]
    digits: int
    logarithmic: bool = False
    useless: float | None = None

    def write(self, figures: Figures) -> str:
        """Return the number in words, a dash where there is none."""
        value = self.read(figures)
        return "–" if value is None else f"{value:.{self.digits}f}"


MEASURES = (
    Measure("bits", "bits per dimension", "lower", lambda found: found.bits, 3, useless=8.0),
    Measure("bins", "bins that differ", "lower", lambda found: found.bins, 2),
    Measure("divergence", "divergence of bins, bits", "lower", lambda found: found.divergence, 4, True),
    Measure("frechet", "Fréchet distance", "lower", lambda found: found.frechet, 1, True),
    Measure("kernel", "kernel distance", "lower", lambda found: found.kernel, 1, True),
    Measure("precision", "precision", "higher", lambda found: found.precision, 3),
    Measure("recall", "recall", "higher", lambda found: found.recall, 3),
    Measure("density", "density", "near 1", lambda found: found.density, 3),
    Measure("coverage", "coverage", "higher", lambda found: found.coverage, 3),
    Measure("nearer", "nearer to training images", "near 0.5", lambda found: found.nearer, 3),
    Measure("lost", "accuracy lost, points", "lower", lambda found: found.lost, 1),
)
"""All measures, in the order of tables and charts."""
