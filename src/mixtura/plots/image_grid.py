"""The picture of many images side by side."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from mixtura.plots.display import Display
from mixtura.plots.quantities import read_whole
from mixtura.plots.tiles import draw_tiles, grey_limits, read_images

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def plot_image_grid(
    images: Any,
    titles: Sequence[Any] | None = None,
    n_columns: int | None = None,
    ax: "Axes | None" = None,
) -> Display:
    """Draw grey images row by row, all on one grey scale.

    Parameters
    ----------
    images : array-like of shape (n, height, width)
        Bytes are drawn from 0 to 255, numbers within [0, 1] from 0 to 1, others from their least to their
        greatest.
    titles : sequence, length n, optional
        What to write above each, such as its class.
    n_columns : int, optional
        Images to a row. By default about as many as there are rows, and five at least.
    ax : matplotlib.axes.Axes, optional
        Where to draw; all images share it. By default on a new figure made to measure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where the images are no stack of finite numbers, or there are fewer or more titles than images.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits()
    >>> display = plot_image_grid(digits.images[:10], titles=digits.target[:10])
    >>> len(display.ax_.images)
    10
    >>> display.close()
    """
    stack = read_images("images", images)  # (n, height, width)
    n = len(stack)
    words = [] if titles is None else [str(title) for title in titles]
    if titles is not None and len(words) != n:
        raise ValueError(f"titles has {len(words)} entries for {n} images; expected one for each")
    if n_columns is None:
        n_columns = max(5, ceil(sqrt(n)))
    n_columns = min(n, read_whole("n_columns", n_columns, least=1))
    return Display(draw_tiles(ax, stack, words, n_columns, grey_limits(stack)))
