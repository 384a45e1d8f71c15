"""Clusters are not components: a group that is no ellipsoid needs several Gaussians. A tour:

- ``merged_gaussian_mixture.py``: :class:`MergedGaussianMixture`, which is all that most need: it fits a mixture and
  joins components until each cluster is a group.
- ``basis.py``: the mixture that is chosen by BIC, or given, to be merged.
- ``merging.py``: :func:`merge_components`, the order in which components are joined, whatever they were fitted with.
- ``merge_tree.py``: :class:`MergeTree`, the record of that order: the clusters at every number, and their entropies.
- ``elbow.py``: three ways to read the number of clusters off a tree.
- ``projection.py``: :func:`project_clusters`, the few directions in which the components of a mixture differ most.
"""

from mixtura.clusters.merge_tree import MergeTree
from mixtura.clusters.merged_gaussian_mixture import MergedGaussianMixture
from mixtura.clusters.merging import merge_components
from mixtura.clusters.projection import ClusterProjection, project_clusters

__all__ = ["ClusterProjection", "MergeTree", "MergedGaussianMixture", "merge_components", "project_clusters"]
