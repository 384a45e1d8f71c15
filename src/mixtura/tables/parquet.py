"""Parquet: tables in columns; the one file that imports pyarrow, when the first such table is opened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mixtura.arrays import Array
from mixtura.extras import require
from mixtura.tables.contract import TableError, check_finite, shorten

__all__ = ["ParquetTable", "open_parquet", "write_parquet"]


_INDEX = "__index_level_"


def _pyarrow(module: str = "") -> ModuleType:
    return require(f"pyarrow{module}", extra="tables", purpose="Parquet files")


@dataclass(frozen=True, eq=False)
class ParquetTable:
    """An open Parquet file of which only the schema was read; the index that pandas keeps beside has no name."""

    path: Path
    names: tuple[str, ...]
    file: Any  # pyarrow.parquet.ParquetFile

    @property
    def n_columns(self) -> int:
        """How many columns there are, nested ones counted as one."""
        return len(self.names)

    def read(self, columns: Sequence[int]) -> Array:
        """Return the numbers of these columns (N, len(columns)), float32 where all of them are."""
        for column in columns:
            self._check_type(column)
        with _refusing(self.path):
            table = self.file.read(columns=[self.names[column] for column in columns])
            arrays = [_numbers(table.column(self.names[column])) for column in columns]  # read keeps the file's order
        values = np.column_stack(arrays)
        check_finite(values, columns, self)
        return values

    def _check_type(self, column: int) -> None:
        kind, types = self.file.schema_arrow.field(column).type, _pyarrow().types
        if not any(test(kind) for test in (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean)):
            raise TableError(
                f"{self.path}: column {shorten(self.names[column])} holds {kind}, expected numbers. "
                "Choose the columns to use with --columns."
            )


def open_parquet(path: Path, header: bool | None = None) -> ParquetTable:
    """Open a Parquet file.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    TableError
        If the file is not Parquet, or is damaged.
    """
    parquet = _pyarrow(".parquet")
    with _refusing(path):
        file = parquet.ParquetFile(path, page_checksum_verification=True)
        names = ["" if name.startswith(_INDEX) else name for name in file.schema_arrow.names]
    return ParquetTable(path, tuple(names), file)


def write_parquet(path: Path, names: Sequence[str], values: Array) -> None:
    """Write values (N,) or (N, M) under names, a column each."""
    columns = values.reshape(len(values), -1).T
    table = _pyarrow().table([np.ascontiguousarray(column) for column in columns], names=list(names))
    _pyarrow(".parquet").write_table(table, path, write_page_checksum=True)


def _numbers(column: Any) -> Array:
    """Return a column (N,) as float32 or float64, with NaN for what is missing."""
    pyarrow = _pyarrow()
    if pyarrow.types.is_boolean(column.type):
        column = column.cast(pyarrow.int8())
    if not pyarrow.types.is_float32(column.type):
        column = column.cast(pyarrow.float64(), safe=False)
    return column.to_numpy()


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what pyarrow says of a file that it cannot read into the one error of tables."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (_pyarrow().ArrowException, OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path} cannot be read as Parquet ({error}); expected a whole Parquet file.") from error
