"""Bench: models of one group of classes are fitted, measured and kept, one by one."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from mixtura.arrays import ByteArray
from mixtura.datasets import ImageSet
from mixtura.images.quality import Assessor, ImageClassifier
from mixtura.study import memory
from mixtura.study.figures import Figures
from mixtura.study.setting import Setting
from mixtura.study.store import Store

__all__ = ["Bench", "Cell", "Job", "described"]

SHOWN = 10
"""Samples that are kept of each model."""

_REAL = "real images"


@dataclass(frozen=True, eq=False)
class Cell:
    """One model, measured.

    Attributes
    ----------
    title : str
        What it is, in words.
    setting : Setting or None
        None for a rival.
    figures : Figures
    samples : array (SHOWN, height, width)
        Levels of grey.
    """

    title: str
    setting: Setting | None
    figures: Figures
    samples: ByteArray


@dataclass(frozen=True)
class Job:
    """A model that is to be there in the end."""

    key: str
    title: str
    setting: Setting | None
    make: Callable[[], Any]
    labelled: bool


class Bench:
    """Measures models of one group; the assessor is made when the first model is not stored yet."""

    def __init__(
        self,
        train: ImageSet,
        test: ImageSet,
        classifier: ImageClassifier,
        store: Store,
        n_bins: int,
        patch_side: int,
        seed: int,
        n_teachings: int,
    ) -> None:
        self._train, self._test, self._store = train, test, store
        self._settings: dict[str, Any] = {
            "classifier": classifier,
            "n_bins": n_bins,
            "patch_side": patch_side,
            "seed": seed,
            "n_teachings": n_teachings,
        }
        self._made: Assessor | None = None
        self.renewed: dict[str, tuple[str, ...]] = {}  # what was kept of other conditions, and of which

    @property
    def _assessor(self) -> Assessor:
        if self._made is None:
            train, test = self._train, self._test
            self._made = Assessor.of(train.images, train.labels, test.images, test.labels, **self._settings)
        return self._made

    def floor(self, key: str) -> Figures:
        """Return what real images get."""
        shown = self._test.images[:SHOWN]
        stored = self._store.read(key, _REAL, shown.shape)
        if stored is not None:
            return stored[0]
        self._note(key)
        figures = Figures.of(self._assessor.floor())
        self._store.write(key, _REAL, figures, shown)
        return figures

    def cell(self, job: Job, tell: Callable[[str], None]) -> Cell:
        """Return a model's figures and samples, from the store or by fitting it."""
        model = job.make()
        words = described(model)
        stored = self._store.read(job.key, words, (SHOWN, *self._test.images.shape[1:]))
        differing = self._note(job.key) if stored is None else ()
        tell(job.title + (f", again, because of other {', '.join(differing)}" if differing else ""))
        if stored is None:
            stored = self._measure(model, job.labelled)
            self._store.write(job.key, words, *stored)
        return Cell(job.title, job.setting, *stored)

    def _note(self, key: str) -> tuple[str, ...]:
        differing = self._store.differences(key)
        if differing:
            self.renewed[key] = differing
        return differing

    def _measure(self, model: Any, labelled: bool) -> tuple[Figures, ByteArray]:
        assessor = self._assessor  # its own time does not count
        memory.mark()
        began = time.perf_counter(), time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self._train.images, self._train.labels if labelled else None)
        found = assessor.assess(model, with_transfer=labelled)
        shown = model.sample(SHOWN, random_state=assessor.seed)
        figures = Figures.of(
            found,
            _n_parameters(model),
            seconds=time.perf_counter() - began[0],
            processor_seconds=time.process_time() - began[1],
            peak_memory=memory.peak(),
        )
        return figures, np.rint(255.0 * shown).astype(np.uint8)


def described(model: Any) -> str:
    """Return a model with all of its parameters, those at their defaults too."""
    parameters = ", ".join(f"{name}={value!r}" for name, value in sorted(model.get_params().items()))
    return f"{type(model).__name__}({parameters})"


def _n_parameters(model: Any) -> int | None:
    """Return the free parameters of the mixtures, where there are any."""
    mixtures = getattr(model, "mixtures_", None)
    return None if mixtures is None else sum(mixture.n_parameters_ for mixture in mixtures)
