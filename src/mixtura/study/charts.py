"""Charts of the study: every measure against both numbers, and samples of the models."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mixtura.plots import Display, plot_image_grid
from mixtura.plots.canvas import open_axes
from mixtura.plots.style import INK, SMALL, colour_of, dress
from mixtura.study.bench import Cell
from mixtura.study.figures import MEASURES, Measure
from mixtura.study.grid import Group

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

__all__ = ["chart_measure", "chart_samples", "measured"]


def measured(group: Group) -> Iterator[Measure]:
    """List the measures that all models of a group have."""
    for measure in MEASURES:
        if all(measure.read(cell.figures) is not None for cell in group.cells):
            yield measure


def chart_measure(group: Group, measure: Measure, ax: "Axes | None" = None) -> "Axes":
    """Draw one measure against the number of components, a line for each number of basis vectors."""
    ax = open_axes(ax, width=5.4, height=3.4)
    counts = group.component_counts
    curves = np.array(
        [[measure.read(group.at(size, count).figures) for count in counts] for size in group.basis_sizes],
        dtype=np.float64,
    )  # (basis sizes, component counts)
    for number, size in enumerate(group.basis_sizes):
        ax.plot(
            counts, curves[number], color=colour_of(number), marker="o", markersize=4, linewidth=1.4, label=str(size)
        )
    logarithmic = measure.logarithmic and curves.min() > 0.0  # an unbiased distance may fall below 0
    floor = measure.read(group.floor)
    if floor is not None and (floor > 0 or not logarithmic):
        ax.axhline(floor, color=INK, linewidth=1.0, linestyle="--", label="real images")
    beneath = f"; real images {measure.write(group.floor)}" if floor is not None and floor <= 0 and logarithmic else ""
    least = curves.min()
    if measure.useless is not None and least < measure.useless < curves.max():  # else there is nothing to cut, or all
        ax.set_ylim(least - 0.05 * (measure.useless - least), measure.useless)
        for line, (number, column) in enumerate(np.argwhere(curves > measure.useless)):
            value, place = f"↑ {curves[number, column]:.4g}", (counts[column], measure.useless)
            ax.annotate(
                value,
                place,
                xytext=(-4, -12 * line - 8),
                textcoords="offset points",
                color=colour_of(int(number)),
                fontsize=SMALL,
                ha="right",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},  # curves end behind it
                zorder=5,
            )
    ax.set_xscale("log")
    if logarithmic:
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)))
        ticks = [tick for tick in np.outer(decades, [1, 2, 5]).ravel() if low <= tick <= high]
        ax.set_yticks(ticks, labels=[f"{tick:g}" for tick in ticks])  # powers of ten alone may be one, or none
    ax.set_xticks(counts, labels=[str(count) for count in counts])
    ax.minorticks_off()
    for_each = " for each class" if len(group.classes) > 1 else ""
    dress(ax, title=f"{measure.title} ({measure.better}{beneath})", x_label=f"components{for_each}", y_label="")
    ax.legend(
        title="basis vectors",
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),  # beside the axes, where it covers no line
        fontsize=SMALL - 1,
        title_fontsize=SMALL - 1,
    )
    return ax


def chart_samples(group: Group, cells: Sequence[Cell] | None = None) -> Display:
    """Draw real images, where there are any, then samples, a row for each model in the order of the table.

    Parameters
    ----------
    group : Group
    cells : sequence of Cell, optional
        Whose samples, such as ``group.rivals``. By default those of the grid.
    """
    cells = group.cells if cells is None else cells
    rows = [("real images", group.real)] if len(group.real) else []
    rows += [(cell.title, cell.samples) for cell in cells]
    n_columns = len(cells[0].samples)
    display = plot_image_grid(np.concatenate([images for _, images in rows]), n_columns=n_columns)
    tiles = display.ax_.images[::n_columns]
    for (title, _), tile in zip(rows, tiles, strict=True):
        left, _, bottom, top = tile.get_extent()
        display.ax_.text(
            left - 0.1,
            (bottom + top) / 2,
            title.replace(", ", "\n"),
            fontsize=SMALL,
            color=INK,
            ha="right",
            va="center",
        )
    return display
