"""The picture of which cluster each row belongs to, in any number of dimensions."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.ellipses import draw_ellipse, ellipse_of
from mixtura.plots.grouping import Grouping, read_grouping
from mixtura.plots.pairs import check_features, draw_pairs
from mixtura.plots.points import NOISE, draw_groups, draw_noise, mark_centres
from mixtura.plots.style import INK, SMALL, colour_of, dress, scale_equally

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_DEVIATIONS = 2
_SHRINK = 0.4  # the area of a mark in a cell of a matrix, as a part of that in a whole picture
_MOST_LISTED = 20  # more clusters than this would make a legend longer than the picture


def plot_classification(gmm: Any, X: Any, ax: "Axes | None" = None) -> Display:
    """Draw rows in the colour of their cluster, with the components as ellipses at 2 standard deviations.

    One feature becomes a strip for each cluster; two are a plane; more are a matrix of planes, one for each pair of
    features. Rows that belong to no cluster are small crosses.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture`` and all that are fitted like it, or scikit-learn's. Where components were merged,
        those of one cluster share its colour.
    X : array-like or data frame of shape (n, D)
        The rows, of up to 8 features.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where X has other columns than the mixture, more than 8, or NaN or infinity.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mixtura import GaussianMixture
    >>> X = load_iris().data
    >>> display = plot_classification(GaussianMixture(3, random_state=0).fit(X), X)
    >>> len(display.ax_.child_axes)  # 4 features and the 6 pairs of them
    10
    >>> display.close()
    """
    grouping = read_grouping(gmm, X)
    points = grouping.points
    check_features("plot_classification", points.n_features)
    title = f"classification, {grouping.in_words}"
    if points.n_features == 1:
        ax = canvas.open_axes(ax)
        _draw_strips(ax, grouping)
        dress(ax, title=f"{title}\nbars: mean ± 2 standard deviations", x_label=points.labels[0], y_label="cluster")
        ax.grid(False)
        return Display(ax)
    if points.n_features == 2:
        ax = canvas.open_axes(ax)
        draw_plane(ax, grouping, [0, 1])
        mark_centres(ax, grouping.components.means, grouping.owners)
        dress(
            ax,
            title=f"{title}\nellipses at 2 standard deviations",
            x_label=points.labels[0],
            y_label=points.labels[1],
        )
        scale_equally(ax, *np.ptp(ax.dataLim.get_points(), axis=0), keep_limits=False)
        return Display(ax)
    ax = draw_pairs(
        ax,
        points.labels,
        lambda cell, two: draw_plane(cell, grouping, two, shrink=_SHRINK),
        lambda cell, one: draw_histograms(cell, grouping, one),
    )
    ax.set_title(f"{title}\nellipses at 2 standard deviations", fontsize="medium", pad=18)
    list_clusters(ax, grouping)
    return Display(ax)


def draw_plane(ax: "Axes", grouping: Grouping, two: list[int], shrink: float = 1.0) -> None:
    """Draw rows and components over two of the features."""
    positions = grouping.points.rows[:, two]  # (n, 2)
    if grouping.has_noise:
        draw_noise(ax, positions[grouping.groups == NOISE])
    draw_groups(ax, positions, grouping.groups, grouping.n_groups, shrink)
    draw_outlines(ax, grouping, two)


def draw_outlines(ax: "Axes", grouping: Grouping, two: list[int]) -> None:
    """Draw each component's ellipse over two of the features, in the colour of its cluster."""
    components = grouping.components
    for mean, covariance, owner in zip(components.means, components.covariances, grouping.owners, strict=True):
        draw_ellipse(ax, mean[two], ellipse_of(covariance[np.ix_(two, two)], _DEVIATIONS), int(owner), 0.12)
    ax.autoscale_view()


def draw_histograms(ax: "Axes", grouping: Grouping, feature: int) -> None:
    """Draw one feature as a histogram whose bars are stacked by cluster, noise on top."""
    values, groups = grouping.points.rows[:, feature], grouping.groups
    names = [*range(grouping.n_groups), *([NOISE] if grouping.has_noise else [])]
    colours = [INK if group == NOISE else colour_of(group) for group in names]
    ax.hist([values[groups == group] for group in names], bins=20, stacked=True, color=colours, alpha=0.8)


def list_clusters(ax: "Axes", grouping: Grouping) -> None:
    """Name the clusters and their sizes in the upper right corner of a matrix of pictures."""
    if grouping.n_groups > _MOST_LISTED:
        return
    for group in range(grouping.n_groups):
        size = int((grouping.groups == group).sum())
        ax.plot([], [], color=colour_of(group), marker="o", linestyle="none", label=f"cluster {group}: {size} rows")
    if grouping.has_noise:
        size = int((grouping.groups == NOISE).sum())
        ax.plot([], [], color=INK, marker="x", linestyle="none", label=f"noise: {size} rows")
    ax.legend(fontsize=SMALL, loc="upper right", frameon=False)


def _draw_strips(ax: "Axes", grouping: Grouping) -> None:
    """Draw one feature as a strip of marks for each cluster, all rows in the lowest strip."""
    values, components = grouping.points.rows[:, 0], grouping.components
    marks: dict[str, Any] = {"marker": "|", "linestyle": "none", "markersize": 13, "markeredgewidth": 0.9, "alpha": 0.7}
    rows = {"all": (values, INK)}
    for group in range(grouping.n_groups):
        rows[str(group)] = (values[grouping.groups == group], colour_of(group))
    if grouping.has_noise:
        rows["noise"] = (values[grouping.groups == NOISE], INK)
    for height, (inside, colour) in enumerate(rows.values()):
        ax.plot(inside, np.full(len(inside), height), color=colour, **marks)
    means, deviations = components.means[:, 0], np.sqrt(components.covariances[:, 0, 0])
    for mean, deviation, owner in zip(means, deviations, grouping.owners, strict=True):
        look: dict[str, Any] = {"color": (colour_of(int(owner)), 0.22), "linewidth": 0, "zorder": 1.5}
        ax.fill_between(mean + _DEVIATIONS * deviation * np.array([-1, 1]), owner + 0.6, owner + 1.4, **look)
        ax.plot([mean, mean], [owner + 0.6, owner + 1.4], color=INK, linewidth=1.2, zorder=3)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set_ylim(-0.6, len(rows) - 0.4)
