"""No window opens here, no picture calls ``show``, and no figure outlives its test."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    def show(*_args, **_keywords):
        raise AssertionError("a picture called show")

    monkeypatch.setattr(plt, "show", show)
    monkeypatch.setattr("matplotlib.figure.Figure.show", show)
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def blobs():
    """A round blob of 90 at the left and a stretched one of 30 at the right, (120, 2)."""
    rng = np.random.default_rng(7)
    stretched = rng.normal(0, 1, (30, 2)) @ [[1.0, 0.6], [0.0, 0.3]]
    return np.concatenate([rng.normal(-3, 0.5, (90, 2)), stretched + np.array([3.0, 1.0])])
