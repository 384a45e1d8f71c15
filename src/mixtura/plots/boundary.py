"""The picture of which component is the most probable, and of the boundary where two tie."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.plane import draw_zero, finish_plane, open_plane, read_plane
from mixtura.plots.points import NOISE, draw_groups, draw_noise, mark_centres
from mixtura.plots.style import colour_of

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_NOISE_TINT = (0.94, 0.94, 0.94)


def plot_decision_boundary(
    gmm: Any,
    X: Any = None,
    extent: tuple[float, float, float, float] | None = None,
    ax: "Axes | None" = None,
) -> Display:
    """Tint the plane by its most probable component, or cluster, and draw lines where the two largest posteriors tie.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture``, or scikit-learn's, of two features and any number of components.
    X : array-like of shape (n, 2), optional
        Points to draw on top, in the colour of their component.
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
        Where the mixture or X has not two features, X has NaN or infinity, or the extent is no rectangle.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.mixture import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(-2, 1, (250, 2)), rng.normal(2, 1, (250, 2))])
    >>> display = plot_decision_boundary(GaussianMixture(2, random_state=0).fit(X), X)
    >>> display.ax_.get_title()
    'most probable component\\nlines: two are equally probable'
    >>> display.close()
    """
    plane = read_plane(gmm, X, extent, "plot_decision_boundary")
    groups = None if plane.points is None else gmm.predict(X)  # (n,)
    n_groups = plane.components.n_groups

    ax = open_plane(ax, plane)
    # A last row for noise, where there is such a component.
    tints = np.array([*(canvas.blend(colour_of(group), "white", 0.65) for group in range(n_groups)), _NOISE_TINT])
    ax.imshow(
        tints[plane.log_posteriors.argmax(axis=0)],  # (steps, steps, 3)
        extent=plane.image_extent,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )
    # Between two components one line is enough; among more, each has its own border, drawn from both sides.
    n_parts = len(plane.log_posteriors)
    for group in range({1: 0, 2: 1}.get(n_parts, n_parts)):
        draw_zero(ax, plane, plane.advantage(group, over="best"), linewidths=1.5)
    if plane.points and groups is not None:
        draw_groups(ax, plane.points.rows, groups, n_groups)
        if (groups == NOISE).any():
            draw_noise(ax, plane.points.rows[groups == NOISE])
    mark_centres(ax, plane.components.means, plane.components.owners)
    finish_plane(ax, plane, f"most probable {plane.components.group}\nlines: two are equally probable")
    return Display(ax)
