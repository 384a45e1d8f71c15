"""``mixtura lab``: a thin call."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import mixtura


@pytest.fixture
def calls(monkeypatch):
    calls = []

    def run(**options):
        calls.append(options)
        return Path("report") / "index.html"

    lab = SimpleNamespace(run=run)
    monkeypatch.setitem(sys.modules, "mixtura.lab", lab)
    monkeypatch.setattr(mixtura, "lab", lab, raising=False)  # there already if the lab was imported before
    return calls


def test_options_reach_the_lab_and_the_path_is_printed(run, calls):
    assert run("lab").out == "report/index.html\n"
    ran = run("lab", "--out", "report", "--dataset", "digits", "--quick", "--json")
    assert ran.document == {"report": "report/index.html"}
    assert calls == [
        {"out": Path("lab-report"), "dataset": "fashion-mnist", "quick": False},
        {"out": Path("report"), "dataset": "digits", "quick": True},
    ]


def test_another_set_of_images(refuse, calls):
    refuse(2, "'--dataset'", "lab", "--dataset", "mnist")
    assert calls == []
