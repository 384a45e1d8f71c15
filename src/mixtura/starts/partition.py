"""Partition: the groups of a Gaussian hierarchical clustering, for users who choose how it is made."""

from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array

from mixtura.arrays import IntArray
from mixtura.engines.memory import Memory
from mixtura.engines.threads import single_blas_thread
from mixtura.starts.agglomeration import CRITERIA
from mixtura.starts.sketch import COORDINATES, Sketch
from mixtura.starts.transformations import PRINCIPAL, TRANSFORMATIONS
from mixtura.starts.tree import Tree

__all__ = ["hierarchical_labels"]


def hierarchical_labels(X: ArrayLike, n_clusters: int, *, transformation: str = "SVD", family: str = "VVV") -> IntArray:
    """Return the groups of a Gaussian hierarchical clustering, in the coordinates and by the criterion of your choice.

    Rows are merged two by two, each time the two groups whose union costs the family's classification likelihood
    least: R's ``hclass(hc(X, modelName = family, use = transformation), n_clusters)``, but for ties and for merges of
    large groups where mclust passes over the cheapest. By default they are the groups where
    ``init_params="hierarchical"`` begins; with others give the labels as ``init_params``. Of more
    than 2,000 rows a sample of 2,000 is clustered, and each other row goes to the group under which it is most
    probable; of principal components the first 30 count. Scrucca and Raftery (2015), section 3, compare.

    Parameters
    ----------
    X : array-like of shape (N, D)
    n_clusters : int
    transformation : {"SVD", "VARS", "STD", "SPH", "PCS", "PCR"}, default="SVD"
        Principal components of the correlation, each divided by the root of its singular value; features as they are;
        of unit variance; white; principal components of the covariance; of the correlation.
    family : {"VVV", "VII", "EII"}, default="VVV"
        Any ellipsoids; balls of any volume; balls of equal volume, which is Ward's criterion.

    Returns
    -------
    ndarray of shape (N,)
        Labels from 0, numbered as the groups appear in a sorted sample.

    Raises
    ------
    ValueError
        If a name is not one of these, X holds NaN or is too short, or there are more clusters than the tree has leaves.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mixtura import GaussianMixture
    >>> from mixtura.starts import hierarchical_labels
    >>> X = load_iris().data
    >>> labels = hierarchical_labels(X, 3, transformation="VARS")
    >>> GaussianMixture(3, init_params=labels).fit(X).predict(X[:3])
    array([0, 0, 0])
    """
    for name, given, table in (("transformation", transformation, TRANSFORMATIONS), ("family", family, CRITERIA)):
        if given not in table:
            raise ValueError(f"Got {name}={given!r}, expected one of: {', '.join(table)}.")
    if isinstance(n_clusters, bool) or not isinstance(n_clusters, Integral) or n_clusters < 1:
        raise ValueError(f"Got n_clusters={n_clusters!r}, expected a whole number of at least 1.")
    engine = Memory(check_array(X, dtype=[np.float64, np.float32], ensure_min_samples=2))
    most = COORDINATES if transformation in PRINCIPAL else None
    with single_blas_thread():
        sketch = Sketch.of(engine)
        tree = Tree.of(sketch.rows, sketch.counts, transformation, family, most)
        n_leaves = len(tree.pairs) + 1
        if n_clusters > n_leaves:
            raise ValueError(
                f"Got n_clusters={n_clusters}, expected at most {n_leaves}: the groups, or different rows, that the "
                "tree begins with. Ask for fewer."
            )
        return sketch.extend(engine, tree.cut(int(n_clusters)))
