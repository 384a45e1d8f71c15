"""The picture of a mixture's density, in any number of dimensions."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.plots import canvas
from mixtura.plots.components import check_match, read_components
from mixtura.plots.density_kinds import KINDS, REGIONS, SURFACE, Field, draw_profile, list_regions
from mixtura.plots.display import Display
from mixtura.plots.pairs import check_features, draw_pairs
from mixtura.plots.plane import corners
from mixtura.plots.points import Points, plain_labels, read_points
from mixtura.plots.style import dress, scale_equally

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def plot_density(gmm: Any, X: Any = None, kind: str = "regions", ax: "Axes | None" = None) -> Display:
    """Draw the density that a mixture's components give to each place.

    Noise, which is even, is left out: the density is then that of the other rows, and integrates to their share of all.

    One feature becomes a curve, over a histogram of X; two are a plane; more are a matrix of planes that show the
    exact marginal density of each pair of features.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture`` and all that are fitted like it, or scikit-learn's.
    X : array-like or data frame of shape (n, D), optional
        Points to draw too, which also set the extent. By default that is 3 deviations around every component.
    kind : {"regions", "contours", "image", "surface"}, default="regions"
        How a plane is drawn: the smallest regions that hold 25, 50 and 75 % of the probability, lines of equal
        density, shades, or a surface in three dimensions (of two features only).
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where X has other columns than the mixture, NaN or infinity, there are more than 8, or the kind is unknown.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(-2, 1, (250, 2)), rng.normal(2, 1, (250, 2))])
    >>> display = plot_density(GaussianMixture(2, random_state=0).fit(X), X)
    >>> display.ax_.get_title()
    'density of a Gaussian mixture\\nregions of highest density: 25, 50 and 75 % of the probability'
    >>> display.close()
    """
    components = read_components(gmm)
    points = None if X is None else read_points(X)
    if points is not None:
        check_match(components, points)
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; expected one of {', '.join(KINDS)}")
    n_features = components.n_features
    check_features("plot_density", n_features)
    labels = plain_labels(n_features) if points is None else points.labels
    drawn = KINDS[kind]
    title = f"density of a Gaussian mixture{', noise left out' * (components.noise_share > 0)}"
    if n_features == 1:
        ax = canvas.open_axes(ax)
        said = draw_profile(ax, components, None if points is None else points.rows[:, 0])
        dress(ax, title=f"{title}\n{said}", x_label=labels[0], y_label="density")
        return Display(ax)
    if n_features == 2:
        field = Field.over(components, corners(components, points), points)
        ax = canvas.open_axes(ax)
        drawn.draw(ax, field, labels)
        if drawn is not SURFACE:
            left, right, bottom, top = field.edges
            dress(ax, title=f"{title}\n{drawn.words}", x_label=labels[0], y_label=labels[1])
            ax.grid(False)
            scale_equally(ax, right - left, top - bottom, keep_limits=True)
        else:
            dress(ax, title=f"{title}\n{drawn.words}", x_label="", y_label="")
        return Display(ax)
    if drawn is SURFACE:
        raise ValueError(
            f"the mixture has {n_features} features; a surface needs 2: fit it on two columns, or draw another kind"
        )

    def draw_two(cell: "Axes", two: list[int]) -> None:
        chosen = components.project(np.eye(n_features)[:, two])
        rows = None if points is None else Points(points.rows[:, two], ("", ""))
        drawn.draw(cell, Field.over(chosen, corners(chosen, rows), rows), ("", ""))

    def draw_one(cell: "Axes", one: int) -> None:
        profile = components.project(np.eye(n_features)[:, [one]])
        draw_profile(cell, profile, _column(points, one), shaded=drawn is REGIONS)

    ax = draw_pairs(ax, labels, draw_two, draw_one)
    if drawn is REGIONS:
        list_regions(ax)
    ax.set_title(f"{title}\n{drawn.words}", fontsize="medium", pad=18)
    return Display(ax)


def _column(points: Points | None, one: int) -> FloatArray | None:
    return None if points is None else points.rows[:, one]
