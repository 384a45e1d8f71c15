"""Ellipsoidal: ellipsoids in any direction, of which components share some of volume, shape and orientation."""

from dataclasses import dataclass

from mixtura.arrays import FloatArray
from mixtura.forms import Dense
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import FULL
from mixtura.structures.axes import fit_ellipsoids
from mixtura.structures.contract import NamedStructure
from mixtura.structures.family import Family
from mixtura.structures.within import within_components

__all__ = ["Ellipsoidal"]


@dataclass(frozen=True)
class Ellipsoidal(NamedStructure):
    """Σ_k = λ_k D_k A_k D_kᵀ with axes of their own (EEV, VEV, EVV, VVV) or of all components (VEE, EVE, VVE).

    Celeux and Govaert (1995), section 4.1; Browne and McNicholas (2014) for EVE and VVE. ``axes.py`` says how each is
    maximised and when its iterations end.
    """

    family: Family
    holder = "full"
    need = FULL

    def update(self, moments: Moments, previous: Mixture) -> Dense:
        shares, within = within_components(moments, previous)
        if len(shares) == 1:  # nothing to share: each family has every ellipsoid
            return Dense(within)
        return Dense(fit_ellipsoids(self.family, shares, within, previous))

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return self.family.n_parameters(n_components, n_features)

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components, n_features, n_features)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored

    def form(self, covariances: FloatArray, n_components: int, n_features: int) -> Dense:
        return Dense(covariances)
