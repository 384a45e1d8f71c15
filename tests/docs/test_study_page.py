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


GRID = read_study(DOCS / "study" / "grid.json")


@pytest.fixture(scope="module")
def groups():
    return GRID.groups


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


def told(found):
    return f"{found[0]}, {found[1]} and {found[2]}"


def test_sentences_on_both_numbers_hold(groups):
    alone, three, ten = groups
    falls = [f"from {least(one, 'frechet', 10):.0f} to {least(one, 'frechet', 200):.0f}" for one in groups]
    assert f"{falls[0]} for pullovers, {falls[1]} for three classes and {falls[2]} for ten" in FLAT
    falls = [f"{least(one, 'lost', 10):.0f} {{}}to {least(one, 'lost', 200):.0f}" for one in (three, ten)]
    assert f"from {falls[0].format('points ')} for three and from {falls[1].format('')} for ten" in FLAT
    single = [extent(values(one, "bins", lambda setting: setting.n_components == 1)) for one in groups]
    assert f"{single[0]} of the bins wrong for pullovers, {single[1]} for three classes and {single[2]} for ten" in FLAT
    most = [one.at(200, 100).figures for one in groups]
    reached, real = ([short(figures.bins) for figures in found] for found in (most, [one.floor for one in groups]))
    assert f"it is {told(reached)}, where real images have {told(real)}." in FLAT
    bits = [f"{figures.bits:.0f}" for figures in most]
    assert f"pullovers then take {bits[0]} bits for a pixel, three classes {bits[1]} and ten {bits[2]}," in FLAT
    near = [extent(values(one, "nearer", lambda setting: setting.n_basis == 10)) for one in groups]
    assert (
        f"pullovers lie nearer ({near[0]}) to training images than test images do, "
        f"three classes as near ({near[1]}), ten farther ({near[2]})" in FLAT
    )
    far = [value for one in groups for value in values(one, "nearer", lambda setting: setting.n_basis >= 100)]
    assert f"At 100 and 200 they lie farther ({extent(far)})" in FLAT
    for one, figures in zip(groups, most, strict=True):
        assert one.at(200, 5).figures.bits == min(values(one, "bits"))
        assert one.at(200, 5).figures.frechet < one.at(200, 25).figures.frechet
        assert max(values(one, "recall", lambda setting: setting.n_basis == 10)) < 0.02
        assert figures.bins == min(values(one, "bins"))
        assert (figures.precision, figures.coverage) == (max(values(one, "precision")), max(values(one, "coverage")))
    for one, figures in zip(groups[1:], most[1:], strict=True):
        assert (figures.frechet, figures.lost) == (min(values(one, "frechet")), min(values(one, "lost")))
    assert most[0].precision > alone.floor.precision
    assert most[0].density > alone.floor.density


def percent(before, after):
    return 100 * (after / before - 1)


def test_sentences_on_components_hold(groups):
    falls, moves = [], []
    for one, size in [(group, size) for group in groups for size in group.basis_sizes]:
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
    worse, five = ([f"{one.at(200, count).figures.frechet:.0f}" for one in groups] for count in (25, 5))
    assert f"({told(worse)} against {told(five)})" in FLAT
    few, many = ([groups[2].at(size, count).figures.lost for count in (1, 5, 25, 100)] for size in (10, 100))
    assert few == sorted(few)
    assert many == sorted(many, reverse=True)
    few, many = ([f"{lost:.1f}" for lost in found] for found in (few, many))
    assert f"at 10 vectors, {', '.join(few[:3])} and {few[3]} points, and falls at 100, {', '.join(many[:3])}" in FLAT
    assert f"and {many[3]}." in FLAT


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
    earlier = read_study(DOCS / "study" / "earlier.json").conditions
    assert f"an earlier state of the code, {earlier.code}," in FLAT
    assert len(GRID.conditions.code) == 64
    assert (GRID.conditions.threads, GRID.conditions.teachings) == (1, 3)
    assert "on one thread" in FLAT


def test_what_cells_cost_is_what_they_took(groups):
    assert [len(group.cells) for group in groups] == [20, 20, 20]
    times = [values(group, "processor_seconds") for group in groups]
    told = [f"{min(found):.0f} to {max(found):.0f}" for found in times]
    assert f"took {told[0]} processor seconds for one class, {told[1]} for three and {told[2]} for ten" in FLAT
    memory = [f"{max(values(group, 'peak_memory')):.1f}" for group in groups]
    assert f"at most {memory[0]}, {memory[1]} and {memory[2]} GB" in FLAT


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
    agreed = [spearmanr(values(one, "frechet"), values(one, "kernel")).statistic for one in groups]
    assert f"rank correlations of {told([short(value) for value in agreed])};" in FLAT
