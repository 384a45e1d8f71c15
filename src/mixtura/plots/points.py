"""Points: what a picture accepts as X, and how it draws rows by group and marks the centres of groups."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_array

from mixtura.arrays import FloatArray, IntArray
from mixtura.plots.style import INK, SMALL, colour_of, marker_of

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

NOISE = -1
"""The label of rows that belong to no cluster."""

_MOST_NUMBERS = 10  # more centres than this are marked without their number, which would hide the points
_RASTER_FROM = 5_000  # more points than this become pixels in a PDF or SVG file, which stays small
_OPAQUE = 900  # dots times opacity, beyond some hundreds of them
_RIM_FROM = 12  # smaller marks than this, in square points, would be all rim


@dataclass(frozen=True)
class Points:
    """The checked rows of X and a label for each axis.

    Attributes
    ----------
    rows : ndarray of shape (n, D)
        Finite, in float64.
    labels : tuple of str, length D
        The column names of a data frame, or words.
    names : tuple of str, length D, optional
        The column names, where X has them as text.
    """

    rows: FloatArray  # (n, D)
    labels: tuple[str, ...]
    names: tuple[str, ...] | None = None

    @property
    def n_features(self) -> int:
        """D, the number of columns."""
        return int(self.rows.shape[1])


def read_points(X: Any) -> Points:
    """Check X before anything is drawn.

    Parameters
    ----------
    X : array-like or data frame of shape (n, D)
        At least one row of finite numbers.

    Raises
    ------
    ValueError
        Where X is not a table of numbers, is empty, or holds NaN or infinity.
    """
    rows: FloatArray = check_array(X, dtype=np.float64, ensure_all_finite=False, input_name="X")
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))  # (number of bad rows,)
    if bad.size:
        raise ValueError(
            f"X has NaN or infinity in {bad.size} of {len(rows)} rows, the first in row {bad[0]}; "
            "expected finite numbers: leave those rows out or fill them before drawing"
        )
    if not hasattr(X, "columns"):
        return Points(rows, plain_labels(rows.shape[1]))
    labels = tuple(str(column) for column in X.columns)
    return Points(rows, labels, labels if all(isinstance(column, str) for column in X.columns) else None)


def plain_labels(n_features: int) -> tuple[str, ...]:
    """Return labels for features without names, counted from 0 where they are more than two."""
    plain = {1: ("value",), 2: ("first feature", "second feature")}
    return plain.get(n_features, tuple(f"feature {place}" for place in range(n_features)))


def check_drawable(picture: str, points: Points, *, among: tuple[int, ...] = (1, 2)) -> None:
    """Refuse more columns than a flat picture can show, and say the two ways out."""
    if points.n_features not in among:
        raise ValueError(
            f"X has {points.n_features} features; {picture} draws {' or '.join(map(str, among))}: "
            "choose two columns, or project X to two (for example with "
            "sklearn.decomposition.PCA(n_components=2)), and fit on those"
        )


def _point_size(n: int) -> float:
    # The area of a mark, in square points: smaller where there are many.
    return float(np.clip(9_000 / n, 4, 30))


def draw_groups(ax: "Axes", positions: FloatArray, groups: IntArray, n_groups: int, shrink: float = 1.0) -> None:
    """Scatter positions (n, 2), each in the colour and mark of its group (n,), its area times ``shrink``."""
    size = shrink * _point_size(len(positions))
    for group in range(n_groups):
        x, y = positions[groups == group].T
        ax.scatter(
            x,
            y,
            s=size,
            color=colour_of(group),
            marker=marker_of(group),
            edgecolors="white",
            linewidths=0.3 if size > _RIM_FROM else 0,
            rasterized=len(positions) > _RASTER_FROM,
            zorder=2,
        )


def draw_plain(ax: "Axes", positions: FloatArray) -> None:
    """Scatter positions (n, 2) small and white with a dark rim: seen on any colour, and hiding little of it."""
    ax.scatter(
        positions[:, 0],
        positions[:, 1],
        s=_point_size(len(positions)) / 2,
        color="white",
        edgecolors=INK,
        linewidths=0.5,
        rasterized=len(positions) > _RASTER_FROM,
        zorder=2,
    )


def draw_noise(ax: "Axes", positions: FloatArray) -> None:
    """Scatter positions (n, 2) of rows that belong to no group as small crosses."""
    size = _point_size(len(positions)) if len(positions) else 0
    ax.scatter(
        positions[:, 0],
        positions[:, 1],
        s=size,
        color=INK,
        marker="x",
        linewidths=0.7,
        rasterized=len(positions) > _RASTER_FROM,
        zorder=2,
    )


def draw_dots(ax: "Axes", positions: FloatArray) -> None:
    """Scatter positions (n, 2) as dots that leave what is below them to be seen: the more, the paler."""
    size = _point_size(len(positions)) / 4
    opacity = float(np.clip(_OPAQUE / len(positions), 0.05, 0.6))
    many = len(positions) > _RASTER_FROM
    x, y = positions.T
    ax.scatter(x, y, s=size, color=INK, alpha=opacity, linewidths=0, rasterized=many, zorder=2)


def mark_centres(ax: "Axes", centres: FloatArray, groups: IntArray | None = None) -> None:
    """Mark centres (K, 2) with discs in the colour of their group (K,), and number them where they are few.

    Without groups, each centre is one of its own.
    """
    numbered = len(centres) <= _MOST_NUMBERS
    for group, (x, y) in zip(range(len(centres)) if groups is None else groups.tolist(), centres, strict=True):
        ax.scatter(
            [x],
            [y],
            s=115 if numbered else 45,
            color="white",
            marker="o" if numbered else marker_of(group),
            edgecolors=colour_of(group),
            linewidths=1.6,
            zorder=4,
        )
        if numbered:
            ax.annotate(
                str(group),
                (x, y),
                ha="center",
                va="center_baseline",
                fontsize=SMALL,
                fontweight="bold",
                color=INK,
                zorder=5,
                annotation_clip=True,
            )
