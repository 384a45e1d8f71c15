"""Density kinds: the ways to draw a density over the plane or the line, and the table of their names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.plots import canvas
from mixtura.plots.components import Components
from mixtura.plots.points import Points, draw_dots
from mixtura.plots.regions import SHARES, highest_density_levels
from mixtura.plots.style import INK, PALE, SMALL, colour_of

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_STEPS = 201  # grid lines each way
_RUG = 200  # more values than this are not drawn one by one below a curve


@dataclass(frozen=True)
class Field:
    """A density over a rectangle of the plane, and the points there, if any.

    Attributes
    ----------
    components : Components
        Of two features.
    x, y : ndarray of shape (steps,)
        The grid lines.
    heights : ndarray of shape (steps, steps)
        The density, row by row of rising y.
    points : Points or None
        To draw too.
    """

    components: Components
    x: FloatArray  # (steps,)
    y: FloatArray  # (steps,)
    heights: FloatArray  # (steps, steps)
    points: Points | None

    @classmethod
    def over(
        cls, components: Components, rectangle: tuple[float, float, float, float], points: Points | None
    ) -> "Field":
        """Evaluate the density of components of two features over (left, right, bottom, top)."""
        left, right, bottom, top = rectangle
        x, y = np.linspace(left, right, _STEPS), np.linspace(bottom, top, _STEPS)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)  # (steps * steps, 2)
        heights = components.heights(grid).reshape(_STEPS, _STEPS)
        return cls(components, x, y, heights, points)

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, right, bottom, top."""
        return float(self.x[0]), float(self.x[-1]), float(self.y[0]), float(self.y[-1])


@dataclass(frozen=True)
class Kind:
    """A way to draw a field: what the title says of it, and the function that draws."""

    words: str
    draw: Callable[["Axes", Field, tuple[str, ...]], None]


def draw_profile(ax: "Axes", components: Components, values: FloatArray | None, shaded: bool = True) -> str:
    """Draw the density of one feature as a curve, over regions of highest density; return what these are in words."""
    mean, deviation = components.means[:, 0], np.sqrt(components.covariances[:, 0, 0])
    near = mean + deviation * np.linspace(-4, 4, 161)[:, None]  # (161, K): a narrow component keeps its peak
    x = np.sort(np.concatenate([np.linspace(near.min(), near.max(), 400), near.ravel()]))
    heights = components.heights(x[:, None])
    if values is not None:
        bins = min(len(np.histogram_bin_edges(values, bins="auto")), 60)
        ax.hist(values, bins=bins, density=True, color=PALE, zorder=1)
        if len(values) <= _RUG:
            ax.plot(values, np.zeros(len(values)), "|", color=INK, markersize=7, markeredgewidth=0.6, zorder=2.5)
    regions = zip(SHARES[::-1], highest_density_levels(components)[::-1], strict=True) if shaded else ()
    for share, level in regions:
        look: dict[str, Any] = {"color": (colour_of(0), 0.5 - 0.4 * share), "linewidth": 0, "zorder": 2}
        ax.fill_between(x, heights, where=heights >= level, **look)
    ax.plot(x, heights, color=colour_of(0), linewidth=1.6, zorder=3)
    ax.set_ylim(0, None)
    return _REGIONS


def _draw_regions(ax: "Axes", field: Field, labels: tuple[str, ...]) -> None:
    _draw_points(ax, field)
    levels = np.sort(highest_density_levels(field.components))  # rising: 75, 50, 25 %
    tints = _tints()
    top = max(float(field.heights.max()), float(levels[-1]) * 1.001)
    ax.contourf(field.x, field.y, field.heights, levels=[*levels, top], colors=tints, alpha=0.85, zorder=1.2)
    ax.contour(field.x, field.y, field.heights, levels=levels, colors=INK, linewidths=0.8, zorder=1.3)
    if labels[0]:
        list_regions(ax)
    _cut(ax, field)


def list_regions(ax: "Axes") -> None:
    """Say in a legend which tint is the region of which probability."""
    for share, tint in zip(SHARES, _tints()[::-1], strict=True):
        look: dict[str, Any] = {"marker": "s", "markersize": 9, "markeredgecolor": INK, "linestyle": "none"}
        ax.plot([], [], color=tint, label=f"{100 * share:g} %", **look)
    ax.legend(fontsize=SMALL, loc="best" if ax.axison else "upper right")


def _tints() -> list[tuple[float, float, float]]:
    """Return the colours of the regions, that of the largest first."""
    return [canvas.blend(colour_of(0), "white", share) for share in (0.75, 0.5, 0.25)]


def _draw_contours(ax: "Axes", field: Field, labels: tuple[str, ...]) -> None:
    _draw_points(ax, field)
    levels = field.heights.max() * np.linspace(0, 1, 12)[1:-1]
    shades = canvas.shade(colour_of(0))(np.linspace(0.35, 1, len(levels)))
    ax.contour(field.x, field.y, field.heights, levels=levels, colors=shades, linewidths=1.1, zorder=2.5)
    _cut(ax, field)


def _draw_image(ax: "Axes", field: Field, labels: tuple[str, ...]) -> None:
    image = ax.pcolormesh(
        field.x, field.y, field.heights, cmap=canvas.shade(colour_of(0)), vmin=0, shading="gouraud", rasterized=True
    )
    _draw_points(ax, field)
    if labels[0]:
        bar = ax.figure.colorbar(image, cax=ax.inset_axes((1.03, 0, 0.04, 1)))
        bar.set_label("density")
        bar.outline.set_visible(False)
    _cut(ax, field)


def _draw_surface(ax: "Axes", field: Field, labels: tuple[str, ...]) -> None:
    ax.set_axis_off()
    solid: Any = ax.inset_axes((0, 0, 1, 1), projection="3d")
    x, y = np.meshgrid(field.x, field.y)
    solid.plot_surface(x, y, field.heights, cmap="viridis", rcount=70, ccount=70, linewidth=0, antialiased=True)
    solid.set(xlabel=labels[0], ylabel=labels[1], zlabel="density")
    solid.locator_params(nbins=5)


def _draw_points(ax: "Axes", field: Field) -> None:
    if field.points:
        draw_dots(ax, field.points.rows)


def _cut(ax: "Axes", field: Field) -> None:
    left, right, bottom, top = field.edges
    ax.set(xlim=(left, right), ylim=(bottom, top))


_REGIONS = "regions of highest density: 25, 50 and 75 % of the probability"
SURFACE = Kind("its height over the plane", _draw_surface)
REGIONS = Kind(_REGIONS, _draw_regions)
KINDS: dict[str, Kind] = {
    "regions": REGIONS,
    "contours": Kind("ten lines, in equal steps of density", _draw_contours),
    "image": Kind("the darker, the denser", _draw_image),
    "surface": SURFACE,
}
"""What users name, and what it draws."""
