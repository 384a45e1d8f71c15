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


FILES = ("grid-pullovers.json", "grid.json", "grid-all.json")


@pytest.fixture(scope="module")
def groups():
    return [group for file in FILES for group in read_study(DOCS / "study" / file).groups]


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


def percent(before, after):
    return 100 * (after / before - 1)


def test_sentences_on_components_hold(groups):
    falls, moves = [], []
    for one, size in [(group, size) for group in groups[:2] for size in group.basis_sizes]:
        first, five, _, most = (one.at(size, count).figures.frechet for count in (1, 5, 25, 100))
        bits = [one.at(size, count).figures.bits for count in (1, 5, 25, 100)]
        if size >= 100:
            falls.append(-percent(first, five))
            moves.append(abs(percent(five, most)))
        if size > 10:
            assert bits.index(min(bits)) == (2 if size < 100 else 1)
        else:
            assert max(bits[2:]) - min(bits) < 0.001
    assert f"by {min(falls):.0f} to {max(falls):.0f} % where there are 100 vectors or more" in FLAT
    assert f"from five to 100 it moves by {max(moves):.0f} % at most" in FLAT
    alone, three = groups[:2]
    lost = [f"{three.at(100, count).figures.lost:.1f}" for count in (1, 5, 25, 100)]
    assert f"at 100 vectors {', '.join(lost[:3])} and {lost[3]} points" in FLAT
    worse, five = ([f"{one.at(200, count).figures.frechet:.0f}" for one in (alone, three)] for count in (25, 5))
    assert f"({' and '.join(worse)} against {' and '.join(five)})" in FLAT


def test_what_another_start_moves_is_what_both_states_differ_by(groups):
    """Cells of pullovers, before k-means began elsewhere and since."""
    (before,), after = read_study(DOCS / "study" / "earlier.json").groups, groups[0]
    measures = ("bins", "precision", "coverage", "nearer", "bits", "frechet")
    moved = {measure: [] for measure in measures}
    for now in after.cells:
        then = before.at(now.setting.n_basis, now.setting.n_components).figures
        for measure in measures:
            pair = getattr(then, measure), getattr(now.figures, measure)
            if now.setting.n_components in (1, 100):
                assert pair[0] == pytest.approx(pair[1], rel=1e-6)
            else:
                moved[measure].append(abs(percent(*pair) if measure == "frechet" else pair[1] - pair[0]))
    most = {measure: max(found) for measure, found in moved.items()}
    root = {measure: (sum(value**2 for value in found) / len(found)) ** 0.5 for measure, found in moved.items()}
    assert f"moved by {short(most['bins'])} at most ({short(root['bins'])} root mean square)" in FLAT
    assert f"Fréchet distance by {most['frechet']:.0f} % ({root['frechet']:.0f} %)" in FLAT
    told = [f"{max(most['precision'], most['coverage']):.3f}", f"{most['nearer']:.3f}", f"{most['bits']:.2f}"]
    told = [value.removeprefix("0") for value in told]
    assert f"precision and coverage by {told[0]}, *nearer* by {told[1]}, bits by {told[2]}." in FLAT


def test_the_page_says_of_which_state_its_numbers_are():
    states = {file: read_study(DOCS / "study" / file).conditions for file in (*FILES, "earlier.json")}
    assert states["earlier.json"].code == states["grid.json"].code == states["grid-all.json"].code
    assert f"three classes and ten are of an earlier state, {states['grid.json'].code}," in FLAT
    assert len(states["grid-pullovers.json"].code) == 64
    assert states["grid-pullovers.json"].threads == 1
    assert "(one thread)" in FLAT


def test_missing_pairs_are_those_that_the_page_names(groups):
    three, ten = groups[1:]
    found = {(cell.setting.n_basis, cell.setting.n_components) for cell in ten.cells}
    names = []
    for size in three.basis_sizes:
        *lacking, last = [str(count) for count in three.component_counts if (size, count) not in found]
        names.append(f"{size} with {', '.join(lacking)}{' and ' * bool(lacking)}{last}")
    first = names[0].replace(" with", " vectors with") + " components"
    assert f"The other {20 - len(found)} pairs are missing" in FLAT
    assert "; ".join([first, *names[1:]]) + "." in FLAT
    costs = [cell.figures.processor_seconds for cell in ten.cells]
    assert f"A pair took {min(costs):.0f} to {max(costs):.0f} processor seconds" in FLAT


def test_what_matched_margins_take_off_the_distance_is_in_the_table():
    def distance(model):
        (row,) = re.findall(rf"^\| {model}(?: †)? \|[^|]*\| ([\d.]+)[^|]*\|$", TEXT, flags=re.MULTILINE)
        return float(row)

    pairs = [
        ("a mixture of 25 for each class", "without residuals, margins of the pixels matched"),
        ("with residuals of the covariance that they have", "with residuals, margins matched"),
        ("with half of them", "with half of the residuals, margins matched"),
    ]
    off = [-percent(distance(plain), distance(matched)) for plain, matched in pairs]
    assert f"margin takes {min(off):.0f} to {max(off):.0f} % off the distance" in FLAT


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
