"""Diag: features independent within each component."""

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.forms import Diagonal
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL
from mixtura.structures.contract import Structure

__all__ = ["Diag"]


class Diag(Structure):
    """Σ_k = diag(S_k) / n_k: ellipsoids along the axes, of any volume and shape (mclust's VVI)."""

    need = DIAGONAL

    def update(self, moments: Moments, previous: Mixture) -> Diagonal:
        rows = moments.counts > 0
        kept = np.broadcast_to(previous.covariances.variances, moments.scatter.shape).copy()
        kept[rows] = moments.scatter[rows] / moments.counts[rows, None]
        return Diagonal(kept)

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return n_components * n_features

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components, n_features)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored

    def form(self, covariances: FloatArray, n_features: int) -> Diagonal:
        return Diagonal(covariances)
