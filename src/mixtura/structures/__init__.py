"""Maximisation: what turns moments into covariances, one family per file.

``contract.py`` says what a structure owes. ``full`` fits any ellipsoid and needs the most rows; ``tied`` shares one
ellipsoid among all components and suits small samples; ``diag`` keeps features independent and suits many of them;
``spherical`` is the nearest to k-means. ``STRUCTURES`` is the one table that turns a name into an object: a new family
is one file and one line.
"""

from mixtura.structures.contract import Structure
from mixtura.structures.diag import Diag
from mixtura.structures.full import Full
from mixtura.structures.spherical import Spherical
from mixtura.structures.tied import Tied

__all__ = ["STRUCTURES", "Structure"]

STRUCTURES: dict[str, Structure] = {
    "full": Full(),
    "tied": Tied(),
    "diag": Diag(),
    "spherical": Spherical(),
}
