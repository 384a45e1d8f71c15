"""The files of ``notebooks/``, which is no package: its two modules are loaded by their paths."""

import importlib.util
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="session")
def build():
    """The module ``build.py``."""
    spec = importlib.util.spec_from_file_location("notebooks_build", NOTEBOOKS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def shown(monkeypatch):
    """Let ``plt.show()`` do what it does in a notebook, close the figures, and count them."""
    figures = []

    def show():
        figures.extend(plt.get_fignums())
        plt.close("all")

    monkeypatch.setattr(plt, "show", show)
    yield figures
    plt.close("all")
