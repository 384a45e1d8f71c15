"""The picture of a fit's progress."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import NotFittedError

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.quantities import read_sequence
from mixtura.plots.style import colour_of, dress

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_MOST_MARKS = 40  # more iterations than this are a bare line: their marks would run together


def plot_convergence(gmm_or_history: Any, ax: "Axes | None" = None) -> Display:
    """Draw the log-likelihood against the iteration of EM.

    Parameters
    ----------
    gmm_or_history : fitted estimator or sequence of float
        A mixture with ``lower_bounds_`` (the mean log-likelihood per row, one entry per iteration): the title
        then says whether it converged. Or the history itself, as log-likelihoods on any scale.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where the history is empty, not flat, or holds NaN or infinity.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.

    Examples
    --------
    >>> display = plot_convergence([-3.1, -2.4, -2.2, -2.19])
    >>> display.ax_.get_title()
    '4 iterations'
    >>> display.close()
    """
    label, ending = "log-likelihood", ""
    history = gmm_or_history
    if hasattr(gmm_or_history, "fit"):
        if not hasattr(gmm_or_history, "lower_bounds_"):
            raise NotFittedError(
                f"this {type(gmm_or_history).__name__} has no lower_bounds_; call fit(X) before drawing it, "
                "or, where its version keeps none, pass the log-likelihoods as a sequence"
            )
        history = gmm_or_history.lower_bounds_
        label = "mean log-likelihood per row"
        ending = ", converged" if gmm_or_history.converged_ else ", stopped before convergence"
    heights = read_sequence("the history", history)  # (n_iterations,)

    ax = canvas.open_axes(ax)
    marker = "o" if len(heights) <= _MOST_MARKS else None
    iterations = np.arange(1, len(heights) + 1)
    ax.plot(iterations, heights, color=colour_of(0), linewidth=1.5, marker=marker, markersize=4)
    count = f"{len(heights)} iteration{'s' * (len(heights) > 1)}"
    dress(ax, title=count + ending, x_label="iteration", y_label=label)
    ax.locator_params(axis="x", integer=True)
    ax.ticklabel_format(axis="y", style="plain", useOffset=False)
    return Display(ax)
