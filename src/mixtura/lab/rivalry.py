"""Rivalry: two Gaussian components of the plane, and where each of them is the more probable.

The logarithm of the ratio of two responsibilities is a quadratic function of the place,

    log γ_a(x) / γ_b(x) = -½ xᵀ M x + xᵀ v + c,    M = Σ_a⁻¹ - Σ_b⁻¹,  v = Σ_a⁻¹ μ_a - Σ_b⁻¹ μ_b,

so that far away M alone decides, and the boundary is a conic section: an ellipse where M is positive definite.
"""

from dataclasses import dataclass

import numpy as np

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray

__all__ = ["Rivalry", "rivalry_of"]


@dataclass(frozen=True, eq=False)
class Rivalry:
    """The quadratic function log γ_a(x) - log γ_b(x) of the place x.

    Attributes
    ----------
    curvature : array (2, 2)
        M: how much more precise component a is than b.
    slope : array (2,)
        v.
    offset : float
        c.
    """

    curvature: FloatArray  # (2, 2)
    slope: FloatArray  # (2,)
    offset: float

    def log_ratio(self, places: FloatArray) -> FloatArray:
        """Return log γ_a - log γ_b at places (n, 2): (n,)."""
        bent = np.einsum("ni,ij,nj->n", places, self.curvature, places)
        ratio: FloatArray = -0.5 * bent + places @ self.slope + self.offset
        return ratio

    @property
    def curvatures(self) -> FloatArray:
        """The eigenvalues of M (2,), rising: both positive where a is the narrower in every direction."""
        return np.asarray(np.linalg.eigvalsh(self.curvature), dtype=np.float64)

    @property
    def is_bounded(self) -> bool:
        """Whether a wins inside an ellipse only, and b far away on every side."""
        return bool(self.curvatures[0] > 0 and self._squared_radius > 0)

    @property
    def centre(self) -> FloatArray:
        """The centre of the boundary (2,)."""
        return np.asarray(np.linalg.solve(self.curvature, self.slope), dtype=np.float64)

    @property
    def half_axes(self) -> FloatArray:
        """Half of the longer and of the shorter axis of the boundary (2,), where it is an ellipse."""
        return np.asarray(np.sqrt(self._squared_radius / self.curvatures), dtype=np.float64)

    @property
    def area(self) -> float:
        """The area in which a wins, where the boundary is an ellipse."""
        return float(np.pi * self.half_axes.prod())

    @property
    def _squared_radius(self) -> float:
        # Completing the square: log ratio = ½ (r² - (x - centre)ᵀ M (x - centre)).
        return float(2.0 * self.offset + self.slope @ self.centre)


def rivalry_of(gmm: GaussianMixture, a: int, b: int) -> Rivalry:
    """Return the rivalry of components a and b of a fitted mixture with full covariances of two features."""
    precision, other = gmm.precisions_[a], gmm.precisions_[b]  # (2, 2) each
    mean, other_mean = gmm.means_[a], gmm.means_[b]  # (2,) each
    sizes = np.linalg.slogdet(gmm.covariances_)[1]  # (K,), log |Σ_k|
    offset = (
        np.log(gmm.weights_[a] / gmm.weights_[b])
        - 0.5 * (sizes[a] - sizes[b])
        - 0.5 * (mean @ precision @ mean - other_mean @ other @ other_mean)
    )
    return Rivalry(precision - other, precision @ mean - other @ other_mean, float(offset))
