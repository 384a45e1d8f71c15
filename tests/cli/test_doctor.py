"""``mixtura doctor``."""

import tomllib
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

import mixtura
from mixtura import datasets
from mixtura.cli import doctor
from mixtura.datasets import SourceState


@pytest.fixture(autouse=True)
def sources(monkeypatch):
    """Fashion-MNIST in the second place that is asked."""
    states = [SourceState("root", "", False, "not given"), SourceState("the user cache", "cache", True, "right")]
    monkeypatch.setattr(datasets, "fashion_mnist_sources", lambda: states)
    return states


def test_json(run):
    ran = run("doctor", "--json")
    assert ran.code == 0
    found = ran.document
    assert found["core_works"] is True
    assert found["core"]["numpy"] == np.__version__
    assert found["mixtura"] == mixtura.__version__
    assert found["threads"] >= 1
    assert any(name in found["kernel"] for name in ("portable", "native"))
    assert found["fashion_mnist"] == {"found": True, "source": "the user cache", "folder": "cache"}


def test_extras_are_those_of_the_project(run):
    """Read from what is installed, so that no second list must be kept; this holds it against pyproject.toml."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    found = run("doctor", "--json").document["extras"]
    assert set(found) == set(project["optional-dependencies"]) - {"all", "dev"}
    assert found["plots"]["libraries"] == {"matplotlib": metadata.version("matplotlib")}
    assert found["plots"]["installed"] is True
    assert found["tables"]["install"] == "pip install 'mixtura[tables]'"


def test_people_read_lines(run):
    lines = dict(line.split(maxsplit=1) for line in run("doctor").out.splitlines())
    assert lines["mixtura"] == mixtura.__version__
    assert lines["core"] == "works: a fit of known answer is right"
    assert lines["Fashion-MNIST"] == "the user cache, in cache"


def test_what_is_missing_is_said_with_what_to_type(run, monkeypatch, sources):
    def version(name):
        if name in ("pyarrow", "threadpoolctl"):
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor.metadata, "version", version)
    sources[1] = sources[0]
    ran = run("doctor")
    assert ran.code == 0
    assert "missing pyarrow: pip install 'mixtura[tables]'" in ran.out
    assert "threadpoolctl    missing" in ran.out
    assert "not here yet; get it: mixtura data" in ran.out
    assert run("doctor", "--json").document["extras"]["tables"]["installed"] is False


def test_run_from_its_source_folder(run, monkeypatch):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "requires", requires)
    assert run("doctor", "--json").document["extras"] == {}


def fail(*_, **__):
    raise RuntimeError("no BLAS")


class Wrong:
    """A mixture that finds the wrong means."""

    means_ = np.array([[1.0], [2.0]])

    def __init__(self, *_, **__):
        pass

    def fit(self, rows):
        return self


@pytest.mark.parametrize(("broken", "detail"), [(fail, "RuntimeError: no BLAS"), (Wrong, "expected 0.5 and 10.5")])
def test_a_core_that_does_not_work(run, monkeypatch, broken, detail):
    monkeypatch.setattr(mixtura, "GaussianMixture", broken, raising=False)
    ran = run("doctor")
    assert ran.code == 1
    assert detail in ran.out
    assert "core             fails" in ran.out
