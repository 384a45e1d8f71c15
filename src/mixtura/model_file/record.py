"""Record: a model taken apart into words, numbers and smaller models, and how that lies in one archive."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mixtura.arrays import FloatArray
from mixtura.model_file.archive import ModelFileError

__all__ = ["Record", "flatten", "unflatten"]

_DEEPEST = 4
"""Models within models within models: more than any that there is."""


@dataclass(frozen=True, eq=False)
class Record:
    """What a file holds of a model.

    Parameters
    ----------
    kind : str
        The name of its class.
    words : mapping
        What JSON can hold.
    arrays : mapping of name to ndarray
        In float64; whole numbers are exact up to 2^53.
    parts : mapping of name to Record
        Models that it is made of.
    """

    kind: str
    words: Mapping[str, Any]
    arrays: Mapping[str, FloatArray]
    parts: Mapping[str, "Record"] = field(default_factory=dict)

    def expect(self, arrays: Iterable[str], parts: Collection[str] = ()) -> None:
        """Raise where the arrays or parts are not exactly these."""
        expected = list(arrays)
        if list(self.arrays) != expected:
            raise ModelFileError(f"the arrays {list(self.arrays)} of a {self.kind}", f"{expected}")
        if list(self.parts) != list(parts):
            raise ModelFileError(f"the parts {list(self.parts)} of a {self.kind}", f"{list(parts)}")


def flatten(record: Record) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    """Return a header, and all arrays: those of a part are named ``part.array``."""
    header: dict[str, Any] = {"kind": record.kind, **record.words}
    arrays = dict(record.arrays)
    for name, part in record.parts.items():
        words, own = flatten(part)
        header.setdefault("parts", {})[name] = words
        arrays |= {f"{name}.{array}": values for array, values in own.items()}
    return header, arrays


def unflatten(header: Mapping[str, Any], arrays: Mapping[str, FloatArray], depth: int = 0) -> Record:
    """Return the record that ``flatten`` laid out so; arrays that belong to no part stay with the whole."""
    words = dict(header)
    kind, listed = words.pop("kind", None), words.pop("parts", {})
    if not isinstance(kind, str):
        raise ModelFileError("a header without the field 'kind'", "the name of a class")
    if not isinstance(listed, dict) or not all(isinstance(part, dict) for part in listed.values()):
        raise ModelFileError(f"parts of type {type(listed).__name__}", "an object of objects")
    if depth == _DEEPEST:
        raise ModelFileError("models within models without end", f"at most {_DEEPEST}")
    own, parts = dict(arrays), {}
    for name, inner in listed.items():
        prefix = f"{name}."
        theirs = {array.removeprefix(prefix): own.pop(array) for array in list(own) if array.startswith(prefix)}
        parts[name] = unflatten(inner, theirs, depth + 1)
    return Record(kind, words, own, parts)
