"""A small study of digits."""

import matplotlib

matplotlib.use("Agg")

import pytest
from threadpoolctl import threadpool_limits

from mixtura.datasets import load_digits_images
from mixtura.study import RIVALS, run_study

GRID = {"basis_sizes": [20, 6], "component_counts": [3, 1], "groups": [(2,), (2, 4, 6)], "n_bins": 10, "patch_side": 3}

RIVAL_NAMES = ("independent-pixels", "one-gaussian", "naive-labelled", "matched", "copula")


@pytest.fixture(autouse=True, scope="session")
def calm():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def images():
    return load_digits_images(), load_digits_images("test")


@pytest.fixture(scope="session")
def cells(tmp_path_factory):
    return tmp_path_factory.mktemp("study") / "cells"


@pytest.fixture(scope="session")
def study(images, cells):
    chosen = [rival for rival in RIVALS if rival.name in RIVAL_NAMES]
    return run_study(*images, **GRID, rivals=chosen, folder=cells)
