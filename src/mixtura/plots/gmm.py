"""The picture of a fitted mixture over its points."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.components import check_match, read_components
from mixtura.plots.display import Display
from mixtura.plots.ellipses import draw_components
from mixtura.plots.line import draw_curves, draw_line, hide_negative_ticks
from mixtura.plots.points import NOISE, check_drawable, draw_groups, draw_noise, mark_centres, read_points
from mixtura.plots.style import SMALL, dress, scale_equally

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def plot_gmm(gmm: Any, X: Any, ax: "Axes | None" = None) -> Display:
    """Draw points in the colour of their most probable component, or cluster, under the components themselves.

    In the plane each component is an ellipse at 1, 2 and 3 standard deviations, the more opaque the heavier
    it is. On the line it is its share of the density, above a histogram and the points.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture``, or scikit-learn's, with any covariance type.
    X : array-like or data frame of shape (n, 2) or (n, 1)
        The points.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where X has other columns than the mixture, more than two, or NaN or infinity.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.mixture import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(-2, 0.25, (250, 2)), rng.normal(2, 0.25, (250, 2))])
    >>> display = plot_gmm(GaussianMixture(2, random_state=0).fit(X), X)
    >>> len(display.ax_.patches)  # two components, three ellipses each, drawn as tint and outline
    12
    >>> display.close()
    """
    components = read_components(gmm)
    points = read_points(X)
    check_match(components, points)
    check_drawable("plot_gmm", points)
    groups = gmm.predict(X)  # (n,)

    ax = canvas.open_axes(ax)
    if points.n_features == 1:
        draw_line(ax, points.rows[:, 0], groups, components.means[:, 0], components.owners)
        draw_curves(ax, components)
        dress(ax, title=f"Gaussian mixture, {components.in_words}", x_label=points.labels[0], y_label="density")
        hide_negative_ticks(ax)
        ax.legend(fontsize=SMALL, loc="upper right")
        return Display(ax)
    draw_groups(ax, points.rows, groups, components.n_groups)
    if (groups == NOISE).any():
        draw_noise(ax, points.rows[groups == NOISE])
    draw_components(ax, components)
    mark_centres(ax, components.means, components.owners)
    title = f"Gaussian mixture, {components.in_words}\nellipses at 1, 2 and 3 standard deviations"
    dress(ax, title=title, x_label=points.labels[0], y_label=points.labels[1])
    scale_equally(ax, *np.ptp(ax.dataLim.get_points(), axis=0), keep_limits=False)
    return Display(ax)
