"""Formats: the one table that turns the ending of a file into what reads and writes it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mixtura.arrays import Array
from mixtura.files import write_beside
from mixtura.tables.contract import OpenTable, TableError
from mixtura.tables.npy import open_npy, write_npy
from mixtura.tables.parquet import open_parquet, write_parquet
from mixtura.tables.text import open_text, write_text

__all__ = ["FORMATS", "Format", "check_ending", "open_table", "write_table"]


@dataclass(frozen=True)
class Format:
    """How one kind of file is opened and written."""

    open: Callable[[Path, bool | None], OpenTable]
    write: Callable[[Path, Sequence[str], Array], None]


FORMATS = {
    ".csv": Format(open_text, write_text),
    ".npy": Format(open_npy, write_npy),
    ".parquet": Format(open_parquet, write_parquet),
}


def open_table(path: str | os.PathLike[str], header: bool | None = None) -> OpenTable:
    """Open a table; its ending says what it is.

    Parameters
    ----------
    path : path-like
        A ``.csv``, ``.npy`` or ``.parquet`` file.
    header : bool, optional
        Whether the first line of a CSV file holds names; by default it is looked at.

    Raises
    ------
    TableError
        If the ending is another, or the file is no such table.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from mixtura.tables import choose_columns, open_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "flowers.csv"
    ...     _ = path.write_text("width,length,kind\\n1,2,rose\\n3,4,lily\\n")
    ...     table = open_table(path)
    ...     table.read(choose_columns(table, ["length", "width"]))
    array([[2., 1.],
           [4., 3.]])
    """
    file = Path(path)
    check_ending(file)
    return FORMATS[file.suffix.lower()].open(file, header)


def write_table(path: str | os.PathLike[str], names: Sequence[str], values: Array) -> None:
    """Write values (N,) or (N, M) under names, whole or not at all.

    Parameters
    ----------
    path : path-like
        A ``.csv``, ``.npy`` or ``.parquet`` file; the second keeps no names.
    names : sequence of str
        One for each column.
    values : ndarray of shape (N,) or (N, M)

    Raises
    ------
    TableError
        If the ending is another.
    mixtura.files.UnwritableError
        If the file cannot be written.
    """
    check_ending(path)
    with write_beside(path) as beside:
        FORMATS[beside.suffix.lower()].write(beside, names, values)


def check_ending(path: str | os.PathLike[str]) -> None:
    """Raise where the ending of a file is none that is known."""
    if Path(path).suffix.lower() not in FORMATS:
        raise TableError(
            f"{path} ends in {Path(path).suffix or 'nothing'!r}, expected one of {', '.join(FORMATS)}. "
            "Convert the file, or give it the ending of what it is."
        )
