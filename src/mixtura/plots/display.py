"""What every picture returns."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixtura.plots import canvas

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes, Figure


@dataclass(frozen=True)
class Display:
    """A finished picture: draw more on ``ax_``, or save it with ``figure_.savefig``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes that hold the picture.

    Examples
    --------
    >>> from mixtura.plots import plot_convergence
    >>> display = plot_convergence([-3.1, -2.4, -2.2, -2.19])
    >>> display.ax_.get_xlabel()
    'iteration'
    >>> display.figure_ is display.ax_.figure
    True
    >>> display.close()
    """

    ax_: "Axes"

    @property
    def figure_(self) -> "Figure":
        """The whole figure, also where the axes lie in a part of it."""
        return self.ax_.figure.figure

    def close(self) -> None:
        """Free the figure. Scripts that draw many call this: pyplot keeps every figure until it is closed."""
        canvas.close_figure(self.figure_)
