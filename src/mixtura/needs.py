"""The second moments that a structure may ask a sweep for.

A need is one of the two facts that a sweep knows about a structure. Each answers the same questions: what shape the
sum has, what it is for points that all lie at given displacements, what it is for noise of given variances, and which
of its entries are squares. The second answer moves a sum from one centre to another; the third makes regularisation a
sum of pseudo-rows; the last tells whether digits were lost in the move.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray

__all__ = ["COMPILED_NUMBERS", "DIAGONAL", "FULL", "POOLED", "TRACE", "Need", "Projected"]


class Need(ABC):
    """A kind of weighted sum of z zᵀ over rows, where z is a row less its component's centre.

    Every need is linear in the weights, so sums over disjoint sets of rows add.
    """

    @abstractmethod
    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        """Shape of the sum for K components and D features."""

    @abstractmethod
    def displaced(self, counts: FloatArray, shifts: FloatArray) -> FloatArray:
        """Return the sum for ``counts`` (K,) rows that all lie ``shifts`` (K, D) from their centre."""

    @abstractmethod
    def noise(self, counts: FloatArray, variances: FloatArray) -> FloatArray:
        """Return the sum for ``counts`` (K,) rows of centred noise with per-feature ``variances`` (D,)."""

    @abstractmethod
    def squares(self, second: FloatArray) -> FloatArray:
        """Return the part of a sum that cannot be negative: its squares, without the products."""

    @abstractmethod
    def pooled_squares(self, second: FloatArray, n_features: int) -> FloatArray:
        """Return the squares summed over components, per feature (D,); spread evenly where features were not kept."""

    def __repr__(self) -> str:
        return type(self).__name__.strip("_").upper()


class _Trace(Need):
    """Squared length, per component: (K,)."""

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components,)

    def displaced(self, counts: FloatArray, shifts: FloatArray) -> FloatArray:
        return counts * np.einsum("kd,kd->k", shifts, shifts)

    def noise(self, counts: FloatArray, variances: FloatArray) -> FloatArray:
        return counts * variances.sum()

    def squares(self, second: FloatArray) -> FloatArray:
        return second

    def pooled_squares(self, second: FloatArray, n_features: int) -> FloatArray:
        return np.full(n_features, second.sum() / n_features)


class _Diagonal(Need):
    """Squares, per component and feature: (K, D)."""

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components, n_features)

    def displaced(self, counts: FloatArray, shifts: FloatArray) -> FloatArray:
        return counts[:, None] * shifts**2

    def noise(self, counts: FloatArray, variances: FloatArray) -> FloatArray:
        return counts[:, None] * variances

    def squares(self, second: FloatArray) -> FloatArray:
        return second

    def pooled_squares(self, second: FloatArray, n_features: int) -> FloatArray:
        return second.sum(axis=0)


class _Pooled(Need):
    """Outer products summed over all components: (D, D)."""

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_features, n_features)

    def displaced(self, counts: FloatArray, shifts: FloatArray) -> FloatArray:
        scaled = np.sqrt(counts)[:, None] * shifts  # (K, D)
        return scaled.T @ scaled

    def noise(self, counts: FloatArray, variances: FloatArray) -> FloatArray:
        return np.diag(counts.sum() * variances)

    def squares(self, second: FloatArray) -> FloatArray:
        return np.diagonal(second)

    def pooled_squares(self, second: FloatArray, n_features: int) -> FloatArray:
        return np.diagonal(second)


class _Full(Need):
    """Outer products, per component: (K, D, D)."""

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components, n_features, n_features)

    def displaced(self, counts: FloatArray, shifts: FloatArray) -> FloatArray:
        return counts[:, None, None] * shifts[:, :, None] * shifts[:, None, :]

    def noise(self, counts: FloatArray, variances: FloatArray) -> FloatArray:
        return counts[:, None, None] * np.diag(variances)

    def squares(self, second: FloatArray) -> FloatArray:
        return np.diagonal(second, axis1=1, axis2=2)

    def pooled_squares(self, second: FloatArray, n_features: int) -> FloatArray:
        return np.einsum("kdd->d", second)


@dataclass(frozen=True, eq=False)
class Projected(Need):
    """Squares, and products with a few directions, per component: (K, 1 + Q, D).

    With directions W_k (Q, D) the first row is Σ r z² for each feature and row 1 + q is Σ r (w_q · z) z: the diagonal
    of the scatter, and the scatter times the directions, at D Q numbers instead of D².

    Parameters
    ----------
    directions : ndarray of shape (K, Q, D)
        In units of one over those of the data.
    """

    directions: FloatArray  # (K, Q, D)

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components, 1 + self.directions.shape[1], n_features)

    def displaced(self, counts: FloatArray, shifts: FloatArray) -> FloatArray:
        along = np.einsum("kqd,kd->kq", self.directions, shifts)
        factors = np.concatenate([shifts[:, None], along[:, :, None] * np.ones(shifts.shape[1])], axis=1)
        return counts[:, None, None] * factors * shifts[:, None]

    def noise(self, counts: FloatArray, variances: FloatArray) -> FloatArray:
        unit = np.ones((len(counts), 1, len(variances)))
        return counts[:, None, None] * np.concatenate([unit, self.directions], axis=1) * variances

    def squares(self, second: FloatArray) -> FloatArray:
        return second[:, 0]

    def pooled_squares(self, second: FloatArray, n_features: int) -> FloatArray:
        return second[:, 0].sum(axis=0)


TRACE = _Trace()
DIAGONAL = _Diagonal()
POOLED = _Pooled()
FULL = _Full()

COMPILED_NUMBERS: dict[Need, int] = {TRACE: 0, DIAGONAL: 1, POOLED: 2, FULL: 3}
"""As the compiled functions know them."""
