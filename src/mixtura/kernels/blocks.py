"""Blocks of rows, for kernels in NumPy: they stay in cache, and depend on the shape of the problem alone."""

from collections.abc import Iterator

import numpy as np

__all__ = ["BLOCK_NUMBERS", "NEGLIGIBLE", "block_rows", "blocks"]

BLOCK_NUMBERS = 2**17
"""Numbers in a block of rows and responsibilities: about 1 MiB, so that a block stays in cache."""

NEGLIGIBLE = 2.0**-53
"""A responsibility below this share of its row adds nothing to a float64 sum over it."""


def block_rows(n_features: int, n_components: int, numbers: int = BLOCK_NUMBERS) -> int:
    """Return how many rows of D features and K responsibilities a block has: never what the machine would like."""
    return int(np.clip(numbers // (n_features + n_components), 64, 8192))


def blocks(n_rows: int, size: int) -> Iterator[slice]:
    """Cut rows into runs of ``size``."""
    for start in range(0, n_rows, size):
        yield slice(start, start + size)
