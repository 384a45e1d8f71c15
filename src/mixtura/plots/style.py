"""The one look of all pictures: colours, marks and sizes.

The colours are those of Okabe and Ito [1]_ without yellow, which is too pale for points and lines on white;
the dark wine of Tol [2]_ stands in its place. Under simulated loss of any one cone type [3]_ every two of them
stay apart by at least 16 units of CIE 1976 L*a*b*. From the ninth group on the colours come again with another
mark.

.. [1] M. Okabe and K. Ito, "Color Universal Design", 2008.
.. [2] P. Tol, "Colour Schemes", SRON technical note SRON/EPS/TN/09-002, 2021.
.. [3] G. Machado, M. Oliveira and L. Fernandes, "A physiologically-based model for simulation of color vision
   deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), 2009.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

COLOURS = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # bluish green
    "#D55E00",  # vermilion
    "#56B4E9",  # sky blue
    "#CC79A7",  # reddish purple
    "#882255",  # wine
    "#000000",  # black
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
INK = "#333333"  # lines and marks that belong to no group
PALE = "#D9D9D9"  # grid lines and bars behind everything

WIDTH, HEIGHT = 6.4, 4.8  # a new figure, in inches
SMALL = 9  # the smallest type, in points

MOST_TICKS = 15  # numbers of components are all named on an axis up to so many
_MOST_STRETCH = 10  # beyond this ratio of the two ranges, equal scales would flatten the picture to a line


def colour_of(group: int) -> str:
    """Return the colour of a component, cluster or line."""
    return COLOURS[group % len(COLOURS)]


def marker_of(group: int) -> str:
    """Return the mark of a component, cluster or line; with its colour it is unique among the first 64."""
    return MARKERS[group // len(COLOURS) % len(MARKERS)]


def dress(ax: "Axes", *, title: str, x_label: str, y_label: str) -> None:
    """Write title and labels, lay a light grid behind, and take away the upper and the right edge."""
    ax.set_title(title, fontsize="medium")
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    ax.grid(True, color=PALE, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def scale_equally(ax: "Axes", width: float, height: float, *, keep_limits: bool) -> None:
    """Give both axes one scale, so that a circle looks round, unless their ranges differ too much for it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes, already drawn on.
    width, height : float
        The ranges of the data along both axes.
    keep_limits : bool
        True makes the frame narrower; False widens the limits and keeps the frame, so that neighbours align.
    """
    if not height < width * _MOST_STRETCH or not width < height * _MOST_STRETCH:
        return
    # Matplotlib cannot widen limits that are shared with a neighbour.
    shared = any(len(group.get_siblings(ax)) > 1 for group in (ax.get_shared_x_axes(), ax.get_shared_y_axes()))
    ax.set_aspect("equal", adjustable="box" if keep_limits or shared else "datalim")
