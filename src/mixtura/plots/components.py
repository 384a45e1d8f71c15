"""The components of a fitted mixture, read from the attributes that ours and scikit-learn's share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray, IntArray
from mixtura.plots.points import Points


@dataclass(frozen=True)
class Components:
    """Weights, means and whole covariances, whatever the structure that the mixture was fitted with.

    Attributes
    ----------
    weights : ndarray of shape (K,)
        They sum to one.
    means : ndarray of shape (K, D)
        In the units of the data.
    covariances : ndarray of shape (K, D, D)
        In squared units of the data.
    noise_share : float
        Share of the rows that are noise: what the components give is a density of all rows times 1 less this.
    noise_height : float
        The density of noise, the same everywhere; 0 where there is none, or where rows were projected.
    merged : ndarray of shape (K,), optional
        The cluster of each component, where components were merged.
    names : tuple of str, length D, optional
        Of the features, where the mixture was fitted to a data frame.
    """

    weights: FloatArray  # (K,)
    means: FloatArray  # (K, D)
    covariances: FloatArray  # (K, D, D)
    noise_share: float = 0.0
    noise_height: float = 0.0
    merged: IntArray | None = None  # (K,)
    names: tuple[str, ...] | None = None  # D

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def owners(self) -> IntArray:
        """The group of each component (K,): itself, unless components were merged."""
        return np.arange(len(self)) if self.merged is None else self.merged

    @property
    def n_groups(self) -> int:
        """How many groups there are, noise not counted."""
        return int(self.owners.max()) + 1

    @property
    def group(self) -> str:
        """What a group is called: a component, or a cluster of several."""
        return "component" if self.merged is None else "cluster"

    @property
    def in_words(self) -> str:
        """Such as "3 components" or "5 components in 2 clusters"."""
        clusters = "" if self.merged is None else f" in {count(self.n_groups, 'cluster')}"
        return f"{count(len(self), 'component')}{clusters}"

    @property
    def n_features(self) -> int:
        """D, the number of columns that the mixture was fitted on."""
        return int(self.means.shape[1])

    def project(self, directions: FloatArray) -> "Components":
        """Return what the components are along directions (D, d): Gaussians of d features again."""
        covariances = np.einsum("de,kdf,fg->keg", directions, self.covariances, directions)
        return replace(self, means=self.means @ directions, covariances=covariances, noise_height=0.0, names=None)

    def heights(self, rows: FloatArray) -> FloatArray:
        """Return the density of the Gaussians at rows (n, D), noise left out: (n,). It integrates to their share."""
        return (1.0 - self.noise_share) * np.exp(self.as_mixture().score_samples(rows))

    def as_mixture(self) -> GaussianMixture:
        """Return the Gaussians alone as an estimator, ready to score and sample."""
        return GaussianMixture.from_parameters(self.weights, self.means, self.covariances)


# Of scikit-learn's classes, one row per covariance_type: from what scikit-learn stores to (K, D, D).
_WHOLE: dict[str, Callable[[FloatArray, int, int], FloatArray]] = {
    "full": lambda stored, k, d: stored,  # (K, D, D)
    "tied": lambda stored, k, d: np.broadcast_to(stored, (k, d, d)),  # (D, D)
    "diag": lambda stored, k, d: stored[:, :, None] * np.eye(d),  # (K, D)
    "spherical": lambda stored, k, d: stored[:, None, None] * np.eye(d),  # (K,)
}


def read_components(gmm: Any) -> Components:
    """Read the components of a fitted mixture.

    Parameters
    ----------
    gmm : fitted estimator
        ``mixtura.GaussianMixture``, scikit-learn's, or one with the same attributes.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        Where it has not been fitted.
    TypeError
        Where it is no mixture.
    ValueError
        Where its ``covariance_type`` is unknown, or its parameters are not finite.
    """
    known = getattr(gmm, "feature_names_in_", None)
    names = None if known is None else tuple(str(name) for name in known)
    if hasattr(gmm, "mixture_"):  # ours: exact, whatever the family
        mixture = gmm.mixture_
        matrices = mixture.covariances.expand(mixture.n_components)  # (K, D, D)
        share, height = (0.0, 0.0) if mixture.noise is None else (mixture.noise.share, np.exp(mixture.noise.log_height))
        merged = getattr(gmm, "cluster_of_component_", None)
        return Components(mixture.weights, mixture.means, matrices, share, float(height), merged, names)
    kind = getattr(gmm, "covariance_type", None)
    if kind is None or not hasattr(type(gmm), "predict_proba"):
        raise TypeError(f"gmm is of type {type(gmm).__name__}; expected a fitted GaussianMixture")
    if not hasattr(gmm, "means_"):
        raise NotFittedError(f"this {type(gmm).__name__} is not fitted; call fit(X) before drawing it")
    if kind not in _WHOLE:
        raise ValueError(f"covariance_type is {kind!r}; expected one of {', '.join(_WHOLE)}")
    weights, means, stored = (
        np.asarray(part, dtype=np.float64) for part in (gmm.weights_, gmm.means_, gmm.covariances_)
    )
    covariances = _WHOLE[kind](stored, *means.shape)
    if not (np.isfinite(weights).all() and np.isfinite(means).all() and np.isfinite(covariances).all()):
        raise ValueError("the mixture's parameters hold NaN or infinity; fit it again, with regularisation")
    return Components(weights, means, covariances, names=names)


def count(number: int, noun: str) -> str:
    """Return a number and its noun, in the plural where there are several.

    >>> count(2, "cluster")
    '2 clusters'
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def check_match(components: Components, points: Points) -> None:
    """Refuse points that the mixture was not fitted for: of other columns, or the same in another order."""
    if points.n_features != components.n_features:
        raise ValueError(
            f"X has {points.n_features} features, but the mixture was fitted on {components.n_features}; "
            "pass the columns that it was fitted on"
        )
    if components.names is not None and points.names is not None and components.names != points.names:
        raise ValueError(
            f"X has the columns {', '.join(points.names)}, but the mixture was fitted on "
            f"{', '.join(components.names)}; pass these, in this order"
        )
