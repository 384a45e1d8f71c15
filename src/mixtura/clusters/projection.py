"""Projection: the few directions along which the clusters of a mixture differ most."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from mixtura import FactorMixture, GaussianMixture, GaussianMixtureSearch
from mixtura.arrays import FloatArray, frozen
from mixtura.clusters.merged_gaussian_mixture import MergedGaussianMixture

__all__ = ["ClusterProjection", "project_clusters"]

_LEAST = float(np.sqrt(np.finfo(np.float64).eps))
"""Directions whose eigenvalue is below this show nothing."""


@dataclass(frozen=True, eq=False)
class ClusterProjection:
    """Directions that show clusters, the best one first.

    Attributes
    ----------
    directions : ndarray of shape (D, d)
        In columns, each of length 1, in the units of the features; the largest entry is positive.
    eigenvalues : ndarray of shape (d,)
        How much each shows, falling.
    centre : ndarray of shape (D,)
        The mean of the rows; it projects to 0.
    """

    directions: FloatArray  # (D, d)
    eigenvalues: FloatArray  # (d,)
    centre: FloatArray  # (D,)

    def __post_init__(self) -> None:
        for name in ("directions", "eigenvalues", "centre"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def shares(self) -> FloatArray:
        """The eigenvalues as shares of their sum (d,)."""
        shares: FloatArray = self.eigenvalues / self.eigenvalues.sum()
        return shares

    def transform(self, X: ArrayLike) -> FloatArray:
        """Return rows (n, D) along the directions: (n, d)."""
        rows: FloatArray = check_array(X, dtype=np.float64)
        if rows.shape[1] != len(self.centre):
            raise ValueError(
                f"Got {rows.shape[1]} features, expected {len(self.centre)}, as in the rows that the projection is of."
            )
        projected: FloatArray = (rows - self.centre) @ self.directions
        return projected


def project_clusters(gmm: Any, X: ArrayLike, mean_share: float = 0.5) -> ClusterProjection:
    """Find the directions along which the components of a mixture differ most, in their means and covariances.

    With Σ the covariance of the rows, μ their mean, and S = Σ_k w_k Σ_k the pooled covariance within components, they
    are the solutions v of M v = l Σ v, where

        M = 2 λ B Σ⁻¹ B + 2 (1 - λ) Σ_k w_k (Σ_k - S) Σ⁻¹ (Σ_k - S),  B = Σ_k w_k (μ_k - μ)(μ_k - μ)ᵀ

    (Scrucca 2010, "Dimension reduction for model-based clustering", Statistics and Computing 20, section 3, where λ is
    one half; R's mclust has λ as ``lambda`` of ``MclustDR``, and 1 is its default).

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture``, or another mixture, search or merged mixture of this package.
    X : array-like of shape (n, D)
        The rows that it was fitted to.
    mean_share : float, default=0.5
        λ, from 0 to 1: 1 looks at the means alone, which finds at most K - 1 directions; 0 at the covariances alone.

    Returns
    -------
    ClusterProjection

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the mixture is not fitted.
    TypeError
        If it is no mixture of this package.
    ValueError
        If X has other columns than the mixture, ``mean_share`` is out of range, or no direction shows anything: one
        component, or equal ones.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mixtura import GaussianMixture
    >>> iris = load_iris()
    >>> gmm = GaussianMixture(3, init_params=iris.target).fit(iris.data)
    >>> projection = project_clusters(gmm, iris.data)
    >>> projection.transform(iris.data).shape
    (150, 4)
    >>> projection.shares.round(2)
    array([0.55, 0.38, 0.05, 0.02])
    """
    if not 0 <= mean_share <= 1:
        raise ValueError(f"Got mean_share={mean_share!r}, expected a number from 0 (covariances) to 1 (means).")
    if not isinstance(gmm, GaussianMixture | FactorMixture | GaussianMixtureSearch | MergedGaussianMixture):
        raise TypeError(
            f"Got a {type(gmm).__name__}, expected a fitted mixture of mixtura. Of scikit-learn's mixture make one "
            "with GaussianMixture.from_sklearn."
        )
    check_is_fitted(gmm)
    rows: FloatArray = validate_data(gmm, X, reset=False, dtype=np.float64)
    mixture = gmm.mixture_
    centre = rows.mean(axis=0)
    scales = rows.std(axis=0)
    scales[scales == 0] = 1.0  # a constant feature shows nothing, in whatever unit
    white = _whitener((rows - centre) / scales) / scales[:, None]  # (D, r): (X - centre) @ white is white
    weights = mixture.weights / mixture.weights.sum()
    covariances = white.T @ mixture.covariances.expand(mixture.n_components) @ white  # (K, r, r)
    means = (mixture.means - centre) @ white  # (K, r)
    # In white coordinates Σ is the identity, and M v = l v.
    between = np.einsum("k,ki,kj->ij", weights, means, means)
    unlike = covariances - np.einsum("k,kij->ij", weights, covariances)
    kernel = 2 * mean_share * between @ between
    kernel += 2 * (1 - mean_share) * np.einsum("k,kij,kjl->il", weights, unlike, unlike)
    eigenvalues, vectors = eigh(kernel)
    shown = eigenvalues[::-1] > _LEAST
    if not shown.any():
        raise ValueError(
            "Got a mixture whose components do not differ, expected at least two that do; no direction shows them."
        )
    directions = (white @ vectors)[:, ::-1][:, shown]  # (D, d)
    directions /= np.linalg.norm(directions, axis=0)
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=0)[None], axis=0)
    return ClusterProjection(directions * np.sign(largest), eigenvalues[::-1][shown], centre)


def _whitener(centred: FloatArray) -> FloatArray:
    """Return W (D, r) such that centred rows (n, D) times W are white; r is their rank."""
    variances, axes = eigh(centred.T @ centred / len(centred))
    kept = variances > _LEAST * variances[-1]
    return axes[:, kept] / np.sqrt(variances[kept])
