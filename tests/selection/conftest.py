"""What the tests of the choice of a model share."""

import numpy as np
import pytest

from mixtura import GaussianMixtureSearch

FOUR = ["spherical", "diag", "tied", "full"]


def three_groups(n=150, seed=0):
    """Three round groups of unlike sizes, far apart (n, 2)."""
    rng = np.random.default_rng(seed)
    groups = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
    return rng.normal(size=(n, 2)) * np.array([0.5, 1.0, 1.5])[groups, None] + 9.0 * np.eye(3, 2)[groups]


@pytest.fixture(scope="session")
def X():
    return three_groups()


@pytest.fixture(scope="session")
def search(X):
    return GaussianMixtureSearch(range(1, 6), covariance_type=FOUR, random_state=0).fit(X)
