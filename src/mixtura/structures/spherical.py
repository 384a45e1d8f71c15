"""Spherical: balls, of one volume or of any."""

from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.forms import Diagonal
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import TRACE
from mixtura.structures.contract import NamedStructure
from mixtura.structures.family import Family
from mixtura.structures.within import within_components

__all__ = ["Spherical"]


@dataclass(frozen=True)
class Spherical(NamedStructure):
    """Σ_k = λ_k I: with S_k the scatter of n_k rows, λ_k = trace S_k / (n_k D), or their mean where volume is equal.

    EII and VII; in one dimension E and V (Celeux and Govaert 1995, section 4.3).
    """

    family: Family
    holder = "spherical"
    need = TRACE

    def update(self, moments: Moments, previous: Mixture) -> Diagonal:
        n_components, n_features = moments.centres.shape
        shares, traces = within_components(moments, previous)
        variances = traces / n_features  # (K,)
        if self.family.volume == "equal":
            variances = np.full(n_components, shares @ variances)
        return Diagonal(np.repeat(variances[:, None], n_features, axis=1))

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return self.family.n_parameters(n_components, n_features)

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (1,) if self.family.volume == "equal" else (n_components,)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored[:1, 0] if self.family.volume == "equal" else stored[:, 0]

    def form(self, covariances: FloatArray, n_components: int, n_features: int) -> Diagonal:
        return Diagonal(np.broadcast_to(covariances[:, None], (n_components, n_features)))
