"""Pairs: a matrix of small pictures, one for each two features, and one for each feature on the diagonal."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mixtura.plots import canvas
from mixtura.plots.style import SMALL

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

MOST_FEATURES = 8
"""A matrix of more could not be read."""

_CELL = (1.9, 1.7)  # width and height of a cell of a new figure, in inches
_GAP = 0.09  # between two cells, as a part of a cell


def check_features(picture: str, n_features: int) -> None:
    """Refuse more features than a matrix of pictures can show, and say the ways out."""
    if n_features > MOST_FEATURES:
        raise ValueError(
            f"X has {n_features} features; {picture} draws up to {MOST_FEATURES}: choose some of them and fit on "
            "those, or draw the plane that shows the clusters best with plot_projection"
        )


def size_for(n_features: int) -> tuple[float, float]:
    """Return the width and height in inches of a figure that shows a matrix of so many features."""
    return _CELL[0] * n_features, _CELL[1] * n_features


def draw_pairs(
    ax: "Axes | None",
    labels: tuple[str, ...],
    draw_two: Callable[["Axes", list[int]], None],
    draw_one: Callable[["Axes", int], None],
) -> "Axes":
    """Draw the lower triangle of a matrix of small pictures inside one axes, and return that axes.

    The upper triangle would show the same pairs again; its room is left to a legend.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Where to draw. Its own frame goes; on a new figure if None.
    labels : tuple of str, length D
        A name for each feature.
    draw_two : callable
        Called with axes and two features [i, j]: draws j against i.
    draw_one : callable
        Called with axes and one feature i, for the diagonal.
    """
    n = len(labels)
    width, height = size_for(n)
    ax = canvas.open_axes(ax, width=width, height=height)
    ax.set_axis_off()
    side = 1 / (n + _GAP * (n - 1))
    tops: list[Axes] = []  # of the columns: what lies below shares their horizontal axis
    lefts: list[Axes] = []  # of the rows: what lies beside shares their vertical axis, but for the diagonal
    for row in range(n):
        for column in range(row + 1):
            corner = (column * side * (1 + _GAP), 1 - row * side * (1 + _GAP) - side)
            above = tops[column] if column < row else None
            beside = lefts[row] if 0 < column < row else None
            cell = ax.inset_axes((*corner, side, side), sharex=above, sharey=beside)
            tops += [cell] if row == column else []
            lefts += [cell] if column == 0 else []
            if row == column:
                draw_one(cell, row)
            else:
                draw_two(cell, [column, row])
            cell.locator_params(nbins=3)
            cell.tick_params(labelsize=SMALL, labelleft=column == 0 < row, labelbottom=row == n - 1)
            if row == column:
                cell.tick_params(left=False)
            cell.set_xlabel(labels[column] if row == n - 1 else "", fontsize=SMALL)
            cell.set_ylabel(labels[row] if column == 0 < row else "", fontsize=SMALL)
            cell.set_title(labels[row] if row == column else "", fontsize=SMALL)
            cell.grid(False)
            cell.spines[["top", "right"]].set_visible(False)
    return ax
