"""Stacks: what several measures do with stacks of images, in blocks, so that memory stays bounded."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.images.checks import read_stack
from mixtura.images.pixels import Pixels, size_text

__all__ = ["check_alike", "intensities", "parts", "read_alike"]

_BLOCK = 8 * 2**20
"""Numbers in a block: 64 MiB."""


def read_alike(*stacks: Any) -> list[Pixels]:
    """Read stacks of images that are all of one size.

    Raises
    ------
    ValueError
        For bad images, and for a size unlike that of the first stack.
    """
    read = [read_stack(images) for images in stacks]
    for stack in read[1:]:
        check_alike(read[0].image_shape, stack.image_shape)
    return read


def check_alike(expected: tuple[int, ...] | None, got: tuple[int, ...] | None) -> None:
    """Raise where images are not of the expected size.

    Raises
    ------
    ValueError
        Naming both sizes.
    """
    if got != expected:
        raise ValueError(
            f"Got images of {size_text(got or ())}, but expected images of {size_text(expected or ())}, as the real "
            "ones are: crop, pad or resize them."
        )


def intensities(stack: Pixels, chosen: slice | IntArray) -> FloatArray:
    """Return the chosen rows as intensities (m, D)."""
    return np.divide(stack.rows[chosen], stack.unit, dtype=np.float64)


def parts(n: int, width: int) -> Iterator[slice]:
    """Cut n rows into blocks whose number of rows times `width` is at most eight million.

    Examples
    --------
    >>> [len(range(5)[part]) for part in parts(5, 4 * 2**20)]
    [2, 2, 1]
    """
    step = max(1, _BLOCK // max(1, width))
    for begin in range(0, n, step):
        yield slice(begin, min(n, begin + step))
