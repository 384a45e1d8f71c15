"""Quantities: the whole numbers and the sequences of numbers that a picture accepts."""

from numbers import Integral
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray


def read_whole(name: str, value: Any, *, least: int, most: int | None = None) -> int:
    """Check a whole number and return it.

    Parameters
    ----------
    name : str
        What the caller calls it, for messages.
    value : int
        From ``least`` to ``most``, where there is one.
    least, most : int
        The limits, both allowed.

    Raises
    ------
    ValueError
        Where it is no whole number, or outside.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        wanted = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} is {value!r}; expected a whole number {wanted}")
    return int(value)


def read_sequence(name: str, values: Any) -> FloatArray:
    """Check a sequence of finite numbers and return it as an array of shape (n,).

    Parameters
    ----------
    name : str
        What the caller calls it, for messages.
    values : sequence of numbers
        At least one.

    Raises
    ------
    ValueError
        Where it is not flat, is empty, or holds something else than finite numbers.
    """
    try:
        sequence = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no flat sequence of numbers; expected one, such as [1.5, 2.0]") from None
    if sequence.ndim != 1 or not sequence.size:
        raise ValueError(f"{name} has shape {sequence.shape}; expected a flat sequence of at least one number")
    bad = np.flatnonzero(~np.isfinite(sequence))
    if bad.size:
        raise ValueError(
            f"{name} has {sequence[bad[0]]} at position {bad[0]}; expected finite numbers: leave such entries out"
        )
    return sequence
