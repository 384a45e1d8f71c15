"""Families of covariances, by name: what each is called, in words, and which there are.

The fourteen families of R's mclust, written Σ_k = λ_k D_k A_k D_kᵀ with volume λ, shape A and orientation D:

====  ===========================================  ==================
code  in words                                     scikit-learn's name
====  ===========================================  ==================
EII   spherical, equal volume
VII   spherical, varying volume                    spherical
EEI   diagonal, equal volume and shape
VEI   diagonal, varying volume, equal shape
EVI   diagonal, equal volume, varying shape
VVI   diagonal, varying volume and shape           diag
EEE   ellipsoidal, equal volume, shape and         tied
      orientation
VEE   ellipsoidal, varying volume, equal shape
      and orientation
EVE   ellipsoidal, equal volume and orientation,
      varying shape
VVE   ellipsoidal, varying volume and shape,
      equal orientation
EEV   ellipsoidal, equal volume and shape,
      varying orientation
VEV   ellipsoidal, varying volume and orientation,
      equal shape
EVV   ellipsoidal, equal volume, varying shape
      and orientation
VVV   ellipsoidal, varying volume, shape and       full
      orientation
====  ===========================================  ==================

In one dimension there are two, E and V: univariate, equal or varying variance. Every other code may be used there too,
and means the one whose volume it has.
"""

from mixtura.structures import STRUCTURES
from mixtura.structures.family import CODES, Family

__all__ = ["Family", "find_family", "list_families"]


def find_family(covariance_type: str, n_features: int | None = None) -> Family:
    """Return the family of a ``covariance_type``; with ``n_features`` 1, that which it is in one dimension.

    Raises
    ------
    ValueError
        If there is no such type.

    Examples
    --------
    >>> find_family("VEI").description
    'diagonal, varying volume, equal shape'
    >>> find_family("full", n_features=1).description
    'univariate, varying variance'
    """
    if covariance_type not in STRUCTURES:
        raise ValueError(f"Got covariance_type={covariance_type!r}, expected one of: {', '.join(STRUCTURES)}.")
    family = STRUCTURES[covariance_type].family
    return family if n_features is None else family.in_dimension(n_features)


def list_families(n_features: int | None = None) -> tuple[Family, ...]:
    """Return mclust's families in its order: fourteen, or the two of one dimension where there is one feature.

    Examples
    --------
    >>> [family.code for family in list_families()]
    ['EII', 'VII', 'EEI', 'VEI', 'EVI', 'VVI', 'EEE', 'VEE', 'EVE', 'VVE', 'EEV', 'VEV', 'EVV', 'VVV']
    >>> [family.description for family in list_families(n_features=1)]
    ['univariate, equal variance', 'univariate, varying variance']
    """
    families = (Family.of(code) for code in CODES)
    return tuple(family for family in families if family.univariate == (n_features == 1))
