"""Tree: a hierarchy of merged groups, which is cut where there are as many groups as are wanted."""

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, ward

from mixtura.arrays import FloatArray, IntArray
from mixtura.starts.agglomeration import CRITERIA, Groups, agglomerate
from mixtura.starts.transformations import TRANSFORMATIONS

__all__ = ["Tree"]

_LEAVES = 300
"""Groups that are merged under the model's criterion; more rows are first merged into this many by Ward's."""

_NUMBERS = 5000
"""Leaves times dimensions, at most: with many dimensions a merge costs more, and fewer leaves have a volume."""


@dataclass(frozen=True, eq=False)
class Tree:
    """A hierarchy of n rows: which of M groups each is in at the bottom, and in what order those are merged."""

    leaves: IntArray  # (n,) from 0 to M - 1
    pairs: IntArray  # (M - 1, 2) earliest merge first: the second joins the first

    @classmethod
    def of(cls, rows: FloatArray, counts: FloatArray, transformation: str = "SVD", criterion: str = "VVV") -> "Tree":
        """Merge distinct ``rows`` (n, D), each of which counts ``counts`` (n,) times.

        Where there are more rows than leaves, rows are first merged by Ward's criterion, which is quick, and whose
        small groups cut no structure that a Gaussian of many rows could follow.
        """
        places = TRANSFORMATIONS[transformation](rows, counts)
        n_leaves = int(np.clip(_NUMBERS // places.shape[1], 50, _LEAVES))
        leaves = np.arange(len(rows))
        if len(rows) > n_leaves:
            leaves = np.unique(fcluster(ward(places), n_leaves, "maxclust"), return_inverse=True)[1]
        return cls(leaves, agglomerate(Groups.of(places, counts, leaves), CRITERIA[criterion]))

    def cut(self, n_groups: int) -> IntArray:
        """Return labels (n,) of ``n_groups`` groups, or of as many as there are leaves, numbered as they appear."""
        group = np.arange(len(self.pairs) + 1)
        for kept, joins in self.pairs[: max(len(group) - n_groups, 0)][::-1]:
            group[joins] = group[kept]  # the latest merge first: what joined before follows its group
        _, first, labels = np.unique(group[self.leaves], return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[labels.ravel()]
