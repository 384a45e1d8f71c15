"""The picture of rows in the plane that shows their clusters best."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mixtura.clusters import project_clusters
from mixtura.plots import canvas
from mixtura.plots.classification import draw_plane
from mixtura.plots.display import Display
from mixtura.plots.grouping import Grouping, read_grouping
from mixtura.plots.line import draw_curves, draw_line, hide_negative_ticks
from mixtura.plots.points import Points, mark_centres
from mixtura.plots.style import SMALL, dress

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def plot_projection(gmm: Any, X: Any, ax: "Axes | None" = None, *, mean_share: float = 0.5) -> Display:
    """Draw rows along the two directions in which the clusters differ most, under their components.

    The directions are those of `mixtura.clusters.project_clusters`. Where only one shows anything, it is drawn as a
    line, with the density along it. The scales are those of the data's units, and differ between the axes.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture`` and all that are fitted like it.
    X : array-like or data frame of shape (n, D)
        The rows that it was fitted to, of at least two features.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.
    mean_share : float, default=0.5
        1 looks at the means alone, 0 at the covariances alone.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where X has other columns than the mixture, NaN or infinity, or the components do not differ.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.
    TypeError
        Where it is no mixture of this package.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mixtura import GaussianMixture
    >>> iris = load_iris()
    >>> gmm = GaussianMixture(3, init_params=iris.target).fit(iris.data)
    >>> display = plot_projection(gmm, iris.data)
    >>> display.ax_.get_xlabel()
    'direction 1 (55 %)'
    >>> display.close()
    """
    grouping = read_grouping(gmm, X)
    projection = project_clusters(gmm, X, mean_share)
    directions = projection.directions[:, :2]  # (D, 1 or 2)
    labels = tuple(f"direction {place + 1} ({100 * share:.0f} %)" for place, share in enumerate(projection.shares[:2]))
    components = grouping.components
    shifted = replace(components, means=components.means - projection.centre, noise_height=0.0)
    flat = Grouping(
        Points(projection.transform(grouping.points.rows)[:, :2], labels),
        shifted.project(directions),
        grouping.groups,
        grouping.uncertainty,
    )
    title = f"{grouping.in_words}, where they differ most\nellipses at 2 standard deviations"
    ax = canvas.open_axes(ax)
    if flat.points.n_features == 1:
        draw_line(ax, flat.points.rows[:, 0], flat.groups, flat.components.means[:, 0], flat.owners)
        draw_curves(ax, flat.components)
        dress(ax, title=title.partition("\n")[0], x_label=labels[0], y_label="density")
        hide_negative_ticks(ax)
        ax.legend(fontsize=SMALL, loc="upper right")
        return Display(ax)
    draw_plane(ax, flat, [0, 1])
    mark_centres(ax, flat.components.means, flat.owners)
    dress(ax, title=title, x_label=labels[0], y_label=labels[1])
    return Display(ax)
