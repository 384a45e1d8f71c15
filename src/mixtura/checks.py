"""Checks: single parameters and tables of numbers, for rooms that share nothing else; or one clear error."""

from numbers import Integral, Real
from typing import Any

import numpy as np

from mixtura.arrays import Array

__all__ = ["LARGEST", "check_count", "check_finite", "check_number"]

LARGEST = 1e145
"""Values beyond this are refused: the sum of their squares would overflow."""


def check_count(name: str, value: Any, least: int, most: int | None = None, why: str = "") -> int:
    """Return a parameter that is a whole number from `least` to `most`; `why` explains the bound.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> check_count("n_basis", 65, 1, 64, "as many as pixels")
    Traceback (most recent call last):
    ValueError: Got n_basis=65, but expected a whole number from 1 to 64 (as many as pixels).
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        upwards = "upwards" if most is None else f"to {most}"
        raise ValueError(
            f"Got {name}={value!r}, but expected a whole number from {least} {upwards}{f' ({why})' if why else ''}."
        )
    return int(value)


def check_number(name: str, value: Any, least: float = 0.0, *, above: bool = False) -> float:
    """Return a parameter that is a finite number of at least `least`, or `above` it.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> check_number("learning_rate", 0, above=True)
    Traceback (most recent call last):
    ValueError: Got learning_rate=0, but expected a finite number above 0.
    """
    real = isinstance(value, Real) and not isinstance(value, bool)
    if not real or not np.isfinite(float(value)) or value < least or (above and value == least):
        bound = f"{'above' if above else 'of at least'} {least:g}"
        raise ValueError(f"Got {name}={value!r}, but expected a finite number {bound}.")
    return float(value)


def check_finite(rows: Array) -> tuple[float, float]:
    """Return the smallest and the largest of numbers (n, D), all of them finite and with squares that can be summed.

    Raises
    ------
    ValueError
        Naming the first row with NaN or infinity, or the range that was found; and what to do.
    """
    with np.errstate(invalid="ignore"):
        smallest, largest = float(rows.min()), float(rows.max())  # NaN wins over all
    if not (np.isfinite(smallest) and np.isfinite(largest)):
        bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
        raise ValueError(
            f"Got NaN or infinity (inf) in {bad.size} of {len(rows)} rows, first in row {bad[0]}, "
            "but expected finite numbers: drop or mend these rows."
        )
    if max(-smallest, largest) > LARGEST:
        raise ValueError(
            f"Got values from {smallest:g} to {largest:g}, but expected none beyond {LARGEST:g}, whose squares "
            "overflow: divide the data by a constant."
        )
    return smallest, largest
