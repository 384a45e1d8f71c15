"""The picture of k-means, to stand beside a mixture's."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.cluster import KMeans

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.ellipses import draw_ellipse
from mixtura.plots.line import draw_line, hide_negative_ticks
from mixtura.plots.points import check_drawable, draw_groups, mark_centres, read_points
from mixtura.plots.quantities import read_whole
from mixtura.plots.style import colour_of, dress, scale_equally

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def plot_kmeans(X: Any, n_clusters: int, ax: "Axes | None" = None) -> Display:
    """Run k-means, and draw points in the colour of their cluster with a circle to its farthest member.

    K-means knows distances only, so its clusters are drawn as circles: compare them with the ellipses of
    ``plot_gmm``. It is scikit-learn's, the best of ten starts, with ``random_state=0``.

    Parameters
    ----------
    X : array-like or data frame of shape (n, 2) or (n, 1)
        The points.
    n_clusters : int
        How many clusters, from 1 to the number of distinct rows.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where X has more than two columns, NaN or infinity, or fewer distinct rows than ``n_clusters``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(-2, 0.25, (250, 2)), rng.normal(2, 0.25, (250, 2))])
    >>> display = plot_kmeans(X, n_clusters=2)
    >>> len(display.ax_.patches)  # a circle each, drawn as tint and outline
    4
    >>> display.close()
    """
    points = read_points(X)
    check_drawable("plot_kmeans", points)
    n_clusters = read_whole("n_clusters", n_clusters, least=1)
    distinct = len(np.unique(points.rows, axis=0))
    if n_clusters > distinct:
        raise ValueError(
            f"n_clusters is {n_clusters}, but X has only {distinct} distinct rows; ask for {distinct} clusters or fewer"
        )
    fit = KMeans(n_clusters, n_init=10, random_state=0).fit(points.rows)
    centres, groups = fit.cluster_centers_, fit.labels_  # (K, D), (n,)
    reaches = np.linalg.norm(points.rows - centres[groups], axis=1)  # (n,)
    radii = [reaches[groups == group].max() for group in range(n_clusters)]  # K

    ax = canvas.open_axes(ax)
    count = f"{n_clusters} cluster{'s' * (n_clusters > 1)}"
    if points.n_features == 1:
        draw_line(ax, points.rows[:, 0], groups, centres[:, 0])
        for group, (centre, radius) in enumerate(zip(centres[:, 0], radii, strict=True)):
            ax.axvspan(centre - radius, centre + radius, color=(colour_of(group), 0.2), linewidth=0, zorder=1.5)
        title = f"k-means, {count}\nbands reach the farthest member"
        dress(ax, title=title, x_label=points.labels[0], y_label="density")
        hide_negative_ticks(ax)
        return Display(ax)
    draw_groups(ax, points.rows, groups, len(centres))
    for group, (centre, radius) in enumerate(zip(centres, radii, strict=True)):
        draw_ellipse(ax, centre, (2 * radius, 2 * radius, 0), group, 0.12)
    ax.autoscale_view()
    mark_centres(ax, centres)
    title = f"k-means, {count}\ncircles reach the farthest member"
    dress(ax, title=title, x_label=points.labels[0], y_label=points.labels[1])
    scale_equally(ax, *np.ptp(ax.dataLim.get_points(), axis=0), keep_limits=False)
    return Display(ax)
