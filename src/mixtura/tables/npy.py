"""Npy: tables as NumPy arrays on disk."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mixtura.arrays import Array
from mixtura.npy_header import read_npy_header
from mixtura.tables.contract import TableError, check_finite

__all__ = ["NpyTable", "open_npy", "write_npy"]


@dataclass(frozen=True, eq=False)
class NpyTable:
    """An open array, mapped and not read; it has no names."""

    path: Path
    rows: Array  # (N, D)

    @property
    def names(self) -> None:
        """None: arrays have no names."""

    @property
    def n_columns(self) -> int:
        """The number of columns D."""
        return int(self.rows.shape[1])

    def read(self, columns: Sequence[int]) -> Array:
        """Return the numbers of these columns (N, len(columns)), float32 where the file is."""
        dtype = np.float32 if self.rows.dtype.newbyteorder("=") == np.float32 else np.float64
        chosen = self.rows if list(columns) == list(range(self.n_columns)) else self.rows[:, list(columns)]
        values = np.array(chosen, dtype=dtype)
        check_finite(values, columns, self)
        return values


def open_npy(path: Path, header: bool | None = None) -> NpyTable:
    """Open an array of numbers (N, D); what its header declares must be there before anything is allocated.

    Raises
    ------
    TableError
        If the file is damaged, or holds anything but real numbers in rows and columns.
    """
    with path.open("rb") as file:
        try:
            declared = read_npy_header(file)
        except ValueError as error:
            raise TableError(f"{path} is no array of numbers ({error}); write it with numpy.save.") from error
        held = file.seek(0, os.SEEK_END) - declared.offset
    if len(declared.shape) != 2 or not declared.shape[1]:
        raise TableError(
            f"{path} holds an array of shape {declared.shape}, expected (rows, columns). "
            "Of one column make an array (N, 1) with X.reshape(-1, 1)."
        )
    if declared.dtype.kind not in "biuf":
        raise TableError(f"{path} holds {declared.dtype}, expected real numbers. Convert it with X.astype(float).")
    if held < declared.n_bytes or not declared.shape[0]:
        raise TableError(
            f"{path} holds {held} bytes of numbers, expected {declared.n_bytes} for its shape {declared.shape}, and "
            "some rows. Write it again with numpy.save."
        )
    return NpyTable(path, np.lib.format.open_memmap(path, mode="r"))


def write_npy(path: Path, names: Sequence[str], values: Array) -> None:
    """Write values (N,) or (N, M) as an array; the names are not kept."""
    with path.open("wb") as file:
        np.save(file, values, allow_pickle=False)
