"""Ellipses: where a component's density has fallen as far as a Gaussian does in 1, 2 and 3 deviations."""

from typing import TYPE_CHECKING

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.plots import canvas
from mixtura.plots.components import Components
from mixtura.plots.style import colour_of

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

DEVIATIONS = (1, 2, 3)


def ellipse_of(covariance: FloatArray, deviations: float) -> tuple[float, float, float]:
    """Return the width, the height and the turn of {x : xᵀ Σ⁻¹ x = s²}.

    Its half-axes are s √λ along the eigenvectors of Σ.

    Parameters
    ----------
    covariance : ndarray of shape (2, 2)
        Σ, symmetric.
    deviations : float
        s.

    Returns
    -------
    width, height : float
        The full axes, the longer one first, in data units.
    angle : float
        From the first feature's axis to the longer one, in degrees, anticlockwise.

    Examples
    --------
    >>> import numpy as np
    >>> ellipse_of(np.diag([1.0, 4.0]), 1)
    (4.0, 2.0, 90.0)
    """
    variances, directions = np.linalg.eigh(covariance)  # (2,) rising, (2, 2) in columns
    # Rounding can leave a flat component with a variance just below zero.
    height, width = 2 * deviations * np.sqrt(np.maximum(variances, 0))
    x, y = directions[:, 1]
    return float(width), float(height), float(np.degrees(np.arctan2(y, x)) % 180)


def draw_ellipse(ax: "Axes", centre: FloatArray, shape: tuple[float, float, float], group: int, opacity: float) -> None:
    """Draw one ellipse about centre (2,): its tint below the points, so that theirs stays, its outline above."""
    x, y = centre
    width, height, angle = shape
    fill = {"facecolor": (colour_of(group), opacity), "linewidth": 0, "zorder": 1.5}
    line = {"fill": False, "edgecolor": canvas.blend(colour_of(group), "black", 0.25), "linewidth": 0.9, "zorder": 3}
    for look in (fill, line):
        ax.add_patch(canvas.ellipse((x, y), width, height, angle, **look))


def draw_components(ax: "Axes", components: Components) -> None:
    """Draw each component of a mixture in the plane, in the colour of its group, the more opaque the heavier."""
    opacities = 0.03 + 0.15 * components.weights / components.weights.max()  # (K,)
    parts = zip(components.means, components.covariances, components.owners, opacities, strict=True)
    for mean, covariance, group, opacity in parts:
        for deviations in DEVIATIONS:
            draw_ellipse(ax, mean, ellipse_of(covariance, deviations), int(group), float(opacity))
    ax.autoscale_view()
