"""Maximisation: what turns moments into covariances, one family of ideas per file.

``contract.py`` says what a structure owes. Every covariance is Σ_k = λ_k D_k A_k D_kᵀ, with a volume, a shape and an
orientation that are equal among components or vary (``family.py``). ``spherical`` fits balls and is the nearest to
k-means; ``diagonal`` keeps features independent and suits many of them; ``tied`` shares one ellipsoid among all
components and suits small samples; ``ellipsoidal`` fits ellipsoids in any direction, from one shape for all to the
freest, which needs the most rows.

``shapes`` holds what is in closed form along known axes and ``axes`` which axes those are; two maximisations iterate:
``volumes``, of one shape in varying volumes, and ``orientation``, of common axes.

``factors`` is the factor analysers' structure, which ``FactorMixture`` uses.

``STRUCTURES`` is the one table that turns a name into an object: mclust's codes and scikit-learn's names.
"""

from mixtura.structures.contract import NamedStructure, Structure
from mixtura.structures.diagonal import AxisAligned
from mixtura.structures.ellipsoidal import Ellipsoidal
from mixtura.structures.family import Family
from mixtura.structures.spherical import Spherical
from mixtura.structures.tied import Tied

__all__ = ["STRUCTURES", "Structure"]

_CODES: dict[str, NamedStructure] = {
    "EII": Spherical(Family.of("EII")),
    "VII": Spherical(Family.of("VII")),
    "EEI": AxisAligned(Family.of("EEI")),
    "VEI": AxisAligned(Family.of("VEI")),
    "EVI": AxisAligned(Family.of("EVI")),
    "VVI": AxisAligned(Family.of("VVI")),
    "EEE": Tied(Family.of("EEE")),
    "VEE": Ellipsoidal(Family.of("VEE")),
    "EVE": Ellipsoidal(Family.of("EVE")),
    "VVE": Ellipsoidal(Family.of("VVE")),
    "EEV": Ellipsoidal(Family.of("EEV")),
    "VEV": Ellipsoidal(Family.of("VEV")),
    "EVV": Ellipsoidal(Family.of("EVV")),
    "VVV": Ellipsoidal(Family.of("VVV")),
    "E": Spherical(Family.of("E")),
    "V": Spherical(Family.of("V")),
}

STRUCTURES: dict[str, NamedStructure] = {
    "full": _CODES["VVV"],
    "tied": _CODES["EEE"],
    "diag": _CODES["VVI"],
    "spherical": _CODES["VII"],
    **_CODES,
}
