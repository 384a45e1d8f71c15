"""Rows: what measures take that compare points, such as features of images."""

from typing import Any

import numpy as np

from mixtura.arrays import FloatArray

__all__ = ["check_rows", "read_pair"]


def check_rows(name: str, rows: Any, least: int) -> FloatArray:
    """Return points as float64 (n, F).

    Raises
    ------
    ValueError
        If they are no finite table of at least `least` rows.
    """
    table = np.asarray(rows, dtype=np.float64)
    if table.ndim != 2 or len(table) < least or not table.shape[1]:
        raise ValueError(
            f"Got {name} of shape {table.shape}, but expected (n, F) with at least {least} rows: features of images, "
            "such as ImageClassifier.features gives, or pixels laid out as rows."
        )
    if not np.isfinite(table).all():
        raise ValueError(f"Got {name} with NaN or infinity, but expected finite numbers.")
    return table


def read_pair(real: Any, generated: Any, least: int) -> tuple[FloatArray, FloatArray]:
    """Return two tables (n, F) and (m, F) of the same features.

    Raises
    ------
    ValueError
        As `check_rows` does, and for unlike numbers of features.
    """
    first, second = check_rows("real", real, least), check_rows("generated", generated, least)
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            f"Got {first.shape[1]} features of real and {second.shape[1]} of generated images, but expected the same: "
            "take both from one classifier."
        )
    return first, second
