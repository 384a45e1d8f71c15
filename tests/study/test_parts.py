"""The parts of the study: settings, figures, store, independent pixels, page, recipes."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mixtura.compiled import compiled
from mixtura.files import UnwritableError
from mixtura.images import CopulaImageMixture, DensitySettings, ImageBins, ImageMixture, MatchedImageMixture
from mixtura.images.quality import ImageClassifier, frechet_distance, stacks
from mixtura.study import (
    BEST,
    MEASURES,
    IndependentPixels,
    Store,
    best,
    memory,
    read_groups,
    read_study,
    reproduce,
    state,
)
from mixtura.study.bench import described
from mixtura.study.charts import chart_measure, chart_samples
from mixtura.study.page import check_page, group_table, write_page
from mixtura.study.rivals import RIVALS, available, most_vectors, rival_named
from mixtura.study.setting import text_model


def test_groups_of_classes():
    assert read_groups("2|2,4,6|all", 10) == ((2,), (2, 4, 6), tuple(range(10)))
    assert read_groups("6,2,2", 10) == ((2, 6),)
    for wrong in ("", "10", "-1", "2|", "shirts"):
        with pytest.raises(ValueError, match=r"Got classes .*, but expected numbers from 0 to 9 with commas"):
            read_groups(wrong, 10)


def test_every_measure_is_read_and_written(study):
    floor = study.groups[1].floor
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
    for measure in MEASURES:
        value = measure.read(floor)
        assert measure.write(floor) == ("–" if value is None else f"{value:.{measure.digits}f}")
    assert [measure.write(floor) for measure in MEASURES].count("–") == 2  # bits and accuracy lost


def test_a_store_gives_back_what_it_took_under_the_same_conditions(study, tmp_path):
    conditions = study.conditions
    figures, samples = study.groups[0].floor, study.groups[0].cells[0].samples
    store = Store(tmp_path / "new" / "cells", conditions)
    assert store.read("one", "Model(k=1)", samples.shape) is None
    assert not (tmp_path / "new").exists()
    store.write("one", "Model(k=1)", figures, samples)
    found, images = store.read("one", "Model(k=1)", samples.shape)
    assert found == figures
    assert_array_equal(images, samples)
    assert store.read("one", "Model(k=2)", samples.shape) is None
    assert store.differences("one") == store.differences("two") == ()
    for state_of in ({"code": "x"}, {"libraries": "x"}, {"threads": 77}, {"classifier": "x"}, {"version": "x"}):
        other = Store(store.folder, replace(conditions, **state_of))
        assert other.differences("one") == tuple(state_of)
        assert other.read("one", "Model(k=1)", samples.shape) is None
    for question in ({"seed": 9}, {"n_bins": 11}, {"teachings": 9}, {"patch_side": 2}, {"train": "x"}, {"test": "x"}):
        other = Store(store.folder, replace(conditions, **question))
        assert other.read("one", "Model(k=1)", samples.shape) is None
        other.write("one", "Model(k=1)", replace(figures, bins=0.0), samples)
    assert store.read("one", "Model(k=1)", samples.shape)[0] == figures
    assert Store(None, conditions).read("one", "Model(k=1)", samples.shape) is None
    assert Store(None, conditions).differences("one") == ()
    Store(None, conditions).check(["one"])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("samples",), ""),
        (("samples",), "AAAA"),
        (("samples",), "no base 64!"),
        (("samples",), None),
        (("figures", "bins"), "many"),
        (("figures", "bins"), None),
        (("figures", "bins"), True),
        (("figures", "losses"), [1.0, None]),
        (("figures", "losses"), 1.0),
        (("figures", "n_parameters"), "5"),
        (("figures",), []),
        (("figures",), {"bins": 0.1}),
        (("conditions",), None),
        ((), []),
    ],
)
def test_a_damaged_result_is_none(study, tmp_path, place, value):
    figures, samples = study.groups[1].at(6, 1).figures, study.groups[1].at(6, 1).samples
    store = Store(tmp_path, study.conditions)
    store.write("one", "Model(k=1)", figures, samples)
    (path,) = tmp_path.rglob("one.json")
    whole = json.loads(path.read_text())
    part = whole
    for name in place[:-1]:
        part = part[name]
    if place:
        part[place[-1]] = value
    path.write_text(json.dumps(whole if place else value))
    assert store.read("one", "Model(k=1)", samples.shape) is None
    assert store.differences("one") == ()
    path.write_bytes(b"")
    assert store.read("one", "Model(k=1)", samples.shape) is None


def test_none_is_kept_where_it_has_a_meaning(study, tmp_path):
    samples = study.groups[0].cells[0].samples
    bare = replace(study.groups[0].floor, bits=None, lost=None, n_parameters=None, losses=[])
    store = Store(tmp_path, study.conditions)
    store.write("one", "Model(k=1)", bare, samples)
    assert store.read("one", "Model(k=1)", samples.shape)[0] == bare
    assert store.read("one", "Model(k=1)", (5, *samples.shape[1:])) is None


def test_the_digest_is_of_every_source_file_and_its_name(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "one.py").write_text("a = 1")
    (tmp_path / "two.py").write_text("b = 2")
    native = tmp_path / "native.so"
    native.write_bytes(b"old")
    found = [state.digest_of(tmp_path, [native])]
    assert state.digest_of(tmp_path, [native]) == found[0]
    (tmp_path / "part" / "one.py").write_text("a = 3")
    found.append(state.digest_of(tmp_path, [native]))
    (tmp_path / "part" / "one.py").rename(tmp_path / "part" / "other.py")
    found.append(state.digest_of(tmp_path, [native]))
    native.write_bytes(b"new")
    found.append(state.digest_of(tmp_path, [native]))
    assert len(set(found)) == 4
    source = Path(state.__file__).parents[1]
    assert state.code_digest() != state.digest_of(source / "study", [])
    if compiled() is not None:
        assert state.code_digest() != state.digest_of(source, [])
    assert f"numpy {np.__version__}," in state.library_versions()


def test_independent_pixels_by_plain_loops():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 3, size=(40, 2, 2), dtype=np.uint8)
    model = IndependentPixels(smoothing=2.0).fit(images)
    unseen = rng.integers(0, 4, size=(9, 2, 2), dtype=np.uint8)
    bits = [
        -np.log2((np.sum(images[:, y, x] == image[y, x]) + 2 / 256) / 42)
        for image in unseen
        for y in range(2)
        for x in range(2)
    ]
    assert model.bits_per_dim(unseen) == pytest.approx(np.mean(bits))
    drawn = 255 * model.sample(4000, random_state=0)
    assert_allclose([np.mean(drawn[:, 0, 1] == v) for v in range(3)], model.probabilities_[0, 1, :3], atol=0.03)


def test_independent_pixels_are_counted_block_by_block(images, monkeypatch):
    train, test = images
    whole = IndependentPixels().fit(train.images, train.labels)
    bits = whole.bits_per_dim(test.images)
    monkeypatch.setattr(stacks, "_BLOCK", 64 * 100)
    blocked = IndependentPixels().fit(train.images, train.labels)
    assert_array_equal(blocked.probabilities_, whole.probabilities_)
    assert blocked.bits_per_dim(test.images) == bits
    many = np.zeros((20_000, 28, 28), dtype=np.uint8)
    monkeypatch.setattr(stacks, "_BLOCK", 784 * 500)
    tracemalloc.start()
    IndependentPixels().fit(many)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < many.nbytes  # eight times as much, were all levels numbered at once


def test_independent_pixels_of_classes(images):
    train, test = images
    model, pooled = IndependentPixels(), IndependentPixels()
    model.fit(train.images, train.labels)
    assert model.bits_per_dim(test.images) < pooled.fit(train.images).bits_per_dim(test.images)
    mean = model.sample(3000, label=3, random_state=np.random.RandomState(0)).mean(axis=0)
    assert_allclose(mean, train.only(3).images.mean(axis=0) / 255, atol=0.04)
    with pytest.raises(ValueError, match=r"Got label=77, but expected one of 0, 1, .*, or None"):
        model.sample(1, label=77)
    with pytest.raises(ValueError, match=r"Got smoothing=0, but expected a finite number above 0"):
        IndependentPixels(smoothing=0).fit(train.images)
    with pytest.raises(ValueError, match="but expected uint8"):
        IndependentPixels().fit(train.images / 255.0)
    with pytest.raises(ValueError, match="Got images of dtype float64, but expected uint8, whose 256 levels"):
        model.bits_per_dim(test.images / 255.0)
    with pytest.raises(ValueError, match="Got label=3, but expected None: the model was fitted without labels"):
        pooled.sample(1, label=3)


def test_rivals_have_names_of_their_own_and_those_that_need_a_library_wait_for_it(monkeypatch):
    assert len({rival.name for rival in RIVALS}) == len(RIVALS)
    monkeypatch.setattr("mixtura.study.rivals.find_spec", lambda name: None)
    plain = {rival.name for rival in available()}
    assert plain == {rival.name for rival in RIVALS if not rival.library}
    assert {"naive", "matched", "copula"} <= plain
    for rival in RIVALS:
        assert hasattr(rival.make(64, 0), "fit")  # also where the library is missing


def test_the_grid_the_rivals_and_the_recipes_have_the_same_models(images):
    text = described(text_model(100, 25, 3))
    assert best.NAIVE is rival_named("naive")
    assert described(best.NAIVE.make(784, 3)) == described(rival_named("naive-labelled").make(784, 3)) == text
    assert [described(recipe.rival.make(784, 3)) for recipe in BEST.values()] == [
        described(DensitySettings().estimator(random_state=3)),
        described(MatchedImageMixture(100, 25, residual=1.0, random_state=3)),
        described(MatchedImageMixture(100, 25, residual=1.0, varied=True, pooled=True, random_state=3)),
        described(MatchedImageMixture(100, 25, random_state=3)),
    ]
    assert {recipe.rival.labelled for recipe in BEST.values()} == {True}
    assert most_vectors(images[0]) == 64
    assert most_vectors(images[0].first_of_each(2)) == 10


def test_the_page_has_every_number_and_its_pictures(study, tmp_path, monkeypatch):
    checked = set()
    monkeypatch.setattr("mixtura.study.page.check_folder", lambda folder, names: checked.update(names))
    check_page(tmp_path, [group.classes for group in study.groups])
    page = write_page(study, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= checked
    text = page.read_text()
    for group in study.groups:
        table = group_table(group)
        assert table in text
        assert len(table.splitlines()) == 3 + len(group.cells) + len(group.rivals)
        assert f"{group.at(20, 3).figures.bits:.3f}" in table
    named = {part.partition(")")[0] for part in text.split("](")[1:]}
    assert f"code {study.conditions.code[:12]}; numpy {np.__version__}" in text
    assert named == {path.name for path in tmp_path.glob("*.png")}
    assert len(named) == (10 + 1) + (11 + 2)  # one class has no accuracy to lose, and no rivals
    for name in sorted(named):
        inked = np.argwhere((plt.imread(tmp_path / name)[..., :3] < 1.0).any(axis=2))
        assert inked.min(axis=0).max() < 20, name  # no margins beyond what is drawn
    document = json.loads((tmp_path / "study.json").read_text())
    assert document["groups"][0]["models"][0]["setting"] == {"classes": [2], "n_basis": 6, "n_components": 1}
    again = read_study(tmp_path / "study.json")
    assert (again.conditions, again.accuracy) == (study.conditions, study.accuracy)
    assert [group_table(group) for group in again.groups] == [group_table(group) for group in study.groups]
    assert [group.names for group in again.groups] == [group.names for group in study.groups]
    assert again.groups[1].at(20, 3).figures == study.groups[1].at(20, 3).figures
    document["groups"][0]["models"][0]["frechet"] = None
    (tmp_path / "study.json").write_text(json.dumps(document))
    with pytest.raises(ValueError, match="Got frechet=None, but expected a number"):
        read_study(tmp_path / "study.json")


def test_a_page_that_cannot_be_written_is_refused_before(study, tmp_path):
    groups = [group.classes for group in study.groups]
    check_page(tmp_path / "not" / "yet", groups)
    assert list(tmp_path.iterdir()) == []
    for name in ("study.md", "study.json", "classes-2_bits.png", "classes-2-4-6_rivals.png", "classes-2_samples.png"):
        folder = tmp_path / f"of {name}"
        (folder / name).mkdir(parents=True)
        with pytest.raises(UnwritableError, match=rf"Cannot write .*{name}: it is a folder"):
            check_page(folder, groups)


@pytest.mark.parametrize("added", [0.0, 20.0])
def test_bits_rise_upwards_also_where_every_model_is_useless(study, added):
    """Beyond 8 bits the axis is cut, but not where nothing would be left of the curves."""
    several = study.groups[1]
    cells = [replace(cell, figures=replace(cell.figures, bits=cell.figures.bits + added)) for cell in several.cells]
    cells[0] = replace(cells[0], figures=replace(cells[0].figures, bits=30.0))
    bits = next(measure for measure in MEASURES if measure.name == "bits")
    low, high = chart_measure(replace(several, cells=tuple(cells)), bits).get_ylim()
    least = min(cell.figures.bits for cell in cells)
    assert low < least < high
    assert (high == 8.0) == (added == 0.0)
    plt.close("all")


def test_a_logarithmic_axis_names_several_levels_also_within_a_decade(study):
    several = study.groups[1]
    frechet = next(measure for measure in MEASURES if measure.name == "frechet")
    cells = [
        replace(cell, figures=replace(cell.figures, frechet=21.0 + number)) for number, cell in enumerate(several.cells)
    ]
    floor = replace(several.floor, frechet=4.0)
    ax = chart_measure(replace(several, cells=tuple(cells), floor=floor), frechet)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["5", "10", "20"]
    plt.close("all")


def test_a_floor_that_a_logarithmic_axis_has_no_place_for_is_told_in_words(study):
    several, kernel = study.groups[1], next(measure for measure in MEASURES if measure.name == "kernel")
    cells = [
        replace(cell, figures=replace(cell.figures, kernel=90.0 + number)) for number, cell in enumerate(several.cells)
    ]
    for floor, words in ((-0.1058, "(lower; real images -0.1)"), (4.0, "(lower)")):
        ax = chart_measure(replace(several, cells=tuple(cells), floor=replace(several.floor, kernel=floor)), kernel)
        assert ax.get_title(loc="center") + ax.get_title(loc="left") == f"kernel distance {words}"
        drawn = [text.get_text() for text in ax.get_legend().get_texts()]
        assert ("real images" in drawn) == (floor > 0)
    plt.close("all")


def test_rows_of_samples_say_whose_they_are(study, images):
    several = study.groups[1]
    assert_array_equal(several.real, images[1].only(2, 4, 6).images[:10])
    display = chart_samples(several)
    words = [text.get_text() for text in display.ax_.texts]
    assert words == ["real images", *(cell.title.replace(", ", "\n") for cell in several.cells)]
    assert_array_equal(display.ax_.images[0].get_array(), several.real[0])
    for text, tile in zip(display.ax_.texts, display.ax_.images[::10], strict=True):
        _, _, bottom, top = tile.get_extent()
        assert top < text.get_position()[1] < bottom
    others = chart_samples(several, several.rivals)
    words_of_others = [text.get_text() for text in others.ax_.texts]
    assert words_of_others == ["real images", *(cell.title.replace(", ", "\n") for cell in several.rivals)]
    assert_array_equal(others.ax_.images[10].get_array(), several.rivals[0].samples[0])
    plain = chart_samples(replace(several, real=several.real[:0]))
    assert [text.get_text() for text in plain.ax_.texts] == words[1:]
    plt.close("all")


@pytest.fixture
def small(monkeypatch):
    """The recipes with a small model, on digits."""

    def quick(rival, make):
        return replace(rival, make=lambda most, seed: make(seed))

    for name in ("bins", "accuracy", "frechet"):
        mixture = quick(BEST[name].rival, lambda seed: ImageMixture(12, 2, random_state=seed))
        monkeypatch.setitem(BEST, name, replace(BEST[name], rival=mixture))
    copula = quick(BEST["bits"].rival, lambda seed: CopulaImageMixture(1, n_iter=1, random_state=seed))
    monkeypatch.setitem(BEST, "bits", replace(BEST["bits"], rival=copula))
    monkeypatch.setattr(best, "PATCH_SIDE", 3)
    monkeypatch.setattr(best, "NAIVE", quick(best.NAIVE, lambda seed: text_model(10, 1, seed)))
    monkeypatch.setattr(best, "DRAWS", 2)


@pytest.mark.usefixtures("small")
def test_recipes_measure_what_they_say(images):
    train, test = images
    model = ImageMixture(12, 2, random_state=0).fit(train.images, train.labels)
    bits = reproduce("bits", train, test)
    copula = CopulaImageMixture(1, n_iter=1, random_state=0).fit(train.images, train.labels)
    assert bits.value == pytest.approx(copula.bits_per_dim(test.images, n_draws=1, random_state=0), abs=0.05)
    bins = reproduce("bins", train, test)
    expected = ImageBins.of(train.images, 100, random_state=0)
    source, shares = np.random.RandomState(0), np.bincount(train.labels) / len(train)
    sizes = np.diff(np.rint(10_000 * np.cumsum(shares)).astype(int), prepend=0)
    drawn = [model.sample(size, label=label, random_state=source) for label, size in enumerate(sizes)]
    assert bins.value == expected.test(np.concatenate(drawn)).share
    assert bins.details["floor"] == expected.test(test.images).share
    told = bins.details["draws"]
    assert told[0] == bins.value
    assert len(set(told)) > 1
    assert (bins.details["mean"], bins.details["deviation"]) == (np.mean(told), np.std(told, ddof=1))
    frechet = reproduce("frechet", train, test)
    classifier = ImageClassifier.train(train.images, train.labels, patch_side=3, random_state=0)
    samples = classifier.features(model.sample(10_000, random_state=0))
    distance = frechet_distance(classifier.features(test.images), samples).value
    assert frechet.details["distance"] == distance
    assert frechet.value == pytest.approx(100 * distance / frechet.details["naive"])
    assert frechet.details["draws"][0] == frechet.value
    assert 0 < frechet.details["deviation"] < 0.3 * frechet.value
    accuracy = reproduce("accuracy", train, test)
    lost = 100 * (accuracy.details["on_real"] - accuracy.details["on_samples"])
    assert accuracy.value == pytest.approx(lost)
    document = json.loads(json.dumps(accuracy.as_json()))
    assert {"target", "value", "unit", "model", "seconds", "peak_memory"} <= set(document)
    assert document["model"] == described(ImageMixture(12, 2, random_state=0))
    assert {name for name in model.get_params() if f"{name}=" in document["model"]} == set(model.get_params())
    with pytest.raises(ValueError, match=r"Got target='beauty', but expected 'bits' or 'bins'"):
        reproduce("beauty", train, test)


def test_the_peak_counts_from_the_mark(monkeypatch):
    memory.mark()
    before = memory.peak()
    held = np.ones(30_000_000)
    assert memory.peak() > before + 0.2
    del held
    if memory._MARKS.exists():
        memory.mark()
        assert memory.peak() < before + 0.2
    for name in ("_STATUS", "_MARKS"):
        monkeypatch.setattr(memory, name, Path("/nowhere/at/all"))
    memory.mark()
    assert 0.0 < memory.peak() < 100.0
