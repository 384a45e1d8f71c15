"""The rows of the table: data, where EM begins, and how much faster than others it should be."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

from mixtura.datasets import DatasetNotFoundError, load_fashion_mnist
from mixtura.images import PrincipalComponents

__all__ = ["PROBLEMS", "Problem", "groups_of_points"]


@dataclass(frozen=True)
class Problem:
    """N rows of D features, K components of one type; wanted are ratios of the time of an iteration."""

    n_rows: int
    n_features: int
    n_components: int
    kind: str
    wanted: float  # against scikit-learn
    wanted_of_onedal: float
    images: bool = False  # the first principal components of Fashion-MNIST instead of groups of points

    @property
    def name(self):
        rows = f"{self.n_rows:.0e}".replace("e+0", "e")
        of = " of Fashion-MNIST" if self.images else ""
        return f"{rows}, {self.n_features}, {self.n_components}, {self.kind}{of}"

    @property
    def slow(self):
        """Whether scikit-learn needs seconds for an iteration."""
        return self.floor > 1e10

    @property
    def floor(self):
        """Arithmetic of an iteration that looks at every pair of row and component: N K D (D + 1), or 8 N K D."""
        d = self.n_features
        return 2 * self.n_rows * self.n_components * (d * (d + 1) if self.kind == "full" else 4 * d)

    @cached_property
    def X(self):
        return self._data[0]

    @cached_property
    def start(self):
        """Weights, means and precisions to begin with, given to both sides."""
        X, means = self._data
        variances, k = X.var(axis=0), self.n_components
        precision = np.diag(1 / variances) if self.kind == "full" else 1 / variances
        return {"weights_init": np.full(k, 1 / k), "means_init": means, "precisions_init": np.stack([precision] * k)}

    @cached_property
    def _data(self):
        if not self.images:
            return groups_of_points(self.n_rows, self.n_features, self.n_components)
        try:
            images = load_fashion_mnist(download=False).images
        except DatasetNotFoundError as error:
            pytest.skip(f"Fashion-MNIST is not on this machine: {error}")
        X = PrincipalComponents(self.n_features).fit_transform(images)[: self.n_rows]
        return X, X[np.random.default_rng(0).choice(len(X), self.n_components, replace=False)]

    def forget(self):
        """Let go of the data."""
        for name in ("X", "start", "_data"):
            self.__dict__.pop(name, None)


def groups_of_points(n, d, k, seed=0):
    """Groups, each of its own shape, and their true means: they overlap in few features, hardly in many."""
    rng = np.random.default_rng(seed)
    means = 2.0 * rng.normal(size=(k, d))
    groups = rng.integers(k, size=n)
    shapes = rng.normal(size=(k, d, d)) / np.sqrt(d) + np.eye(d)
    X = np.empty((n, d))
    for g in range(k):
        X[groups == g] = rng.normal(size=((groups == g).sum(), d)) @ shapes[g] + means[g]
    return X, means


PROBLEMS = [
    Problem(1_000_000, 1, 3, "full", 100, 4.5),
    Problem(1_000_000, 2, 5, "full", 110, 4),
    Problem(1_000_000, 2, 5, "diag", 70, 7),
    Problem(200_000, 10, 10, "full", 35, 5.5),
    Problem(1_000_000, 10, 10, "diag", 35, 5.5),
    Problem(100_000, 32, 16, "full", 15, 3.3),
    Problem(100_000, 64, 64, "diag", 8, 4),
    Problem(50_000, 100, 25, "full", 8, 2.5),
    Problem(60_000, 100, 25, "full", 20, 6, images=True),
]
