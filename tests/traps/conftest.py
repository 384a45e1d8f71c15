"""Data that several traps share."""

import numpy as np
import pytest


def two_groups(n: int = 200, d: int = 2, apart: float = 6.0, seed: int = 0) -> np.ndarray:
    """Two round groups of ``n`` rows each with unit variance, in multiples of 2^-20, so that offsets are exact."""
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(size=(n, d)), rng.normal(size=(n, d)) + apart])
    return np.round(X * 2**20) / 2**20


@pytest.fixture
def X() -> np.ndarray:
    return two_groups()
