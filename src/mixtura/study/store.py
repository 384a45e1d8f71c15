"""Store: results in files, each written whole or not at all, and good only under the conditions that they state.

Figures and samples of a model are one file, so that neither can be of another fit than the other. Results of other
images, seeds, bins, patches or teachings lie in folders beside one another: they answer other questions, and none
takes another's place. Those of another state of the code, of the libraries or of the threads answer the same question
otherwise, and are replaced.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mixtura.arrays import ByteArray
from mixtura.files import check_folder, make_folder, write_beside
from mixtura.images.quality.assessor import TEACHINGS
from mixtura.study.figures import Figures
from mixtura.study.setting import PATCH_SIDE

__all__ = ["Conditions", "Store"]

_ASKED = ("train", "test", "seed", "n_bins", "teachings", "patch_side")


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
    patch_side : int
        Of the classifiers.
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
    patch_side: int = PATCH_SIDE
    code: str = ""
    libraries: str = ""
    threads: int = 0

    @property
    def question(self) -> str:
        """A name for what was asked of each model, whatever code answers: a short digest, for folders."""
        asked = {name: getattr(self, name) for name in _ASKED}
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Store:
    """A folder of results, or none: then everything is computed and nothing kept.

    Attributes
    ----------
    folder : Path or None
        Made with the first result. Those of one question lie in a folder of it that is named `Conditions.question`.
    conditions : Conditions
        A result that was found under others is not used.
    """

    folder: Path | None
    conditions: Conditions

    def check(self, keys: Iterable[str]) -> None:
        """Raise now where results of these names cannot be written.

        Raises
        ------
        UnwritableError
        """
        if self.folder is not None:
            check_folder(self.folder / self.conditions.question, [f"{key}.json" for key in keys])

    def read(self, key: str, model: str, shape: tuple[int, ...]) -> tuple[Figures, ByteArray] | None:
        """Return figures and samples of this shape (m, height, width), or None where none hold for this model.

        The model stands there in words, with all of its parameters: those that the key says nothing of count too.
        """
        try:
            document = self._document(key)
            if (document["key"], document["model"], document["conditions"]) != (key, model, asdict(self.conditions)):
                return None
            figures = Figures.from_json(document["figures"])
            samples = np.frombuffer(b64decode(document["samples"], validate=True), dtype=np.uint8).reshape(shape)
        except (OSError, ValueError, KeyError, TypeError):  # missing or damaged: it will be computed again
            return None
        return figures, samples

    def differences(self, key: str) -> tuple[str, ...]:
        """Return the names of the conditions that differ from those of the result that is kept; none where none is."""
        try:
            kept = self._document(key)["conditions"]
            return tuple(name for name, value in asdict(self.conditions).items() if kept.get(name) != value)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return ()

    def write(self, key: str, model: str, figures: Figures, samples: ByteArray) -> None:
        """Keep figures and samples (m, height, width)."""
        if self.folder is None:
            return
        document = {
            "key": key,
            "model": model,
            "conditions": asdict(self.conditions),
            "figures": figures.as_json(),
            "samples": b64encode(samples.tobytes()).decode("ascii"),
        }
        path = self._path(self.folder, key)
        make_folder(path.parent)
        with write_beside(path) as beside:
            beside.write_text(json.dumps(document, indent=1), encoding="utf-8")

    def _document(self, key: str) -> Any:
        if self.folder is None:
            return {}
        return json.loads(self._path(self.folder, key).read_text(encoding="utf-8"))

    def _path(self, folder: Path, key: str) -> Path:
        return folder / self.conditions.question / f"{key}.json"
