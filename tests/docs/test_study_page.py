"""The page of the study: its tables are the numbers beside it, its pictures exist, and its sentences hold of them."""

import importlib.util
import re
from pathlib import Path

import pytest
from scipy.stats import spearmanr

from mixtura.study import read_study

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "study.md").read_text(encoding="utf-8")
FLAT = " ".join(TEXT.split())


@pytest.fixture(scope="module")
def groups():
    return [group for file in ("grid.json", "grid-all.json") for group in read_study(DOCS / "study" / file).groups]


def test_tables_are_the_numbers_beside_the_page():
    spec = importlib.util.spec_from_file_location("tables", DOCS / "study" / "tables.py")
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    assert len(re.findall("<!-- table ", TEXT)) == len(re.findall("<!-- end -->", TEXT)) >= 2
    assert tables.with_tables(TEXT) == TEXT  # else run docs/study/tables.py
    assert tables.with_tables(TEXT.replace("0.45", "0.44")) == TEXT


def test_pictures_exist():
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", TEXT)
    assert len(pictures) >= 4
    assert [name for name in pictures if not (DOCS / name).is_file()] == []


def values(group, measure, chosen=lambda setting: True):
    return [getattr(cell.figures, measure) for cell in group.cells if chosen(cell.setting)]


def least(group, measure, n_basis):
    return min(values(group, measure, lambda setting: setting.n_basis == n_basis))


def short(value):
    return f"{value:.2f}".removeprefix("0")


def extent(found):
    return f"{short(min(found))} to {short(max(found))}"


def test_sentences_on_both_numbers_hold(groups):
    alone, three = groups[:2]
    falls = [f"from {least(one, 'frechet', 10):.0f} to {least(one, 'frechet', 200):.0f}" for one in (alone, three)]
    assert f"{falls[0]} for pullovers and {falls[1]} for three classes" in FLAT
    assert f"from {least(three, 'lost', 10):.0f} points to {least(three, 'lost', 200):.0f}" in FLAT
    single = [extent(values(one, "bins", lambda setting: setting.n_components == 1)) for one in (alone, three)]
    many = [
        extent(values(one, "bins", lambda setting: setting.n_components == 100 and setting.n_basis > 10))
        for one in (alone, three)
    ]
    assert f"{single[0]} of the bins wrong for pullovers and {single[1]} for three classes" in FLAT
    assert f"100 components {many[0]} and {many[1]}" in FLAT
    bits = [one.at(200, 100).figures.bits for one in (alone, three)]
    assert f"pullovers then take {bits[0]:.0f} bits for a pixel, and three classes {bits[1]:.0f}" in FLAT
    near = [extent(values(one, "nearer", lambda setting: setting.n_basis == 10)) for one in (alone, three)]
    assert (
        f"pullovers lie nearer ({near[0]}) to training images than test images do, three classes as near ({near[1]})"
        in FLAT
    )
    far = [value for one in (alone, three) for value in values(one, "nearer", lambda setting: setting.n_basis >= 100)]
    assert f"At 100 and 200 they lie farther ({extent(far)})" in FLAT
    for one in (alone, three):
        assert one.at(200, 5).figures.bits == min(values(one, "bits"))
        assert one.at(200, 5).figures.frechet < one.at(200, 25).figures.frechet
        assert max(values(one, "recall", lambda setting: setting.n_basis == 10)) < 0.02
        most = one.at(200, 100).figures
        assert most.bins == min(values(one, "bins"))
        assert (most.precision, most.coverage) == (max(values(one, "precision")), max(values(one, "coverage")))
    most = alone.at(200, 100).figures
    assert most.precision > alone.floor.precision
    assert most.density > alone.floor.density


def test_kernel_and_frechet_distance_order_the_cells_alike(groups):
    agreed = [spearmanr(values(one, "frechet"), values(one, "kernel")).statistic for one in groups[:2]]
    assert f"rank correlations of {short(agreed[0])} and {short(agreed[1])}" in FLAT


def test_the_sentence_on_ten_classes_holds(groups):
    ten = groups[2]
    few, many, most, single = (ten.at(*pair).figures for pair in ((10, 25), (100, 25), (200, 25), (100, 1)))
    distances = f"from {few.frechet:.0f} at 10 vectors to {many.frechet:.0f} at 100 and {most.frechet:.0f} at 200"
    assert distances in FLAT
    assert f"fall from {short(single.bins)} with one component to {short(many.bins)} with 25" in FLAT
    assert f"of which {len(ten.cells)} of the 20 pairs have been measured" in FLAT or len(ten.cells) == 20
