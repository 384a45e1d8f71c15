"""The picture of the entropy that merging removes, and of its elbow."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.components import count
from mixtura.plots.display import Display
from mixtura.plots.merging import read_merged
from mixtura.plots.style import INK, SMALL, colour_of, dress

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_AGAINST = {"clusters": "number of clusters", "rows": "rows whose clusters were joined, in all"}
"""What the horizontal axis may count, and its label."""


def plot_entropy(merged: Any, ax: "Axes | None" = None, *, against: str = "clusters") -> Display:
    """Draw the entropy of the memberships at each number of clusters, ring the chosen one, and show the elbow.

    Joining two parts of one cluster removes much entropy, joining two clusters little. The dashed lines are the two
    that fit the points best, one up to a number of clusters and one from it on, each by itself; that number is an elbow
    (Baudry et al. 2010, section 3).

    Parameters
    ----------
    merged : MergedGaussianMixture
        Fitted.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.
    against : {"clusters", "rows"}, default="clusters"
        What the horizontal axis counts: clusters, or the rows that were joined on the way to one cluster, which gives a
        join of large clusters more room.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        If ``against`` is unknown.
    sklearn.exceptions.NotFittedError
        Where it is not fitted.
    TypeError
        Where it is something else.

    Examples
    --------
    >>> from mixtura import MergedGaussianMixture
    >>> from mixtura.datasets import two_moons
    >>> X, _ = two_moons(random_state=0)
    >>> display = plot_entropy(MergedGaussianMixture(n_components=6, random_state=0).fit(X))
    >>> display.ax_.get_xlabel()
    'number of clusters'
    >>> display.close()
    """
    from mixtura.clusters.elbow import ELBOWS, PLACES

    tree, n_clusters, how = read_merged(merged)
    if against not in _AGAINST:
        raise ValueError(f"against is {against!r}; expected one of {', '.join(_AGAINST)}")
    label = _AGAINST[against]
    places, entropies = PLACES[against](tree), tree.entropies  # (K,), (K,)

    ax = canvas.open_axes(ax)
    ax.plot(places, entropies, color=colour_of(0), marker="o", markersize=5, linewidth=1.5)
    elbow = ELBOWS[against](tree)
    if tree.n_components > 2:
        said = f"two lines, up to {elbow} clusters and from there on"
        for part in (slice(None, elbow), slice(elbow - 1, None)):
            line = np.polyfit(places[part], entropies[part], 1) if len(places[part]) > 1 else (0.0, entropies[part][0])
            ax.plot(places[part], np.polyval(line, places[part]), color=INK, linestyle="--", linewidth=1, label=said)
            said = "_"
    ring: dict[str, Any] = {"marker": "o", "markersize": 14, "markerfacecolor": "none", "markeredgewidth": 1.8}
    ax.plot(
        places[n_clusters - 1],
        entropies[n_clusters - 1],
        color=INK,
        linestyle="none",
        label=f"{count(n_clusters, 'cluster')}, {how}",
        **ring,
    )
    dress(ax, title="entropy of the memberships", x_label=label, y_label="entropy in nats")
    if against == "clusters":
        ax.locator_params(axis="x", integer=True)
    ax.legend(fontsize=SMALL)
    return Display(ax)
