"""Families: which are to be tried, and which of them holds which.

A family holds another if it has every covariance of it: an equal volume, shape or orientation is a varying one that
happens to be equal, and the identity is one of the equal ones.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from numbers import Integral

from mixtura.families import Family, find_family, list_families

__all__ = ["ALL", "expand_families", "expand_numbers", "holds"]

ALL = "all"

_ORDER = {family.code: place for place, family in enumerate((*list_families(1), *list_families()))}
"""mclust's families; others that were added to the table come after them."""

_FREEDOM = {"identity": 0, "equal": 1, "varying": 2}


@cache
def holds(outer: str, inner: str) -> bool:
    """Whether every mixture of family ``inner`` also belongs to family ``outer``, by name.

    >>> holds("VEV", "EEI"), holds("EVI", "VII"), holds("full", "tied")
    (True, False, True)
    """
    if find_family(outer).code not in _ORDER:  # its parts say what it may be at most, and not what it is
        return outer == inner
    pairs = zip(_freedoms(find_family(outer)), _freedoms(find_family(inner)), strict=True)
    return all(more >= less for more, less in pairs)


def _freedoms(family: Family) -> tuple[int, ...]:
    return tuple(_FREEDOM[part] for part in (family.volume, family.shape, family.orientation))


def expand_families(covariance_type: str | Iterable[str], n_features: int) -> tuple[str, ...]:
    """Return the names of the families to be tried, simple ones first: none is held by an earlier one.

    Families that are the same in one dimension are tried there once, by the first name.

    >>> expand_families(["full", "tied", "diag"], n_features=1)
    ('tied', 'full')

    Raises
    ------
    ValueError
        If a name is unknown or for one feature where there are several, two names mean one family, an iterator is
        given, or there is none.
    """
    if isinstance(covariance_type, str) and covariance_type == ALL:
        return tuple(family.code for family in list_families(n_features))
    _refuse_iterator("covariance_type", covariance_type)
    names = (covariance_type,) if isinstance(covariance_type, str) else tuple(covariance_type)
    if ALL in names:
        raise ValueError(f"Got covariance_type={covariance_type!r}, expected {ALL!r} by itself, not in a list.")
    families = {name: find_family(name) for name in names}
    if not names or len({family.code or name for name, family in families.items()}) < len(names):
        raise ValueError(
            f"Got covariance_type={covariance_type!r}, expected {ALL!r}, the name of a family, or a list of names of "
            "different families."
        )
    if n_features > 1 and any(family.univariate for family in families.values()):
        raise ValueError(
            f"Got covariance_type={covariance_type!r} and X with {n_features} features, but E and V are for one "
            "feature only; expected a family for several, such as EII in place of E and VII in place of V."
        )
    first: dict[str, str] = {}  # by code, or by name where there is none
    for name, family in families.items():
        first.setdefault(family.in_dimension(n_features).code or name, name)
    return tuple(first[code] for code in sorted(first, key=lambda code: _ORDER.get(code, len(_ORDER))))


def expand_numbers(n_components: int | Iterable[int]) -> tuple[int, ...]:
    """Return the numbers of components to be tried, in rising order.

    Raises
    ------
    ValueError
        If there is none, one is no whole number of at least 1, or an iterator is given.
    """
    _refuse_iterator("n_components", n_components)
    numbers = (n_components,) if isinstance(n_components, Integral) else tuple(n_components)  # type: ignore[arg-type]
    if not numbers or not all(isinstance(number, Integral) and int(number) >= 1 for number in numbers):
        raise ValueError(
            f"Got n_components={n_components!r}, expected a whole number of at least 1, or several, such as "
            "range(1, 10)."
        )
    return tuple(sorted({int(number) for number in numbers}))


def _refuse_iterator(name: str, values: object) -> None:
    if isinstance(values, Iterator):
        raise ValueError(f"Got {name}={values!r}, which is empty after one fit; expected a list, tuple or range.")
