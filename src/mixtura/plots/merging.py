"""Merging: what the pictures of merged components accept."""

from typing import TYPE_CHECKING, Any

from sklearn.exceptions import NotFittedError

if TYPE_CHECKING:
    from mixtura.clusters import MergeTree


def read_merged(merged: Any) -> tuple["MergeTree", int, str]:
    """Return the tree of a fitted ``MergedGaussianMixture``, its number of clusters, and who chose that, in words.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        Where it is not fitted.
    TypeError
        Where it is something else.
    """
    if hasattr(merged, "merge_tree_"):
        how = f"chosen by the elbow of {merged.elbow}" if merged.n_clusters is None else "as asked"
        return merged.merge_tree_, merged.n_clusters_, how
    if hasattr(merged, "n_clusters") and hasattr(merged, "elbow"):
        raise NotFittedError(f"this {type(merged).__name__} is not fitted; call fit(X) before drawing it")
    raise TypeError(f"merged is of type {type(merged).__name__}; expected a fitted MergedGaussianMixture")
