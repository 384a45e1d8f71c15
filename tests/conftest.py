"""What several test files share."""

from dataclasses import dataclass

import numpy as np
import pytest

from mixtura.forms import Dense, Diagonal
from mixtura.mixture import Mixture

SKLEARN_FAMILIES = ("full", "tied", "diag", "spherical")
FAMILIES = (*SKLEARN_FAMILIES, "EII", "EEI", "VEI", "EVI", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV")
"""Each of the fourteen once: scikit-learn's names are the codes VVV, EEE, VVI and VII."""


@dataclass(frozen=True)
class Blobs:
    """Three overlapping stretched groups: rows (N, D), their groups (N,), soft memberships (N, K), weights (N,)."""

    X: np.ndarray
    groups: np.ndarray
    shares: np.ndarray
    weights: np.ndarray


def make_blobs(n: int = 120, d: int = 3, k: int = 3, seed: int = 0) -> Blobs:
    rng = np.random.default_rng(seed)
    groups = rng.integers(k, size=n)
    shapes = rng.normal(size=(k, d, d)) + 1.5 * np.eye(d)
    X = np.einsum("nd,nde->ne", rng.normal(size=(n, d)), shapes[groups]) + 4 * rng.normal(size=(k, d))[groups]
    shares = rng.dirichlet(np.ones(k), size=n) * 0.2
    shares[np.arange(n), groups] += 0.8
    return Blobs(X, groups, shares, rng.uniform(0.2, 3.0, size=n))


@pytest.fixture
def blobs() -> Blobs:
    return make_blobs()


def random_mixture(k: int, d: int, form: str, seed: int = 0, spread: float = 3.0) -> Mixture:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(k, 5.0))
    means = spread * rng.normal(size=(k, d))
    if form == "diagonal":
        return Mixture(weights, means, Diagonal(rng.uniform(0.3, 2.0, size=(k, d))))
    count = 1 if form == "shared" else k
    roots = rng.normal(size=(count, d, d)) / np.sqrt(d)
    return Mixture(weights, means, Dense(roots @ roots.transpose(0, 2, 1) + 0.3 * np.eye(d), shared=form == "shared"))


def matrices(mixture: Mixture) -> np.ndarray:
    """All covariances of a mixture as matrices (K, D, D)."""
    return np.stack([mixture.covariances.matrix(k) for k in range(mixture.n_components)])
