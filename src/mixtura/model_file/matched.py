"""Matched: ``MatchedImageMixture`` in files."""

from typing import TYPE_CHECKING, Any

import numpy as np

import mixtura
from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.contract import Kind
from mixtura.model_file.record import Record
from mixtura.model_file.words import BOOL, COUNT, NUMBER, Types, check_fields, read_settings, write_settings

if TYPE_CHECKING:
    from mixtura.images import MatchedImageMixture
    from mixtura.model_file.kinds import Kinds

__all__ = ["MatchedKind"]

_SETTINGS: dict[str, Types] = {"residual": NUMBER, "varied": BOOL, "random_state": COUNT, "tol": NUMBER}
_CLASS = "MatchedClass"


class MatchedKind(Kind):
    """The `ImageMixture` as a file of its own would keep it, and the residuals and margins of each class."""

    def __init__(self, kinds: "Kinds") -> None:
        self._kinds = kinds

    @property
    def model_class(self) -> type[Any]:
        return mixtura.images.MatchedImageMixture

    def take_apart(self, model: "MatchedImageMixture") -> Record:
        parameters = model.to_parameters()
        parts = {"model": self._kinds.take_apart(parameters["model"])}
        for c, arrays in enumerate(parameters["classes"]):
            exact = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
            parts[f"class{c}"] = Record(_CLASS, {}, exact)
        fitted = {"residual": model._strength, "varied": model._varied}  # parameters may have been set since
        settings = write_settings(model, _SETTINGS) | fitted
        return Record(self.model_class.__name__, {"settings": settings}, {}, parts)

    def put_together(self, record: Record) -> "MatchedImageMixture":
        check_fields(record.words, {"settings": (dict,)}, "the header of a MatchedImageMixture")
        settings = read_settings(record.words["settings"], _SETTINGS)
        names = [f"class{c}" for c in range(len(record.parts) - 1)]
        record.expect((), ["model", *names])
        for name in names:
            part = record.parts[name]
            if part.kind != _CLASS or part.words:
                raise ModelFileError(f"a part of kind {part.kind!r} with {sorted(part.words)}", f"{_CLASS!r} alone")
            part.expect(part.arrays)  # their names and shapes are checked where the model is made
        model = self._kinds.put_together(record.parts["model"], ["ImageMixture"])
        try:
            return mixtura.images.MatchedImageMixture.from_parameters(
                model, [record.parts[name].arrays for name in names], **settings
            )
        except (IndexError, ValueError) as error:
            raise ModelFileError(f"classes that make no model ({error})", "those of a fitted model") from error
