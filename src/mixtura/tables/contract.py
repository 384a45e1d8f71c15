"""The contract of an open table, and the error that every kind of table raises."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Protocol

import numpy as np

from mixtura.arrays import Array

__all__ = ["OpenTable", "TableError", "check_finite", "refuse_empty", "refuse_number", "shorten"]

_MOST_SUGGESTED = 8


class TableError(ValueError):
    """A file is not a table of numbers; the message says what came, what was expected and what to do."""


class OpenTable(Protocol):
    """A file of rows and columns whose numbers are not read yet."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the columns as the file has them, or None where it has none."""
        ...

    @property
    def n_columns(self) -> int:
        """How many columns there are."""
        ...

    def read(self, columns: Sequence[int]) -> Array:
        """Return the numbers of these columns, in this order: (N, len(columns)), float64 or float32.

        Raises
        ------
        TableError
            If a row is incomplete, a value is not a finite number, or there are no rows.
        """
        ...


def check_finite(values: Array, columns: Sequence[int], table: OpenTable) -> None:
    """Raise where values (N, M) of the given columns have NaN or infinity, or are none at all."""
    if not len(values):
        refuse_empty(table)
    finite = np.isfinite(values)
    if not finite.all():
        row, place = np.argwhere(~finite)[0]
        refuse_number(f"row {row} (counted from 0)", columns[place], table, f"{values[row, place]:g}")


def refuse_empty(table: OpenTable) -> NoReturn:
    """Raise the error of a table without rows."""
    raise TableError(f"{table.path} holds no rows, expected some under its columns, of which it has {table.n_columns}.")


def refuse_number(row: str, column: int, table: OpenTable, found: str) -> NoReturn:
    """Raise the error of one value that is not a finite number."""
    names = table.names
    where = f"column {column} (counted from 0)" if names is None else f"column {shorten(names[column])}"
    raise TableError(
        f"{table.path}: got {found} in {row}, {where}, expected a finite number. "
        f"Remove or fill such rows, or choose other columns with --columns{_others(names, column)}."
    )


def _others(names: tuple[str, ...] | None, column: int) -> str:
    """Return all names but one as ``--columns`` takes them, where they are few and plain."""
    others = [name for place, name in enumerate(names or ()) if place != column]
    plain = 0 < len(others) <= _MOST_SUGGESTED and all(name.isidentifier() for name in others)
    return f", such as {','.join(others)}" if plain else ""


def shorten(text: str, longest: int = 40) -> str:
    """Return text as Python would write it, and not all of it where it is long."""
    return repr(text if len(text) <= longest else text[:longest] + "...")
