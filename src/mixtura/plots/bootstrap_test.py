"""The picture of a bootstrap likelihood-ratio test: what chance gives, and what the data gave."""

from typing import TYPE_CHECKING

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.quantities import read_whole
from mixtura.plots.style import INK, SMALL, colour_of, dress

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes
    from mixtura.selection import LikelihoodRatioTest

_FILLED = 0.75
"""The share of the height that bars and lines fill; the legend has its place above them."""


def plot_bootstrap_test(
    test: "LikelihoodRatioTest", n_components: int | None = None, ax: "Axes | None" = None
) -> Display:
    """Draw the statistics of the replicates as a histogram, with that of the data as a line.

    Parameters
    ----------
    test : LikelihoodRatioTest
        What ``mixtura.selection.bootstrap_likelihood_ratio`` returned.
    n_components : int, optional
        Which of its tests: that of so many components against one more. By default the last one.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        If there was no such test, or none of its replicates could be fitted.
    TypeError
        If it is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura.selection import bootstrap_likelihood_ratio
    >>> X = np.random.default_rng(0).normal(size=(60, 1))
    >>> test = bootstrap_likelihood_ratio(X, max_components=2, n_bootstrap=39, random_state=0)
    >>> display = plot_bootstrap_test(test)
    >>> display.ax_.get_xlabel()
    'likelihood-ratio statistic'
    >>> display.close()
    """
    if not hasattr(test, "p_values"):
        raise TypeError(
            f"test is of type {type(test).__name__}; expected what mixtura.selection.bootstrap_likelihood_ratio returns"
        )
    numbers = [int(number) for number in test.n_components]
    asked = numbers[-1] if n_components is None else read_whole("n_components", n_components, least=1)
    if asked not in numbers:
        raise ValueError(f"n_components is {asked}; the tests were of {', '.join(map(str, numbers))} against one more")
    place = numbers.index(asked)
    replicates, statistic = test.replicates[place], float(test.statistics[place])
    if not len(replicates):
        raise ValueError(f"none of the replicates of the test of {asked} components could be fitted; nothing to draw")

    ax = canvas.open_axes(ax)
    label = f"{len(replicates)} data sets of {asked} component{'s' * (asked > 1)}"
    heights, _, _ = ax.hist(replicates, bins="auto", color=(colour_of(0), 0.6), label=label)
    ax.axvline(statistic, color=colour_of(3), linewidth=2, ymax=_FILLED, label=f"the data: {statistic:.3g}")
    if test.level is not None:
        bound = float(np.quantile(replicates, 1 - test.level))
        said = f"{100 * (1 - test.level):g} % of the data sets lie below"
        ax.axvline(bound, color=INK, linewidth=1.2, linestyle="--", ymax=_FILLED, label=said)
    ax.set_ylim(0, float(np.max(heights)) / _FILLED)
    title = f"{asked} against {asked + 1} components, p = {test.p_values[place]:.3g}"
    dress(ax, title=title, x_label="likelihood-ratio statistic", y_label="data sets")
    ax.legend(fontsize=SMALL, loc="upper right")
    return Display(ax)
