"""Tied: one covariance for all components."""

from mixtura.arrays import FloatArray
from mixtura.forms import Dense
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import POOLED
from mixtura.structures.contract import Structure

__all__ = ["Tied"]


class Tied(Structure):
    """Σ = Σ_k S_k / N: ellipsoids of equal volume, shape and orientation (mclust's EEE)."""

    need = POOLED

    def update(self, moments: Moments, previous: Mixture) -> Dense:
        return Dense(moments.scatter[None] / moments.counts.sum(), shared=True)

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return n_features * (n_features + 1) // 2

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_features, n_features)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored[0]

    def form(self, covariances: FloatArray, n_features: int) -> Dense:
        return Dense(covariances[None], shared=True)
