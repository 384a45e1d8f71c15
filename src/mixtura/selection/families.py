"""Families: mclust's fourteen codes as a lattice, in which a family holds every covariance of those below it.

A code has a letter for volume, shape and orientation: E is equal in all components, V varies, I is none (a ball has no
shape, axes along the features are no orientation). Celeux and Govaert (1995), "Gaussian parsimonious clustering
models"; Scrucca et al. (2016), "mclust 5", table 3.
"""

from collections.abc import Iterable
from numbers import Integral

__all__ = ["ALL", "FAMILIES", "UNIVARIATE", "codes_of", "expand_families", "expand_numbers", "nested_in"]

FAMILIES = ("EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV")
"""In mclust's order, which is topological: no family is nested in an earlier one."""

UNIVARIATE = ("E", "V")
"""What is left of them on one feature."""

ALL = "all"

_CODES = {"full": "VVV", "tied": "EEE", "diag": "VVI", "spherical": "VII", "E": "EII", "V": "VII"}
_RANKS = {"I": 0, "E": 1, "V": 2}


def codes_of(covariance_type: str) -> str:
    """Return mclust's three letters for a name; scikit-learn's names and E and V stand for one each."""
    return _CODES.get(covariance_type, covariance_type)


def nested_in(inner: str, outer: str) -> bool:
    """Whether every mixture of family ``inner`` also belongs to family ``outer``.

    >>> nested_in("EEI", "VEV"), nested_in("VII", "EVI"), nested_in("tied", "full")
    (True, False, True)
    """
    pairs = zip(codes_of(inner), codes_of(outer), strict=True)
    return codes_of(inner) != codes_of(outer) and all(_RANKS[a] <= _RANKS[b] for a, b in pairs)


def expand_families(covariance_type: str | Iterable[str], n_features: int) -> tuple[str, ...]:
    """Return the names of the families to be tried, simple ones first.

    Raises
    ------
    ValueError
        If a name is unknown or given twice, or there is none.
    """
    if isinstance(covariance_type, str) and covariance_type == ALL:
        return UNIVARIATE if n_features == 1 else FAMILIES
    names = (covariance_type,) if isinstance(covariance_type, str) else tuple(covariance_type)
    known = (*FAMILIES, *UNIVARIATE, *_CODES)
    unknown = [name for name in names if name not in known]
    if unknown or not names or len(set(names)) < len(names):
        raise ValueError(
            f"Got covariance_type={covariance_type!r}, expected {ALL!r}, or one or a list of different names from: "
            f"{', '.join(dict.fromkeys(known))}."
        )
    if n_features > 1 and set(names) & set(UNIVARIATE):
        raise ValueError(
            f"Got covariance_type={covariance_type!r} and X with {n_features} features, but E and V are for one "
            "feature only; expected a family for several, such as EII in place of E and VII in place of V."
        )
    return tuple(sorted(names, key=lambda name: FAMILIES.index(codes_of(name))))


def expand_numbers(n_components: int | Iterable[int]) -> tuple[int, ...]:
    """Return the numbers of components to be tried, in rising order.

    Raises
    ------
    ValueError
        If there is none, or one is no whole number of at least 1.
    """
    numbers = (n_components,) if isinstance(n_components, Integral) else tuple(n_components)  # type: ignore[arg-type]
    if not numbers or not all(isinstance(number, Integral) and int(number) >= 1 for number in numbers):
        raise ValueError(
            f"Got n_components={n_components!r}, expected a whole number of at least 1, or several, such as "
            "range(1, 10)."
        )
    return tuple(sorted({int(number) for number in numbers}))
