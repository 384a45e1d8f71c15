"""Text: tables as CSV, with commas, semicolons or tabs between the cells."""

import csv
import math
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TextIO

import numpy as np

from mixtura.arrays import Array, FloatArray
from mixtura.tables.contract import TableError, refuse_empty, refuse_number, shorten

__all__ = ["TextTable", "open_text", "print_text", "write_text"]


@dataclass(frozen=True)
class TextTable:
    """An open table of text; ``delimiter`` stands between the cells."""

    path: Path
    names: tuple[str, ...] | None
    n_columns: int
    delimiter: str

    def read(self, columns: Sequence[int]) -> FloatArray:
        """Return the numbers of these columns (N, len(columns))."""
        values = array("d")
        empty = 0  # the number of an empty line, which only the end of the file may have
        with _lines(self.path, self.delimiter) as lines:
            if self.names is not None:
                next(lines)
            for line, cells in lines:
                if not cells:
                    empty = empty or line
                    continue
                if empty or len(cells) != self.n_columns:
                    raise TableError(
                        f"{self.path}: got {0 if empty else len(cells)} cells in line {empty or line}, "
                        f"expected {self.n_columns} as in the first line. Complete or remove such lines."
                    )
                try:
                    values.extend([_parse(cells[column]) for column in columns])
                except ValueError:
                    self._refuse(cells, columns, line)
        if not values:
            refuse_empty(self)
        return np.frombuffer(values).reshape(-1, len(columns))

    def _refuse(self, cells: list[str], columns: Sequence[int], line: int) -> NoReturn:
        """Raise the error of the first cell that is not a finite number."""
        column = next(column for column in columns if not _is_number(cells[column]))
        refuse_number(f"line {line}", column, self, shorten(cells[column]) if cells[column] else "an empty cell")


def open_text(path: Path, header: bool | None = None) -> TextTable:
    """Open a table of text.

    Parameters
    ----------
    path : Path
    header : bool, optional
        Whether the first line holds names. By default it does if no cell of it is a number, and does not if every
        cell is one.

    Raises
    ------
    TableError
        If the file is empty or not UTF-8, or the first line is neither names nor numbers.
    """
    delimiter, cells = ",", _first_line(path, ",")
    for other in ";\t":
        if len(cells) == 1 and other in cells[0]:
            delimiter, cells = other, _first_line(path, other)
    if not cells:
        raise TableError(f"{path} begins with an empty line or is empty, expected names of columns or numbers.")
    if header is None:
        numbers = sum(_is_number(cell) for cell in cells)
        if numbers not in (0, len(cells)):
            raise TableError(
                f"{path}: the first line mixes words and numbers, expected names of columns or a row of numbers. "
                "Say which it is with --header or --no-header."
            )
        header = not numbers
    names = tuple(cell.strip() for cell in cells) if header else None
    return TextTable(path, names, len(cells), delimiter)


def write_text(path: Path, names: Sequence[str], values: Array) -> None:
    """Write values (N,) or (N, M) under names as CSV; each number is written with all its digits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        print_text(file, names, values)


def print_text(file: TextIO, names: Sequence[str], values: Array) -> None:
    """Write CSV to an open file."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(values.reshape(len(values), -1).tolist())


def _first_line(path: Path, delimiter: str) -> list[str]:
    with _lines(path, delimiter) as lines:
        return next(lines, (1, []))[1]


@contextmanager
def _lines(path: Path, delimiter: str) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Lend an iterator over the number and the cells of each line; a cell may go on over several lines."""

    def numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise TableError(f"{path}: line {reader.line_num} is not CSV ({error}).") from error

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # spreadsheets put a mark before the first name
            yield numbered(csv.reader(file, delimiter=delimiter, strict=True))
    except UnicodeDecodeError as error:
        raise TableError(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8.") from error


def _parse(cell: str) -> float:
    """Return a cell as a finite number; ``1_000`` is one in Python's code, but not in a table."""
    number = float(cell)
    if "_" in cell or not math.isfinite(number):
        raise ValueError(cell)
    return number


def _is_number(cell: str) -> bool:
    try:
        _parse(cell)
    except ValueError:
        return False
    return True
