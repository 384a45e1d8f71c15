"""The picture of how sure the cluster of each row is."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.plots import canvas
from mixtura.plots.classification import draw_outlines
from mixtura.plots.display import Display
from mixtura.plots.grouping import Grouping, read_grouping
from mixtura.plots.pairs import check_features, draw_pairs
from mixtura.plots.points import NOISE
from mixtura.plots.style import INK, SMALL, colour_of, dress, scale_equally

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_QUANTILES = (0.75, 0.95)
_SIZES = (8.0, 28.0, 75.0)  # square points, for the three grades
_OPACITIES = (0.45, 0.6, 0.9)


def plot_uncertainty(gmm: Any, X: Any, ax: "Axes | None" = None) -> Display:
    """Draw rows the larger, the less sure their cluster is: in three grades, at the quantiles 75 % and 95 %.

    The uncertainty of a row is the probability that it belongs to another cluster than the most probable one. One
    feature becomes a picture of uncertainty against it; two are a plane; more are a matrix of planes.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture`` and all that are fitted like it, or scikit-learn's.
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
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(-1, 1, (250, 2)), rng.normal(1, 1, (250, 2))])
    >>> display = plot_uncertainty(GaussianMixture(2, random_state=0).fit(X), X)
    >>> [text.get_text().split(": ")[1] for text in display.ax_.get_legend().get_texts()]
    ['375 rows', '100 rows', '25 rows']
    >>> display.close()
    """
    grouping = read_grouping(gmm, X)
    points = grouping.points
    check_features("plot_uncertainty", points.n_features)
    grades = _grade(grouping.uncertainty)
    title = f"uncertainty, {grouping.in_words}"
    if points.n_features == 1:
        ax = canvas.open_axes(ax)
        positions = np.column_stack([points.rows[:, 0], grouping.uncertainty])
        _draw_graded(ax, grouping, grades, positions)
        y_label = "probability of another cluster"
        dress(ax, title=f"{title}\nthe larger the mark, the less sure", x_label=points.labels[0], y_label=y_label)
    elif points.n_features == 2:
        ax = canvas.open_axes(ax)
        _draw_graded(ax, grouping, grades, points.rows)
        draw_outlines(ax, grouping, [0, 1])
        x_label, y_label = points.labels
        dress(ax, title=f"{title}\nthe larger the mark, the less sure", x_label=x_label, y_label=y_label)
        scale_equally(ax, *np.ptp(ax.dataLim.get_points(), axis=0), keep_limits=False)
    else:
        ax = draw_pairs(
            ax,
            points.labels,
            lambda cell, two: _draw_graded(cell, grouping, grades, points.rows[:, two]),
            lambda cell, one: _draw_graded(
                cell, grouping, grades, np.column_stack([points.rows[:, one], grouping.uncertainty])
            ),
        )
        diagonal = "on the diagonal, uncertainty against each feature"
        ax.set_title(f"{title}\n{diagonal}", fontsize="medium", pad=18)
    _list_grades(ax, grouping.uncertainty, grades)
    return Display(ax)


def _grade(uncertainty: FloatArray) -> IntArray:
    """Return the grade of each row (n,): 0 up to the first quantile, 2 above the second."""
    return np.searchsorted(np.quantile(uncertainty, _QUANTILES), uncertainty).astype(np.intp)


def _draw_graded(ax: "Axes", grouping: Grouping, grades: IntArray, positions: FloatArray) -> None:
    """Scatter positions (n, 2): colour says which cluster, size how sure; the least sure lie on top."""
    for grade, (size, opacity) in enumerate(zip(_SIZES, _OPACITIES, strict=True)):
        for group in range(NOISE, grouping.n_groups):
            x, y = positions[(grades == grade) & (grouping.groups == group)].T
            if len(x):
                noise = group == NOISE
                ax.scatter(
                    x,
                    y,
                    s=size,
                    color=INK if noise else colour_of(group),
                    marker="x" if noise else "o",
                    alpha=opacity,
                    linewidths=0.7 if noise else 0,
                    rasterized=len(positions) > 5_000,
                    zorder=2 + grade / 10,
                )


def _list_grades(ax: "Axes", uncertainty: FloatArray, grades: IntArray) -> None:
    for grade, (size, opacity) in enumerate(zip(_SIZES, _OPACITIES, strict=True)):
        inside = uncertainty[grades == grade]
        if len(inside):
            label = f"up to {inside.max():.2g}: {len(inside)} rows"
            ax.scatter([], [], s=size, color=INK, alpha=opacity, linewidths=0, label=label)
    title = "probability of another cluster"
    if ax.axison:  # below the picture, where no rows are; a matrix has room in its corner
        ax.legend(
            fontsize=SMALL,
            title=title,
            title_fontsize=SMALL,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.14),
            ncols=len(_SIZES),
            frameon=False,
        )
    else:
        ax.legend(fontsize=SMALL, title=title, title_fontsize=SMALL, loc="upper right")
