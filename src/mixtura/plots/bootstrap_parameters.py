"""The picture of how sure parameters are: a histogram of the replicates of each."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.style import INK, SMALL, colour_of

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes
    from mixtura.selection import ParameterReplicates

_CELL = (1.9, 1.45)  # inches
_GAP = 0.12  # between cells, as a part of a cell
_BINS = 30
_MOST = 8  # components or features: a grid of more could not be read
_WHAT = ("weights", "means", "variances")


def plot_bootstrap_parameters(
    replicates: "ParameterReplicates",
    what: str = "means",
    ax: "Axes | None" = None,
    *,
    level: float = 0.95,
    names: Any = None,
) -> Display:
    """Draw a histogram for each parameter: a column for each component, a row for each feature.

    The solid line is the estimate, the bar below the histogram its interval. The axes of a row are equally long, each
    about its own middle, so the widths of components can be compared.

    Parameters
    ----------
    replicates : ParameterReplicates
        What ``mixtura.selection.bootstrap_parameters`` returned.
    what : {"means", "weights", "variances"}, default="means"
        Which parameters.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.
    level : float, default=0.95
        The probability that the intervals have.
    names : sequence of str, length D, optional
        Of the features; by default those that the mixture was fitted with.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        If ``what`` is unknown, there are more than 8 components or features, or names do not match.
    TypeError
        If it is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> from mixtura.selection import bootstrap_parameters
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> replicates = bootstrap_parameters(GaussianMixture(1).fit(X), X, n_bootstrap=30, random_state=0)
    >>> display = plot_bootstrap_parameters(replicates)
    >>> len(display.ax_.child_axes)
    2
    >>> display.close()
    """
    if not hasattr(replicates, "standard_errors"):
        raise TypeError(
            f"replicates is of type {type(replicates).__name__}; expected what "
            "mixtura.selection.bootstrap_parameters returns"
        )
    if what not in _WHAT:
        raise ValueError(f"what is {what!r}; expected one of {', '.join(_WHAT)}")
    lower, upper = replicates.intervals(level)
    drawn, estimates, lows, highs = (
        _grid(parameters, what) for parameters in (replicates.replicates, replicates.estimates, lower, upper)
    )  # (B, K, rows), then (K, rows)
    n_components, n_rows = estimates.shape
    if max(n_components, n_rows) > _MOST:
        raise ValueError(
            f"there are {n_components} components and {n_rows} features; expected at most {_MOST} of either to be drawn"
        )
    titles = ["weight"] if what == "weights" else _names(replicates.feature_names if names is None else names, n_rows)

    ax = canvas.open_axes(ax, width=_CELL[0] * n_components + 0.6, height=_CELL[1] * n_rows + 1.0)
    ax.set_axis_off()
    width = 1 / (n_components + _GAP * (n_components - 1))
    height = 1 / (n_rows + 3 * _GAP * (n_rows - 1))
    for row in range(n_rows):
        least, most = drawn[:, :, row].min(axis=0), drawn[:, :, row].max(axis=0)  # (K,)
        reach = 0.55 * float((most - least).max()) or 0.5  # the same for all, so that widths can be compared
        tallest: Axes | None = None
        for k in range(n_components):
            corner = (k * width * (1 + _GAP), 1 - row * height * (1 + 3 * _GAP) - height)
            cell = ax.inset_axes((*corner, width, height), sharey=tallest)
            tallest = tallest or cell
            bins = (least[k] + most[k]) / 2 + reach * np.linspace(-1, 1, _BINS + 1)
            counts, _ = np.histogram(drawn[:, k, row], bins=bins)
            cell.stairs(counts, bins, fill=True, color=(colour_of(k), 0.45))
            cell.axvline(estimates[k, row], color=INK, linewidth=1.4)
            below = -0.08 * counts.max()
            ends = [lows[k, row], highs[k, row]]
            cell.plot(ends, [below, below], color=colour_of(k), linewidth=4, solid_capstyle="butt")
            cell.tick_params(labelsize=SMALL, left=False, labelleft=False)
            cell.locator_params(axis="x", nbins=2)  # of three the numbers touch those of the next cell
            cell.spines[["top", "right", "left"]].set_visible(False)
            cell.set_title(f"component {k}" if row == 0 else "", fontsize=SMALL)
            cell.set_ylabel(titles[row] if k == 0 else "", fontsize=SMALL)
    count = len(drawn)
    ax.set_title(f"{what} in {count} replicates; bars: intervals of {100 * level:g} %", fontsize="medium", pad=20)
    return Display(ax)


def _grid(parameters: Any, what: str) -> Any:
    """Return parameters as (..., K, rows): a row for each feature, or one of weights."""
    grids = {
        "weights": lambda: np.asarray(parameters.weights)[..., None],
        "means": lambda: np.asarray(parameters.means),
        "variances": lambda: np.diagonal(parameters.covariances, axis1=-2, axis2=-1),
    }
    return grids[what]()


def _names(names: Any, n_features: int) -> list[str]:
    if names is None:
        return [f"feature {place}" for place in range(n_features)]
    if len(names) != n_features:
        raise ValueError(f"names has {len(names)} entries; expected {n_features}, one for each feature")
    return [str(name) for name in names]
