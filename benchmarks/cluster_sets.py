"""Sets of points whose groups are no ellipsoids, each a function of a seed that returns rows (N, 2) and groups (N,)."""

import numpy as np
from sklearn.datasets import make_circles

from mixtura.datasets import two_moons

__all__ = ["SETS", "rings", "spirals"]


def rings(seed, n=400, noise=0.05):
    """Two rings about the origin, of radius 0.45 and 1."""
    return make_circles(n, noise=noise, factor=0.45, random_state=seed)


def spirals(seed, n=500, noise=0.2, arms=2, n_outliers=0):
    """Arms of a spiral about the origin, and outliers (group -1) over the square around them."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(arms), n // arms)
    radii = np.sqrt(rng.uniform(0.1, 1, len(groups))) * 1.8 * np.pi
    angles = radii + 2 * np.pi * groups / arms
    X = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)]) + noise * rng.normal(size=(len(groups), 2))
    X = np.concatenate([X, rng.uniform(-7, 7, size=(n_outliers, 2))])
    return X, np.append(groups, np.full(n_outliers, -1))


def scatter_outliers(X, groups, seed, n):
    """Add rows (group -1) spread evenly over a square of two to three times the width of the others'."""
    low, high = X.min(axis=0) - 2.0, X.max(axis=0) + 2.0
    outliers = np.random.default_rng(seed).uniform(low, high, size=(n, 2))
    return np.concatenate([X, outliers]), np.append(groups, np.full(n, -1))


SETS = {
    "two moons": lambda seed: two_moons(random_state=seed),
    "rings": rings,
    "spirals and outliers": lambda seed: spirals(seed, n_outliers=30),
    "spirals": spirals,
    "three spirals": lambda seed: spirals(seed, 900, arms=3),
    "moons and outliers": lambda seed: scatter_outliers(*two_moons(random_state=seed), seed, 20),
    "rings and outliers": lambda seed: scatter_outliers(*rings(seed), seed, 30),
}
"""The first three are drawn in docs/pictures/clusters.py."""
