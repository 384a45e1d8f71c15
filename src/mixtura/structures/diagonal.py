"""AxisAligned: ellipsoids along the axes of the features."""

from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.forms import Diagonal
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL
from mixtura.structures.contract import NamedStructure
from mixtura.structures.family import Family
from mixtura.structures.shapes import SHAPES
from mixtura.structures.within import within_components

__all__ = ["AxisAligned"]


@dataclass(frozen=True)
class AxisAligned(NamedStructure):
    """Σ_k = λ_k A_k, diagonal: EEI, VEI, EVI and VVI (Celeux and Govaert 1995, section 4.2)."""

    family: Family
    holder = "diag"
    need = DIAGONAL

    def update(self, moments: Moments, previous: Mixture) -> Diagonal:
        shares, within = within_components(moments, previous)
        return Diagonal(SHAPES[self.family.volume, self.family.shape](shares, within, previous))

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return self.family.n_parameters(n_components, n_features)

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_features,) if self._shared else (n_components, n_features)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored[0] if self._shared else stored

    def form(self, covariances: FloatArray, n_components: int, n_features: int) -> Diagonal:
        return Diagonal(np.broadcast_to(covariances, (n_components, n_features)))

    @property
    def _shared(self) -> bool:
        return self.family.volume == self.family.shape == "equal"
