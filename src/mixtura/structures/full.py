"""Full: each component has a covariance of its own."""

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.forms import Dense
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import FULL
from mixtura.structures.contract import Structure

__all__ = ["Full"]


class Full(Structure):
    """Σ_k = S_k / n_k: ellipsoids of any volume, shape and orientation (mclust's VVV)."""

    need = FULL

    def update(self, moments: Moments, previous: Mixture) -> Dense:
        rows = moments.counts > 0
        covariances = np.stack([previous.covariances.matrix(k) for k in range(len(rows))])
        covariances[rows] = moments.scatter[rows] / moments.counts[rows, None, None]
        return Dense(covariances)

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return n_components * n_features * (n_features + 1) // 2

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components, n_features, n_features)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored

    def form(self, covariances: FloatArray, n_features: int) -> Dense:
        return Dense(covariances)
