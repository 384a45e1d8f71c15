"""Tied: one covariance for all components."""

from dataclasses import dataclass

from mixtura.arrays import FloatArray
from mixtura.forms import Dense
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import POOLED
from mixtura.structures.contract import NamedStructure
from mixtura.structures.family import Family

__all__ = ["Tied"]


@dataclass(frozen=True)
class Tied(NamedStructure):
    """Σ = Σ_k S_k / N: ellipsoids of equal volume, shape and orientation (EEE), and the only one to need a pooled sum.

    Celeux and Govaert (1995), section 4.1.
    """

    family: Family
    holder = "tied"
    need = POOLED

    def update(self, moments: Moments, previous: Mixture) -> Dense:
        return Dense(moments.scatter[None] / moments.counts.sum(), shared=True)

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return self.family.n_parameters(n_components, n_features)

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_features, n_features)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored[0]

    def form(self, covariances: FloatArray, n_components: int, n_features: int) -> Dense:
        return Dense(covariances[None], shared=True)
