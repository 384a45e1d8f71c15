"""Pictures: images and their classes as networks take them, shared by the neural generators."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.arrays import Array, FloatArray, IntArray, SingleArray
from mixtura.checks import check_count
from mixtura.images.checks import check_bytes, read_stack
from mixtura.images.classes import Classes, draw_classes
from mixtura.mixture import RandomSource

__all__ = ["Labels", "Pictures"]


@dataclass(frozen=True, eq=False)
class Pictures:
    """A stack of images, laid out as rows.

    Attributes
    ----------
    rows : array (n, D), float32
        Intensities.
    shape : tuple of int
        Of one image.
    """

    rows: SingleArray
    shape: tuple[int, ...]

    @classmethod
    def of(cls, images: Any, fitted: tuple[int, ...] | None = None, *, bytes_alone: bool = False) -> "Pictures":
        """Read a stack of images, of the `fitted` shape where there is one; floats too, or `bytes_alone`."""
        stack = read_stack(images, fitted)
        if bytes_alone:
            check_bytes(stack)
        rows = np.divide(stack.rows, stack.unit, dtype=np.float32, casting="unsafe")
        return cls(rows, stack.image_shape or ())


@dataclass(frozen=True, eq=False)
class Labels:
    """The classes that a generator was fitted to.

    Attributes
    ----------
    names : array (C,) or None
        The distinct labels, sorted; None where there were none.
    weights : array (C,)
        Their shares.
    """

    names: Array | None
    weights: FloatArray

    @classmethod
    def of(cls, classes: Classes) -> "Labels":
        """Keep what a fitted generator needs to know of its classes."""
        return cls(classes.names, classes.weights)

    @property
    def width(self) -> int:
        """Numbers that tell a network the class: one for each, none where there are no labels."""
        return 0 if self.names is None else len(self.names)

    def mark(self, numbers: IntArray) -> SingleArray:
        """Return classes as rows (n, width) with a single 1."""
        return np.eye(len(self.weights), dtype=np.float32)[numbers][:, : self.width]

    def draw(self, n: Any, label: Any, source: RandomSource) -> IntArray:
        """Return the classes of n images to be drawn: all of one label, or in proportion to their shares.

        Raises
        ------
        ValueError
            For n below 1, and for a label that is not known.
        """
        return draw_classes(check_count("n", n, 1), label, self.names, self.weights, source)
