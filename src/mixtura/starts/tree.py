"""Tree: a hierarchy of merged groups, which is cut where there are as many groups as are wanted."""

from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.starts.agglomeration import CRITERIA, Groups, agglomerate
from mixtura.starts.transformations import TRANSFORMATIONS
from mixtura.starts.ward import ward_groups

__all__ = ["FEW_ROWS", "Tree"]

FEW_ROWS = 300
"""Up to so many rows are merged one by one under the model's criterion, even by a coarse tree."""

_CELLS = 200
"""A coarse tree first merges more into so many small groups by Ward's criterion."""

_NUMBERS = 4000
"""Cells times dimensions, at most: with many dimensions a merge costs more, and fewer groups have a volume."""


@dataclass(frozen=True, eq=False)
class Tree:
    """A hierarchy of n rows: which of M groups each is in at the bottom, and in what order those are merged."""

    leaves: IntArray  # (n,) from 0 to M - 1
    pairs: IntArray  # (M - 1, 2) earliest merge first: the second joins the first

    @classmethod
    def of(
        cls,
        rows: FloatArray,
        counts: FloatArray,
        transformation: str = "SVD",
        criterion: str = "VVV",
        n_coordinates: int | None = None,
        coarse: bool = False,
    ) -> "Tree":
        """Merge distinct ``rows`` (n, D), each of which counts ``counts`` (n,) times, by their first coordinates.

        A ``coarse`` tree of more than 300 rows begins with 200 cells, made by Ward's criterion, in a twentieth of the
        time. It is not mclust's: a cell may already join what the model's criterion would part.
        """
        places = TRANSFORMATIONS[transformation](rows, counts)[:, :n_coordinates]
        n_cells = int(np.clip(_NUMBERS // places.shape[1], 50, _CELLS))
        leaves = np.arange(len(rows))
        if coarse and len(rows) > FEW_ROWS:
            leaves = ward_groups(places, n_cells)
        return cls(leaves, agglomerate(Groups.of(places, counts, leaves), CRITERIA[criterion]))

    def cut(self, n_groups: int) -> IntArray:
        """Return labels (n,) of ``n_groups`` groups, or of as many as there are leaves, numbered as they appear."""
        group = np.arange(len(self.pairs) + 1)
        for kept, joins in self.pairs[: max(len(group) - n_groups, 0)][::-1]:
            group[joins] = group[kept]  # the latest merge first: what joined before follows its group
        _, first, labels = np.unique(group[self.leaves], return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[labels.ravel()]
