"""The picture of the order in which components became clusters."""

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.cluster.hierarchy import dendrogram

from mixtura.arrays import FloatArray
from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.merging import read_merged
from mixtura.plots.style import INK, SMALL, colour_of, dress

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_HEIGHTS = {"step": "step", "entropy": "entropy removed so far, in nats"}
_MOST_NAMED = 30  # more joins than this have no room for their overlap


def plot_merge_tree(merged: Any, ax: "Axes | None" = None, *, height: str = "step") -> Display:
    """Draw the tree in which components were joined, coloured by the clusters, with the overlap of what was joined.

    Parameters
    ----------
    merged : MergedGaussianMixture
        Fitted.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.
    height : {"step", "entropy"}, default="step"
        What the vertical axis shows of each join: which step it was, or the entropy that is gone by then, which says
        how much was gained but leaves the last joins little room.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        If ``height`` is unknown, or there is but one component.
    sklearn.exceptions.NotFittedError
        Where it is not fitted.
    TypeError
        Where it is something else.

    Examples
    --------
    >>> from mixtura import MergedGaussianMixture
    >>> from mixtura.datasets import two_moons
    >>> X, _ = two_moons(random_state=0)
    >>> display = plot_merge_tree(MergedGaussianMixture(2, n_components=6, random_state=0).fit(X))
    >>> display.ax_.get_title()
    '6 components in 2 clusters\\nat each join, the overlap of what it joined'
    >>> display.close()
    """
    tree, n_clusters, _ = read_merged(merged)
    if height not in _HEIGHTS:
        raise ValueError(f"height is {height!r}; expected one of {', '.join(_HEIGHTS)}")
    n_components = tree.n_components
    if n_components == 1:
        raise ValueError("there is one component, so nothing was merged; expected at least two")
    linkage = tree.linkage
    steps: FloatArray = np.arange(1.0, n_components)
    order = dendrogram(linkage, no_plot=True)["leaves"]
    places = np.r_[np.argsort(order).astype(float), np.empty(n_components - 1)]  # of components, then of joins
    heights = np.r_[np.zeros(n_components), steps if height == "step" else linkage[:, 2]]
    clusters = np.r_[tree.cluster_of(n_clusters), np.full(n_components - 1, -1)]

    ax = canvas.open_axes(ax)
    for step, (first, second) in enumerate(tree.pairs):
        top = n_components + step
        places[top] = (places[first] + places[second]) / 2
        inside = step < n_components - n_clusters
        clusters[top] = clusters[first] if inside else -1
        look: dict[str, Any] = {"linewidth": 1.8} if inside else {"linewidth": 1.2, "linestyle": "--"}
        x = [places[first], places[first], places[second], places[second]]
        y = [heights[first], heights[top], heights[top], heights[second]]
        ax.plot(x, y, color=colour_of(clusters[top]) if inside else INK, **look)
        if n_components - 1 <= _MOST_NAMED:
            words: dict[str, Any] = {"ha": "left", "va": "bottom", "fontsize": SMALL, "color": INK}
            offset: dict[str, Any] = {"xytext": (3, 1), "textcoords": "offset points"}
            ax.annotate(f"{tree.overlaps[step]:.2f}", (places[top], heights[top]), **offset, **words)
    for component in range(n_components):
        ax.plot(places[component], 0, marker="o", markersize=7, color=colour_of(clusters[component]), zorder=3)
    ax.set_xticks(range(n_components), [str(component) for component in order], fontsize=SMALL)
    title = f"{n_components} components in {n_clusters} cluster{'s' * (n_clusters > 1)}"
    dress(
        ax,
        title=f"{title}\nat each join, the overlap of what it joined",
        x_label="component",
        y_label=_HEIGHTS[height],
    )
    ax.grid(False)
    ax.set_ylim(-0.03 * heights[-1], 1.1 * heights[-1])
    if height == "step":
        ax.locator_params(axis="y", integer=True)
    return Display(ax)
