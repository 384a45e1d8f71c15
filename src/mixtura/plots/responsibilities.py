"""The picture of one component's responsibility over the plane."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.plane import draw_zero, finish_plane, open_plane, read_plane
from mixtura.plots.points import draw_plain, mark_centres
from mixtura.plots.quantities import read_whole
from mixtura.plots.style import colour_of

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def plot_responsibilities(
    gmm: Any,
    component: int = 0,
    X: Any = None,
    extent: tuple[float, float, float, float] | None = None,
    ax: "Axes | None" = None,
) -> Display:
    """Shade the plane by γₖ(x), the probability that a point there came from component k.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture``, or scikit-learn's, of two features.
    component : int, default=0
        k, which row of ``means_``; of merged components, which cluster.
    X : array-like of shape (n, 2), optional
        Points to draw on top.
    extent : (left, right, bottom, top), optional
        The part of the plane, in data units. By default that of X, or 3 deviations around every component.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where the mixture or X has not two features, X has NaN or infinity, no such component exists, or the
        extent is no rectangle.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.mixture import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(-2, 1, (250, 2)), rng.normal(2, 1, (250, 2))])
    >>> display = plot_responsibilities(GaussianMixture(2, random_state=0).fit(X), X=X, extent=(-6, 6, -6, 6))
    >>> display.ax_.get_title()
    'responsibility of component 0\\ndashed line: one half'
    >>> display.close()
    """
    plane = read_plane(gmm, X, extent, "plot_responsibilities")
    component = read_whole("component", component, least=0, most=plane.components.n_groups - 1)

    ax = open_plane(ax, plane)
    image = ax.imshow(
        np.exp(plane.log_posteriors[component]),
        extent=plane.image_extent,
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
        cmap=canvas.shade(colour_of(component)),
        vmin=0,
        vmax=1,
    )
    if len(plane.log_posteriors) > 1:
        draw_zero(ax, plane, plane.advantage(component, over="all"), linewidths=1.2, linestyles="dashed")
    if plane.points:
        draw_plain(ax, plane.points.rows)
    mark_centres(ax, plane.components.means, plane.components.owners)
    finish_plane(ax, plane, f"responsibility of {plane.components.group} {component}\ndashed line: one half")
    # Axes inside the axes keep the bar as tall as the picture, whatever its aspect.
    bar = ax.figure.colorbar(image, cax=ax.inset_axes((1.03, 0, 0.04, 1)))
    bar.set_label("responsibility")
    bar.outline.set_visible(False)
    return Display(ax)
