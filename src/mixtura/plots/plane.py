"""The plane: a rectangle of it as a grid, and what a mixture says at every place of that grid."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.plots import canvas
from mixtura.plots.components import Components, check_match, read_components
from mixtura.plots.points import Points, check_drawable, read_points
from mixtura.plots.style import HEIGHT, INK, WIDTH, dress, scale_equally

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_STEPS = 301  # grid lines each way: a cell is about a pixel of a picture in a report
_AROUND = (1.3, 1.0)  # the room for labels and title beside and above a picture, in inches
_MARGIN = 0.08  # the room around the points, as a part of their range


@dataclass(frozen=True)
class Plane:
    """A fitted mixture over a rectangle of the plane, and the points that lie there, if any.

    Attributes
    ----------
    components : Components
        Of two features.
    points : Points or None
        What was passed as X.
    x, y : ndarray of shape (steps,)
        The grid lines, in data units.
    log_posteriors : ndarray of shape (K, steps, steps)
        The logarithm of each component's responsibility, or each cluster's, row by row of rising y; noise has one too,
        the last.
    """

    components: Components
    points: Points | None
    x: FloatArray  # (steps,)
    y: FloatArray  # (steps,)
    log_posteriors: FloatArray  # (K, steps, steps)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of both axes."""
        return self.points.labels if self.points else ("first feature", "second feature")

    @property
    def image_extent(self) -> tuple[float, float, float, float]:
        """The outer edges of the grid's cells, whose centres are the grid points."""
        half_x, half_y = (self.x[1] - self.x[0]) / 2, (self.y[1] - self.y[0]) / 2
        return self.x[0] - half_x, self.x[-1] + half_x, self.y[0] - half_y, self.y[-1] + half_y

    def advantage(self, component: int, *, over: str) -> FloatArray:
        """Return log γₖ less the log of the best or of all others, of shape (steps, steps): zero is a tie.

        Logarithms bend gently where the responsibilities jump from 0 to 1, so the contour at zero is smooth.
        """
        others = np.delete(self.log_posteriors, component, axis=0)  # (K - 1, steps, steps)
        rivals = {"best": np.maximum, "all": np.logaddexp}[over].reduce(others)
        return np.asarray(self.log_posteriors[component] - rivals, dtype=np.float64)


def read_plane(gmm: Any, X: Any, extent: Any, picture: str) -> Plane:
    """Check the input of a picture over the plane, and ask the mixture for its posteriors on a grid.

    Parameters
    ----------
    gmm : fitted estimator
        Of two features.
    X : array-like of shape (n, 2) or None
        Points to draw, which also set the extent where that is None.
    extent : (left, right, bottom, top) or None
        In data units. None leaves some room around X, or takes 3 deviations around every component.
    picture : str
        The name of the picture, for messages.

    Raises
    ------
    ValueError
        Where the mixture or X has not two features, X has NaN or infinity, or the extent is no rectangle.
    sklearn.exceptions.NotFittedError
        Where the mixture is not fitted.
    """
    components = read_components(gmm)
    if components.n_features != 2:
        raise ValueError(
            f"the mixture has {components.n_features} features; {picture} needs 2: fit it on two "
            "columns, or on a projection to two (for example with sklearn.decomposition.PCA(n_components=2))"
        )
    points = None if X is None else read_points(X)
    if points is not None:
        check_match(components, points)
        check_drawable(picture, points, among=(2,))
    left, right, bottom, top = corners(components, points) if extent is None else _read_extent(extent)
    x, y = np.linspace(left, right, _STEPS), np.linspace(bottom, top, _STEPS)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)  # (steps * steps, 2)
    with warnings.catch_warnings():
        # A mixture that was fitted on a data frame misses the column names, which a grid has not.
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        posteriors = gmm.predict_proba(grid)  # (steps * steps, K)
    logs = np.log(np.maximum(posteriors, np.finfo(np.float64).tiny))
    return Plane(components, points, x, y, logs.T.reshape(-1, _STEPS, _STEPS))


def open_plane(ax: "Axes | None", plane: Plane) -> "Axes":
    """Return ``ax``, or the axes of a new figure that is no larger than a picture of this shape needs."""
    left, right, bottom, top = plane.image_extent
    inches = min((WIDTH - _AROUND[0]) / (right - left), (HEIGHT - _AROUND[1]) / (top - bottom))
    width, height = inches * (right - left) + _AROUND[0], inches * (top - bottom) + _AROUND[1]
    return canvas.open_axes(ax, width=max(width, WIDTH / 1.6), height=max(height, HEIGHT / 1.6))


def finish_plane(ax: "Axes", plane: Plane, title: str) -> None:
    """Label the picture, cut it at the edge of the plane, and give both axes one scale."""
    dress(ax, title=title, x_label=plane.labels[0], y_label=plane.labels[1])
    ax.grid(False)
    left, right, bottom, top = plane.image_extent
    ax.set(xlim=(left, right), ylim=(bottom, top))
    scale_equally(ax, right - left, top - bottom, keep_limits=True)


def draw_zero(ax: "Axes", plane: Plane, heights: FloatArray, **look: Any) -> None:
    """Draw the line where heights (steps, steps) change sign, if they do."""
    if heights.min() < 0 < heights.max():
        ax.contour(plane.x, plane.y, heights, levels=[0], colors=INK, zorder=1.8, **look)


def corners(components: Components, points: Points | None) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top: some room around the points, or 3 deviations around every component."""
    if points is None:
        reach = 3 * np.sqrt(np.diagonal(components.covariances, axis1=1, axis2=2))  # (K, 2)
        low, high = (components.means - reach).min(axis=0), (components.means + reach).max(axis=0)
    else:
        low, high = points.rows.min(axis=0), points.rows.max(axis=0)
    # One point, or a constant column, still gets a rectangle.
    room = np.where(high > low, _MARGIN * (high - low), np.maximum(1.0, np.abs(high)) * 0.5)
    (left, bottom), (right, top) = low - room, high + room
    return float(left), float(right), float(bottom), float(top)


def _read_extent(extent: Any) -> tuple[float, float, float, float]:
    try:
        left, right, bottom, top = (float(edge) for edge in extent)
    except (TypeError, ValueError):
        raise ValueError(f"extent is {extent!r}; expected four numbers (left, right, bottom, top)") from None
    if not (np.isfinite([left, right, bottom, top]).all() and left < right and bottom < top):
        raise ValueError(f"extent is {extent!r}; expected left < right and bottom < top, all finite")
    return left, right, bottom, top
