"""Grouping: which cluster each row belongs to, how sure that is, and which components make up a cluster."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.plots.components import Components, check_match, count, read_components
from mixtura.plots.points import NOISE, Points, read_points


@dataclass(frozen=True)
class Grouping:
    """What a fitted model says of rows.

    Attributes
    ----------
    points : Points
        The rows (n, D).
    components : Components
        The model's Gaussians.
    groups : ndarray of shape (n,)
        The cluster of each row; -1 is noise.
    uncertainty : ndarray of shape (n,)
        The probability that the row belongs to another cluster.
    """

    points: Points
    components: Components
    groups: IntArray  # (n,)
    uncertainty: FloatArray  # (n,)

    @property
    def owners(self) -> IntArray:
        """The cluster of each component (K,): itself, unless components were merged."""
        return self.components.owners

    @property
    def n_groups(self) -> int:
        """How many clusters there are, noise not counted."""
        return self.components.n_groups

    @property
    def has_noise(self) -> bool:
        """Whether some rows belong to no cluster."""
        return bool((self.groups == NOISE).any())

    @property
    def in_words(self) -> str:
        """Such as "3 clusters", "5 components in 2 clusters" or "3 clusters and noise"."""
        merged = len(self.owners) != self.n_groups
        before = f"{count(len(self.owners), 'component')} in " if merged else ""
        return before + count(self.n_groups, "cluster") + " and noise" * self.has_noise


def read_grouping(gmm: Any, X: Any) -> Grouping:
    """Ask a fitted model about rows.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture`` and all that are fitted like it, or scikit-learn's.
    X : array-like or data frame of shape (n, D)
        Finite numbers.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        Where the model is not fitted.
    TypeError
        Where it is no mixture.
    ValueError
        Where X has other columns than the model, or NaN or infinity.
    """
    components = read_components(gmm)
    points = read_points(X)
    check_match(components, points)
    asked = getattr(gmm, "uncertainty", None)
    uncertainty = 1 - gmm.predict_proba(X).max(axis=1) if asked is None else asked(X)
    return Grouping(
        points,
        components,
        np.asarray(gmm.predict(X), dtype=np.intp),
        np.maximum(np.asarray(uncertainty, dtype=np.float64), 0),  # rounding may leave a sum just above one
    )
