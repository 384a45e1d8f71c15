"""Figures: drawn at the size of the page, made into pictures, and closed."""

import re
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.lab.activity import Picture
from mixtura.plots import Display
from mixtura.plots.canvas import close_figure, open_axes
from mixtura.plots.points import draw_groups
from mixtura.plots.style import dress, scale_equally

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes, Figure

__all__ = ["HALF", "WHOLE", "capture", "panel", "scatter_groups"]

HALF = (4.4, 3.9)
"""Width and height in inches of a figure that shares a row of the page with another."""

WHOLE = (6.8, 4.2)
"""Width and height in inches of a figure that has a row for itself."""

_PIXELS = 96  # CSS pixels to the inch
_SHARPNESS = 2  # dots of a PNG to a CSS pixel
_MOST_SVG = 150_000  # bytes; a larger drawing is smaller as PNG


def panel(size: tuple[float, float] = HALF) -> "Axes":
    """Open the axes of a new figure of this width and height in inches."""
    width, height = size
    return open_axes(None, width=width, height=height)


def scatter_groups(X: FloatArray, groups: IntArray, title: str) -> "Axes":
    """Draw points (n, 2) of the plane, each in the colour and mark of its group (n,), on a new panel."""
    ax = panel()
    draw_groups(ax, X, groups, int(groups.max()) + 1)
    dress(ax, title=title, x_label="first feature", y_label="second feature")
    scale_equally(ax, *np.ptp(X, axis=0), keep_limits=False)
    return ax


def capture(drawn: "Display | Axes", *, alt: str, caption: str = "") -> Picture:
    """Make a picture of a whole figure, and close the figure.

    Lines stay lines (SVG) unless they are so many that dots (PNG) need less room; what shows images becomes PNG.

    Parameters
    ----------
    drawn : Display or matplotlib.axes.Axes
        What is on the figure.
    alt, caption : str
        As in `Picture`.
    """
    ax = drawn.ax_ if isinstance(drawn, Display) else drawn
    figure: Figure = ax.figure.figure
    try:
        content, media_type = b"", "image/svg+xml"
        if not any(axes.images for axes in figure.axes):
            content = _name_in_order(_save(figure, "svg"))
        if not content or len(content) > _MOST_SVG:
            content, media_type = _save(figure, "png"), "image/png"
        width, height = (round(_PIXELS * float(inches)) for inches in figure.get_size_inches())
    finally:
        close_figure(figure)
    return Picture(content, media_type, width, height, alt, caption)


def _save(figure: "Figure", kind: str) -> bytes:
    file = BytesIO()
    _lay_out(figure)
    nothing = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    figure.savefig(file, format=kind, dpi=_PIXELS * _SHARPNESS, facecolor="white", metadata=nothing)
    return file.getvalue()


def _lay_out(figure: "Figure") -> None:
    """Find the places of all parts, in one pass; ``savefig`` would take two, and draw the figure once more."""
    if figure.get_layout_engine() is not None:
        figure.set_dpi(_PIXELS * _SHARPNESS)
        figure.tight_layout()
        figure.set_layout_engine(None)


def _name_in_order(drawing: bytes) -> bytes:
    """Replace the random names that matplotlib gives to marks and clips by counted ones: same figure, same bytes."""
    text = drawing.decode("utf-8")
    text = text[text.index("<svg") :]  # what comes before names the format, which the page does too
    names: dict[str, str] = {}
    for name in re.findall(r'\bid="([^"]+)"', text):
        names.setdefault(name, f"n{len(names)}")

    def rename(match: "re.Match[str]") -> str:
        return f"{match[1]}{names.get(match[2], match[2])}{match[3]}"

    return re.sub(r'(\bid="|href="#|url\(#)([^")]+)([")])', rename, text).encode("utf-8")
