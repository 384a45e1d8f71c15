"""Store: results in files, each written whole or not at all, and good only under the conditions that they state."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from mixtura.arrays import ByteArray
from mixtura.files import UnwritableError, write_beside
from mixtura.images.quality.assessor import TEACHINGS
from mixtura.study.figures import Figures

__all__ = ["Conditions", "Store"]


@dataclass(frozen=True)
class Conditions:
    """What results depend on besides their setting.

    Attributes
    ----------
    version : str
        Of this package.
    dataset : str
        Name of the images.
    train, test : str
        SHA-256 of the training and of the test images.
    classifier : str
        Hash of the weights of the classifier whose features are compared.
    seed : int
        Of fits, samples and measures.
    n_bins : int
        Of the test by bins, as asked for.
    teachings : int
        Pairs of classifiers whose losses are averaged.
    code : str
        SHA-256 of this package's source files and of its compiled module, as `state.code_digest` finds it.
    libraries : str
        Versions of the libraries that compute, and the kernel.
    threads : int
        That fits divide their sums among; sums of other parts round differently. 0 where it was not noted.
    """

    version: str
    dataset: str
    train: str
    test: str
    classifier: str
    seed: int
    n_bins: int
    teachings: int = TEACHINGS
    code: str = ""
    libraries: str = ""
    threads: int = 0


@dataclass(frozen=True)
class Store:
    """A folder of results, or none: then everything is computed and nothing kept.

    Attributes
    ----------
    folder : Path or None
        Made where there is none.
    conditions : Conditions
        A result that was found under others is not used.
    """

    folder: Path | None
    conditions: Conditions

    def __post_init__(self) -> None:
        if self.folder is not None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UnwritableError(
                    f"Cannot make the folder {self.folder}: {error.strerror}. Name a folder that you may make."
                ) from error

    def read(self, key: str, model: str) -> tuple[Figures, ByteArray] | None:
        """Return figures and samples (m, height, width), or None where there are none that hold for this model.

        The model stands there in words, with all of its parameters: those that the key says nothing of count too.
        """
        if self.folder is None:
            return None
        try:
            document = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            if (document["key"], document["model"], document["conditions"]) != (key, model, asdict(self.conditions)):
                return None
            figures = Figures(**document["figures"])
            samples = np.load(self.folder / f"{key}.npy", allow_pickle=False)
        except (OSError, ValueError, KeyError, TypeError):  # missing or damaged: it will be computed again
            return None
        return figures, samples

    def differences(self, key: str) -> tuple[str, ...]:
        """Return the names of the conditions that differ from those of the result that is kept; none where none is."""
        if self.folder is None:
            return ()
        try:
            kept = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))["conditions"]
            return tuple(name for name, value in asdict(self.conditions).items() if kept.get(name) != value)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return ()

    def write(self, key: str, model: str, figures: Figures, samples: ByteArray) -> None:
        """Keep figures and samples; the figures last, so that where they are the samples are too."""
        if self.folder is None:
            return
        with write_beside(self.folder / f"{key}.npy") as beside, beside.open("wb") as file:
            np.save(file, samples, allow_pickle=False)
        document = {
            "key": key,
            "model": model,
            "conditions": asdict(self.conditions),
            "figures": figures.as_json(),
        }
        with write_beside(self.folder / f"{key}.json") as beside:
            beside.write_text(json.dumps(document, indent=1), encoding="utf-8")
