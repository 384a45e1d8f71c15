"""The picture of singular values and of where one may cut them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.quantities import read_sequence, read_whole
from mixtura.plots.style import SMALL, colour_of, dress

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_LINES = ("--", "-.", ":", (0, (6, 1)), (0, (1, 1)))


def plot_singular_values(values: Any, cuts: Mapping[str, int] | None = None, ax: "Axes | None" = None) -> Display:
    """Draw singular values on a log axis, with a line at each suggested number of basis vectors.

    Values that are zero but for rounding (below n eps times the largest) are left out: a log axis has no
    room for them, and the title says how many they are.

    Parameters
    ----------
    values : sequence of float, length n
        The singular values, none of them negative, the largest first.
    cuts : mapping of str to int, optional
        How many vectors each rule would keep, such as ``{"knee": 43}``.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where a value is negative, NaN or infinite, all are zero, they rise, or a cut lies outside 1 to n.

    Examples
    --------
    >>> display = plot_singular_values([9.0, 4.0, 1.0, 0.1], {"knee": 2})
    >>> display.ax_.get_yscale()
    'log'
    >>> display.close()
    """
    heights = read_sequence("values", values)  # (n,)
    if heights.min() < 0 or heights[0] == 0 or (np.diff(heights) > 0).any():
        raise ValueError(
            f"values run from {heights[0]:g} to {heights[-1]:g} with the least {heights.min():g}; "
            "expected singular values: falling, none negative, not all zero"
        )
    kept = {name: read_whole(f"cuts[{name!r}]", cut, least=1, most=len(heights)) for name, cut in (cuts or {}).items()}

    ax = canvas.open_axes(ax)
    rank = int((heights > heights[0] * len(heights) * np.finfo(np.float64).eps).sum())
    ax.semilogy(np.arange(1, rank + 1), heights[:rank], color=colour_of(0), linewidth=2, label="singular values")
    for index, (name, cut) in enumerate(kept.items(), start=1):
        style = _LINES[(index - 1) % len(_LINES)]
        ax.axvline(cut, color=colour_of(index), linestyle=style, linewidth=1.6, label=f"{name}: keep {cut}")
    zeros = len(heights) - rank
    title = f"{len(heights)} singular values" + (f", {zeros} of them zero to rounding" if zeros else "")
    dress(
        ax,
        title=title,
        x_label="basis vector, by falling singular value",
        y_label="singular value (log scale)",
    )
    if kept:
        ax.legend(fontsize=SMALL, framealpha=1)
    return Display(ax)
