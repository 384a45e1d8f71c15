"""The picture of a search: its criterion against the number of components, a curve for each family."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.style import MARKERS, SMALL, colour_of, dress

if TYPE_CHECKING:
    from mixtura import GaussianMixtureSearch
    from mixtura.plots.canvas import Axes


def plot_criterion_curves(search: "GaussianMixtureSearch", ax: "Axes | None" = None) -> Display:
    """Draw the criterion that chose, a curve for each family, with a ring around the best.

    Parameters
    ----------
    search : GaussianMixtureSearch
        A fitted search. Where a pair failed, its curve has a gap.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixtureSearch
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> search = GaussianMixtureSearch(range(1, 4), covariance_type=["spherical", "full"], random_state=0).fit(X)
    >>> display = plot_criterion_curves(search)
    >>> display.ax_.get_ylabel()
    'BIC (lower is better)'
    >>> display.close()
    """
    from mixtura.selection import CRITERIA

    ax = canvas.open_axes(ax)
    criterion = CRITERIA[search.criterion]
    for index, (name, values) in enumerate(search.curves().items()):
        look: dict[str, Any] = {"color": colour_of(index), "marker": MARKERS[index // 8 % len(MARKERS)]}
        ax.plot(search.n_components_, values, **look, linewidth=1.5, markersize=5, label=name)
    best = search.best_params_
    ring: dict[str, Any] = {"marker": "o", "markersize": 14, "markerfacecolor": "none", "markeredgewidth": 1.8}
    label = f"best: {best['covariance_type']}, {best['n_components']}"
    ax.plot(best["n_components"], search.best_score_, **ring, color="black", linestyle="none", label=label)
    direction = "lower is better" if criterion.lower_is_better else "higher is better"
    dress(ax, title="", x_label="number of components", y_label=f"{criterion.label} ({direction})")
    ax.set_xticks(np.asarray(search.n_components_))
    ax.legend(fontsize=SMALL, ncols=2)
    return Display(ax)
