"""Words: what files say in JSON, and the checks that it makes sense."""

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.model_file.archive import ModelFileError

__all__ = [
    "BOOL",
    "COUNT",
    "NUMBER",
    "SEVERAL",
    "TEXT",
    "Types",
    "check_choice",
    "check_fields",
    "read_labels",
    "read_settings",
    "whole_numbers",
    "write_labels",
    "write_settings",
]

Types = tuple[type, ...]
_NULL = type(None)
BOOL: Types = (bool, _NULL)
COUNT: Types = (int, _NULL)
NUMBER: Types = (float, int, _NULL)
TEXT: Types = (str, _NULL)
SEVERAL: Types = (list,)
"""What a setting may be. Null stands where only Python could hold the value: a loaded model then has the default."""

_LABELS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64")


def check_fields(found: Mapping[str, Any], fields: Mapping[str, Types], where: str) -> None:
    """Raise where the keys are not exactly these, or a value is of another type; a bool is no number."""
    if found.keys() != fields.keys():
        raise ModelFileError(f"{where} with the fields {sorted(found)}", f"{sorted(fields)}")
    for key, types in fields.items():
        if type(found[key]) not in types:
            words = " or ".join(kind.__name__ for kind in types)
            raise ModelFileError(f"{key!r} of type {type(found[key]).__name__} in {where}", words)


def check_choice(key: str, found: str, choices: Any) -> None:
    """Raise where a word is none of the choices."""
    if found not in choices:
        raise ModelFileError(f"{key} {found!r}", f"one of {list(choices)}")


def write_settings(model: Any, settings: Mapping[str, Types]) -> dict[str, Any]:
    """Return the named parameters of an estimator as JSON can hold them."""
    return {name: _plain(getattr(model, name), list in types) for name, types in settings.items()}


def read_settings(found: Mapping[str, Any], settings: Mapping[str, Types]) -> dict[str, Any]:
    """Return the parameters that a file gives: those that are not null.

    Raises
    ------
    ModelFileError
        If one is missing, unknown or of another type.
    """
    check_fields(found, settings, "'settings'")
    for name, value in found.items():
        if isinstance(value, list) and not all(isinstance(each, str | int | float) for each in value):
            raise ModelFileError(f"{name!r} with {value!r} in 'settings'", "a list of numbers or of strings")
    return {name: value for name, value in found.items() if value is not None}


def write_labels(names: Array | None) -> dict[str, Any] | None:
    """Return distinct labels (C,), strings or numbers, as JSON can hold them."""
    if names is None:
        return None
    texts = names.dtype.kind in "UO"
    return {
        "type": "object" if names.dtype.kind == "O" else "str" if texts else names.dtype.name,
        "names": names.tolist(),
    }


def read_labels(found: Any, n_classes: int) -> Array | None:
    """Return the labels (C,) that ``write_labels`` wrote."""
    if found is None:
        if n_classes != 1:
            raise ModelFileError(f"{n_classes} classes without names", "a name for each, or a single one")
        return None
    if not isinstance(found, dict):
        raise ModelFileError(f"'classes' of type {type(found).__name__}", "an object or null")
    check_fields(found, {"type": (str,), "names": (list,)}, "'classes'")
    check_choice("type of labels", found["type"], ("str", "object", *_LABELS))
    texts = found["type"] not in _LABELS
    names = found["names"]
    if len(names) != n_classes or len(set(map(repr, names))) != n_classes:
        raise ModelFileError(f"{len(names)} names of classes", f"{n_classes} different ones")
    if not all(isinstance(name, str if texts else int | float) for name in names):
        raise ModelFileError(f"the names of classes {names!r}", "strings" if texts else "numbers")
    try:
        return np.array(names, dtype=found["type"])
    except (OverflowError, ValueError) as error:
        raise ModelFileError(f"the names of classes {names!r} ({error})", found["type"]) from error


def whole_numbers(name: str, values: FloatArray) -> IntArray:
    """Return whole numbers that lay in a file as float64."""
    if not np.isfinite(values).all() or (values != np.round(values)).any() or (np.abs(values) > 2**53).any():
        raise ModelFileError(f"{name} that are not all whole numbers", "whole numbers")
    return values.astype(np.intp)


def _plain(value: Any, several: bool) -> Any:
    """Return a setting as JSON can hold it: null for a value that only Python can hold."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if np.isfinite(float(value)) else None
    if isinstance(value, str):
        return value
    if several and isinstance(value, Sequence | np.ndarray):
        items = [_plain(item, False) for item in value]
        return None if None in items else items
    return None
