"""Tiles: images side by side in one axes, with a title above each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.arrays import Array
from mixtura.plots import canvas
from mixtura.plots.style import INK, SMALL

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_GAP = 0.06  # between tiles, as a part of a tile's width
_TITLE = 0.2  # the room for a title, in inches
_FRAME = 0.3  # the room around all tiles of a new figure, in inches
_PAGE = 9.0  # the width that the pictures of a report have, in inches
_TILE = (0.35, 1.1)  # the least and the greatest width of a tile in a new figure, in inches


def read_images(name: str, images: Any) -> Array:
    """Check a stack of grey images and return it as an array of shape (n, height, width).

    Raises
    ------
    ValueError
        Where it is no such stack, is empty, or holds something else than finite numbers.
    """
    try:
        stack = np.asarray(images)
    except ValueError:
        raise ValueError(f"{name} differ in shape; expected images of one height and width") from None
    if stack.dtype.kind not in "buif":
        raise ValueError(f"{name} hold {stack.dtype}; expected numbers")
    if stack.ndim != 3 or not stack.size:
        raise ValueError(
            f"{name} have shape {stack.shape}; expected (n, height, width) with n at least 1: "
            "flat images become so by X.reshape(-1, height, width)"
        )
    if not np.isfinite(stack).all():
        raise ValueError(f"{name} hold NaN or infinity; expected finite numbers")
    return stack


def grey_limits(stack: Array) -> tuple[float, float]:
    """Return which numbers are black and white: 0, 255 for bytes; 0, 1 where all fit; else the extremes.

    Examples
    --------
    >>> grey_limits(np.array([0.2, 0.7]))
    (0.0, 1.0)
    >>> grey_limits(np.array([0.0, 16.0]))
    (0.0, 16.0)
    """
    if stack.dtype == np.uint8:
        return 0.0, 255.0
    low, high = float(stack.min()), float(stack.max())
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def draw_tiles(
    ax: "Axes | None",
    stack: Array,
    titles: Sequence[str],
    n_columns: int,
    limits: tuple[float, float],
) -> "Axes":
    """Draw images (n, height, width) row by row, and return the axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Where to draw; a new figure is made to measure.
    stack : ndarray of shape (n, height, width)
        The images.
    titles : sequence of str, length 0 to n
        What to write above the first images.
    n_columns : int
        Images to a row.
    limits : (float, float)
        The numbers that are black and white.
    """
    n, height, width = stack.shape
    n_rows, aspect, room = -(-n // n_columns), height / width, _TITLE if titles else 0.0
    rows_with_titles = -(-len(titles) // n_columns)
    if ax is None:
        tile = float(np.clip(_PAGE / n_columns, *_TILE))
        size = (n_columns * tile * (1 + _GAP), n_rows * tile * (aspect + _GAP) + rows_with_titles * room)
        ax = canvas.open_axes(None, width=size[0] + _FRAME, height=size[1] + _FRAME)
    else:
        ax = canvas.open_axes(ax)
        box = ax.get_window_extent()
        dots = ax.figure.figure.dpi
        by_width = box.width / dots / (n_columns * (1 + _GAP))
        by_height = (box.height / dots - rows_with_titles * room) / (n_rows * (aspect + _GAP))
        tile = max(min(by_width, by_height), _TILE[0])

    y = 0.0  # the units are tile widths; y grows downwards
    for row in range(n_rows):
        y += room / tile if row < rows_with_titles else 0
        for index in range(row * n_columns, min((row + 1) * n_columns, n)):
            x = (index - row * n_columns) * (1 + _GAP)
            edges = (x, x + 1, y + aspect, y)
            ax.imshow(stack[index], extent=edges, cmap="gray", vmin=limits[0], vmax=limits[1])
            if index < len(titles):
                ax.annotate(
                    titles[index],
                    (x + 0.5, y),
                    xytext=(0, 2),  # points
                    textcoords="offset points",
                    ha="center",
                    va="bottom",
                    fontsize=SMALL,
                    color=INK,
                )
        y += aspect + _GAP
    ax.set(xlim=(0, n_columns * (1 + _GAP) - _GAP), ylim=(y - _GAP, 0))
    ax.set_aspect("equal", adjustable="box")
    ax.set_axis_off()
    return ax
