"""Decomposed: what structures have in common whose covariances are a volume, a shape and an orientation."""

from typing import ClassVar

from mixtura.structures.contract import Structure
from mixtura.structures.family import Family

__all__ = ["Decomposed"]


class Decomposed(Structure):
    """A structure with a family of mclust's, Σ_k = λ_k D_k A_k D_kᵀ: it has a name and a number of parameters."""

    family: Family
    """What it says of itself, in words."""

    holder: ClassVar[str]
    """The smallest of scikit-learn's covariance types that holds the family; its structure publishes the same form."""

    def n_parameters(self, n_components: int, n_features: int) -> int:
        return self.family.n_parameters(n_components, n_features)
