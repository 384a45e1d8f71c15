"""The canvas: the one file that imports matplotlib, when the first picture is drawn and not before."""

from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from mixtura.extras import require
from mixtura.plots.style import HEIGHT, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.colors import Colormap as Colormap
    from matplotlib.figure import Figure as Figure
    from matplotlib.patches import Ellipse as Ellipse


def _matplotlib(module: str) -> ModuleType:
    return require(f"matplotlib.{module}", extra="plots", purpose="pictures")


def open_axes(ax: "Axes | None", *, width: float = WIDTH, height: float = HEIGHT) -> "Axes":
    """Return ``ax`` itself, or the axes of a new figure where it is None.

    A new figure comes from pyplot, so that a notebook shows it at the end of its cell. It keeps its labels
    inside by the tight layout: ``plt.tight_layout()`` may follow.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Where to draw.
    width, height : float
        Size of a new figure, in inches.

    Raises
    ------
    TypeError
        Where ``ax`` is something else, such as the array that ``plt.subplots(1, 2)`` returns.
    """
    pyplot = _matplotlib("pyplot")
    if ax is None:
        _, ax = pyplot.subplots(figsize=(width, height), layout="tight")
    elif not isinstance(ax, _matplotlib("axes").Axes):
        raise TypeError(
            f"ax is of type {type(ax).__name__}; expected one matplotlib Axes or None: "
            "of several axes pass one, such as axes[0]"
        )
    return cast("Axes", ax)


def close_figure(figure: "Figure") -> None:
    """Let pyplot forget a figure; one that pyplot never knew is left as it is."""
    _matplotlib("pyplot").close(figure)


def ellipse(centre: tuple[float, float], width: float, height: float, angle: float, **look: Any) -> "Ellipse":
    """Return an ellipse by its full axes (in data units) and its turn (in degrees, anticlockwise)."""
    patch: Ellipse = _matplotlib("patches").Ellipse(centre, width, height, angle=angle, **look)
    return patch


def shade(colour: str) -> "Colormap":
    """Return the colour map from white, at 0, to ``colour``, at 1."""
    name = f"white to {colour}"
    shades: Colormap = _matplotlib("colors").LinearSegmentedColormap.from_list(name, ["white", colour])
    return shades


def blend(colour: str, other: str, share: float) -> tuple[float, float, float]:
    """Return a colour that is ``share`` of the other one (0 to 1), and the rest of the first."""
    to_rgb = _matplotlib("colors").to_rgb
    red, green, blue = ((1 - share) * a + share * b for a, b in zip(to_rgb(colour), to_rgb(other), strict=True))
    return red, green, blue
