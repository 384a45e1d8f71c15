"""Spherical: one variance for each component."""

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.forms import Diagonal
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import TRACE
from mixtura.structures.contract import Structure

__all__ = ["Spherical"]


class Spherical(Structure):
    """Σ_k = (trace S_k / (n_k D)) I: balls of any volume (mclust's VII)."""

    need = TRACE

    def update(self, moments: Moments, previous: Mixture) -> Diagonal:
        n_components, n_features = moments.centres.shape
        rows = moments.counts > 0
        kept = np.broadcast_to(previous.covariances.variances.mean(axis=1), n_components).copy()
        kept[rows] = moments.scatter[rows] / (moments.counts[rows] * n_features)
        return self.form(kept, n_features)

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return n_components

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components,)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored[:, 0]

    def form(self, covariances: FloatArray, n_features: int) -> Diagonal:
        return Diagonal(np.repeat(covariances[:, None], n_features, axis=1))
