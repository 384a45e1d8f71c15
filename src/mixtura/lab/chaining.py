"""Chaining: components that overlap belong together, so an arc of many Gaussians becomes one group.

Two components are the nearer, the more their densities overlap: the measure is the Bhattacharyya distance. The
shortest links that join all components are a tree (single linkage); cutting its longest link leaves two chains.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray, IntArray

__all__ = ["Chains", "bhattacharyya_distances", "chain"]


@dataclass(frozen=True, eq=False)
class Chains:
    """Groups of components.

    Attributes
    ----------
    groups : array (K,)
        The group of each component.
    links : array (L, 2)
        Pairs of components that are linked within a group.
    lengths : array (L,)
        Their Bhattacharyya distances, rising.
    cuts : array (G - 1, 2)
        Pairs whose link was cut.
    cut_lengths : array (G - 1,)
        Their distances, rising: each at least as long as every link.
    """

    groups: IntArray  # (K,)
    links: IntArray  # (L, 2)
    lengths: FloatArray  # (L,)
    cuts: IntArray  # (G - 1, 2)
    cut_lengths: FloatArray  # (G - 1,)


def bhattacharyya_distances(gmm: GaussianMixture) -> FloatArray:
    """Return how little each two components of a mixture with full covariances overlap (K, K).

    With S the mean of both covariances and d the step between the means, the distance is

        ⅛ dᵀ S⁻¹ d + ½ log(|S| / √(|Σ_a| |Σ_b|)),

    zero for equal components (Fukunaga 1990, "Introduction to Statistical Pattern Recognition", eq. 3.152). Weights
    do not enter.
    """
    covariances, means = gmm.covariances_, gmm.means_  # (K, 2, 2), (K, 2)
    between = 0.5 * (covariances[:, None] + covariances)  # (K, K, 2, 2)
    steps = means[:, None] - means  # (K, K, 2)
    squares = np.einsum("abi,abi->ab", steps, np.linalg.solve(between, steps[..., None])[..., 0])
    sizes = np.linalg.slogdet(covariances)[1]  # (K,)
    spreads = np.linalg.slogdet(between)[1] - 0.5 * (sizes[:, None] + sizes)  # (K, K)
    distances: FloatArray = squares / 8 + spreads / 2
    return distances


def chain(distances: FloatArray, n_groups: int) -> Chains:
    """Join components by single linkage until `n_groups` groups are left.

    Parameters
    ----------
    distances : array (K, K)
        Symmetric, above zero off the diagonal.
    n_groups : int
        From 1 to K.

    Examples
    --------
    >>> import numpy as np
    >>> places = np.array([0.0, 1.0, 5.0, 6.5])
    >>> found = chain(np.abs(places[:, None] - places), n_groups=2)
    >>> found.groups, found.cuts, found.cut_lengths
    (array([0, 0, 1, 1]), array([[1, 2]]), array([4.]))
    """
    n = len(distances)
    tree = minimum_spanning_tree(distances).tocoo()
    order = np.argsort(tree.data, kind="stable")
    pairs = np.sort(np.stack([tree.row, tree.col], axis=1), axis=1)[order].astype(np.intp)  # (K - 1, 2)
    lengths: FloatArray = tree.data[order]
    kept = n - n_groups
    joined = np.zeros((n, n))
    joined[tuple(pairs[:kept].T)] = 1
    groups = connected_components(joined, directed=False)[1].astype(np.intp)
    return Chains(groups, pairs[:kept], lengths[:kept], pairs[kept:], lengths[kept:])
