"""The picture of images and of what more and more basis vectors make of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.arrays import Array
from mixtura.plots.display import Display
from mixtura.plots.tiles import draw_tiles, grey_limits, read_images

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def _read(name: str, images: Any) -> Array:
    one = np.ndim(images) == 2
    return read_images(name, [images] if one else images)


def plot_reconstructions(images_by_n: Mapping[int, Any], original: Any, ax: "Axes | None" = None) -> Display:
    """Draw originals at the left, and to the right their reconstructions from the first n basis vectors.

    All share the originals' grey scale: what a reconstruction has beyond it is drawn black or white.

    Parameters
    ----------
    images_by_n : mapping of int to array-like of shape (height, width) or (m, height, width)
        For each number of basis vectors, the reconstructions.
    original : array-like of shape (height, width) or (m, height, width)
        One image, or m of them: one row of the picture for each.
    ax : matplotlib.axes.Axes, optional
        Where to draw; all images share it. By default on a new figure made to measure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where there are no reconstructions, their shape is not the original's, or a number is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> original = np.eye(8)
    >>> display = plot_reconstructions({1: original / 8, 8: original}, original)
    >>> [text.get_text() for text in display.ax_.texts]
    ['original', 'n = 1', 'n = 8']
    >>> display.close()
    """
    if not isinstance(images_by_n, Mapping) or not images_by_n:
        raise ValueError(
            f"images_by_n is of type {type(images_by_n).__name__}; expected a mapping of numbers of basis "
            "vectors to images, not empty, such as {10: image}"
        )
    originals = _read("original", original)  # (m, height, width)
    columns = [originals]
    for n, images in images_by_n.items():
        reconstructions = _read(f"images_by_n[{n!r}]", images)
        if reconstructions.shape != originals.shape:
            raise ValueError(
                f"images_by_n[{n!r}] has shape {reconstructions.shape}, but original has {originals.shape}; "
                "expected as many images of the same size"
            )
        columns.append(reconstructions)
    stack = np.stack(columns, axis=1).reshape(-1, *originals.shape[1:])  # (m * columns, height, width), by rows
    titles = ["original", *(f"n = {n}" for n in images_by_n)]
    ax = draw_tiles(ax, stack, titles, len(columns), grey_limits(originals))
    ax.set_title("reconstructed from the first n basis vectors", fontsize="medium")
    return Display(ax)
