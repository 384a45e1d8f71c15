"""``mixtura data``: asks the sources, and says which one answered."""

from pathlib import Path

import pytest

from mixtura import datasets
from mixtura.datasets import DataPlace, DatasetNotFoundError


@pytest.fixture
def asked(monkeypatch):
    asked = []

    def fetch(**options):
        asked.append(options)
        return DataPlace("the user cache", Path("cache"))

    monkeypatch.setattr(datasets, "fetch_fashion_mnist", fetch)
    return asked


def test_it_says_from_where_and_where(run, asked):
    assert run("data").out == "Fashion-MNIST from the user cache, in cache\n"
    document = run("data", "--root", "here", "--no-download", "--json").document
    assert document == {"dataset": "fashion-mnist", "source": "the user cache", "folder": "cache"}
    assert asked == [{"root": None, "download": True}, {"root": Path("here"), "download": False}]


def test_nothing_found_has_a_code_of_its_own(refuse, monkeypatch):
    def fetch(**_):
        raise DatasetNotFoundError("found in none of its sources:\n  1. root: not given\nTwo ways out")

    monkeypatch.setattr(datasets, "fetch_fashion_mnist", fetch)
    refuse(5, "found in none of its sources: 1. root: not given Two ways out", "data", "--no-download")
