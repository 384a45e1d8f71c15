"""The page on how to add a structure: its code runs, and does what the page says."""

import re
from pathlib import Path

import numpy as np
from conftest import make_blobs, random_mixture

from mixtura import reference
from mixtura.engines.memory import Memory
from mixtura.selection.families import expand_families, holds
from mixtura.structures import STRUCTURES

PAGE = Path(__file__).parents[2] / "docs" / "structures.md"


def test_the_example_agrees_with_its_oracle():
    structure_code, line, oracle_code = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.S)
    names = {"__name__": "exchangeable"}
    exec(structure_code, names)
    oracle = vars(reference).copy()
    exec(oracle_code, oracle)
    structure = eval(line.partition(":")[2].strip(" ,\n"), names)

    blobs, centres = make_blobs(), np.zeros((3, 3))
    moments = Memory(blobs.X, blobs.weights).gather(blobs.shares, structure.need, centres)
    form = structure.update(moments, random_mixture(3, 3, "dense"))
    expected = oracle["_exchangeable"](moments.scatter, moments.counts)
    np.testing.assert_allclose(form.stored, expected, rtol=1e-11)
    published = structure.publish(form.stored)
    assert published.shape == structure.shape(3, 3)
    np.testing.assert_array_equal(structure.form(published, 3, 3).stored, form.stored)


def test_a_family_of_another_kind_can_be_searched(monkeypatch):
    """Its parts are words: it holds no family but itself, and is tried after mclust's."""
    structure_code, line, _ = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.S)
    names = {"__name__": "exchangeable"}
    exec(structure_code, names)
    monkeypatch.setitem(STRUCTURES, "exchangeable", eval(line.partition(":")[2].strip(" ,\n"), names))
    assert expand_families(["exchangeable", "VVV", "EII"], 3) == ("EII", "VVV", "exchangeable")
    assert not holds("exchangeable", "EEI")
    assert holds("exchangeable", "exchangeable")
    assert holds("VVV", "exchangeable")


def test_the_page_names_files_that_exist():
    for name in set(re.findall(r"`(\w+\.py)`", PAGE.read_text())):
        assert list(PAGE.parents[1].glob(f"src/mixtura/**/{name}")), name
