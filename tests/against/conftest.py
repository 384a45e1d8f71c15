"""Rows that the tests among other tools share."""

import numpy as np
import pytest


@pytest.fixture
def X() -> np.ndarray:
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(150, 3)), rng.normal(size=(150, 3)) + 4])
    return np.round(X * 64) / 64
