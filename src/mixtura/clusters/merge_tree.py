"""MergeTree: in which order components were joined into clusters, and what each step did."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mixtura.arrays import FloatArray, IntArray, frozen

__all__ = ["MergeTree"]


@dataclass(frozen=True, eq=False)
class MergeTree:
    """K components joined two at a time until one cluster is left: K - 1 steps, the first step first.

    Parameters
    ----------
    pairs : ndarray of int, shape (K - 1, 2)
        What each step joined, the lesser number first: 0 to K - 1 are the components, K + i is the cluster that step i
        made (the numbering of SciPy's linkage).
    entropies : ndarray of shape (K,)
        Entropy of the memberships in nats, summed over rows: ``entropies[c - 1]`` of c clusters. The first is 0,
        unless there is noise, whose rows belong to the clusters in part.
    rows : ndarray of shape (K - 1,)
        Weight of the rows that most probably belonged to either of the two clusters that each step joined.
    overlaps : ndarray of shape (K - 1,)
        The largest overlap of a component of one and a component of the other cluster that each step joined, from 0
        (every row is sure of one of them) to 1 (no row says more of which it is than their sizes do): of what is
        unknown of rows' component where only the sizes of both are known, the part that stays unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura.clusters import merge_components
    >>> responsibilities = np.array([[0.6, 0.4, 0.0], [0.5, 0.5, 0.0], [0.0, 0.1, 0.9]])
    >>> tree = merge_components(responsibilities)
    >>> tree.members(2)
    ((0, 1), (2,))
    >>> tree.entropies.round(3)
    array([0.   , 0.325, 1.691])
    """

    pairs: IntArray  # (K - 1, 2)
    entropies: FloatArray  # (K,)
    rows: FloatArray  # (K - 1,)
    overlaps: FloatArray  # (K - 1,)

    def __post_init__(self) -> None:
        pairs = np.array(self.pairs, dtype=np.intp).reshape(-1, 2)
        pairs.setflags(write=False)
        object.__setattr__(self, "pairs", pairs)
        for name in ("entropies", "rows", "overlaps"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        steps = len(pairs)
        if (self.entropies.shape, self.rows.shape, self.overlaps.shape) != ((steps + 1,), (steps,), (steps,)):
            raise ValueError(
                f"Got entropies of shape {self.entropies.shape}, rows of {self.rows.shape} and overlaps of "
                f"{self.overlaps.shape} for {steps} steps, expected ({steps + 1},), ({steps},) and ({steps},)."
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.pairs, self.entropies, self.rows, self.overlaps)

    @property
    def n_components(self) -> int:
        """The number of components K."""
        return len(self.entropies)

    @property
    def linkage(self) -> FloatArray:
        """The tree as SciPy's ``dendrogram`` draws it (K - 1, 4).

        Heights are the entropy that the steps so far removed, in nats; the last column counts components.
        """
        sizes = [1] * self.n_components
        for first, second in self.pairs:
            sizes.append(sizes[first] + sizes[second])
        heights = np.maximum.accumulate(self.entropies[-1] - self.entropies[-2::-1])  # they rise but for rounding
        return np.column_stack([self.pairs.astype(np.float64), heights, sizes[self.n_components :]])

    def members(self, n_clusters: int) -> tuple[tuple[int, ...], ...]:
        """Return the components of each of so many clusters, ordered by their least component."""
        if not 1 <= n_clusters <= self.n_components:
            raise ValueError(
                f"Got n_clusters={n_clusters}, expected 1 to {self.n_components}, the number of components."
            )
        clusters: dict[int, tuple[int, ...]] = {k: (k,) for k in range(self.n_components)}
        for step in range(self.n_components - n_clusters):
            first, second = self.pairs[step]
            clusters[self.n_components + step] = tuple(sorted(clusters.pop(first) + clusters.pop(second)))
        return tuple(sorted(clusters.values()))

    def cluster_of(self, n_clusters: int) -> IntArray:
        """Return the cluster of each component (K,), from 0 to ``n_clusters`` - 1."""
        clusters = np.empty(self.n_components, dtype=np.intp)
        for cluster, components in enumerate(self.members(n_clusters)):
            clusters[list(components)] = cluster
        return clusters

    def combine(self, responsibilities: ArrayLike, n_clusters: int) -> FloatArray:
        """Return the membership of rows in clusters (N, n_clusters): the sums of their components (N, K)."""
        shares = np.asarray(responsibilities, dtype=np.float64)
        if shares.ndim != 2 or shares.shape[1] != self.n_components:
            raise ValueError(
                f"Got responsibilities of shape {shares.shape}, expected (N, {self.n_components}): a column for each "
                "component."
            )
        return np.stack([shares[:, list(group)].sum(axis=1) for group in self.members(n_clusters)], axis=1)
