"""The grid: figures are those of the assessor, what is stored is not fitted again, what does not hold is."""

import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mixtura.files import UnwritableError
from mixtura.images import ImageMixture
from mixtura.images.quality import Assessor, ImageClassifier
from mixtura.study import RIVALS, Figures, grid, hold_out, run_study, setting
from mixtura.study.setting import Setting
from study.conftest import GRID


def test_all_pairs_of_all_groups_are_there(study):
    alone, several = study.groups
    assert alone.classes == (2,)
    assert alone.names == ("2",)
    assert [cell.setting for cell in several.cells] == [
        Setting((2, 4, 6), size, count) for size in (6, 20) for count in (1, 3)
    ]
    assert several.at(20, 3).figures.n_parameters > several.at(6, 3).figures.n_parameters
    assert (several.basis_sizes, several.component_counts) == ([6, 20], [1, 3])
    assert alone.rivals == ()
    assert [cell.title for cell in several.rivals][:2] == ["independent pixels", "one Gaussian"]
    rivals = {cell.title: cell.figures for cell in several.rivals}
    assert rivals["margins matched, half of the residuals"].frechet < rivals["independent pixels"].frechet
    assert rivals["margins matched, half of the residuals"].bits is None
    assert rivals["copula model of the fewest bits"].frechet < rivals["independent pixels"].frechet
    assert rivals["copula model of the fewest bits"].bits < several.at(20, 3).figures.bits
    assert study.accuracy > 0.9


def test_figures_are_those_of_the_assessor(study, images):
    train, test = (part.only(2, 4, 6) for part in images)
    classifier = ImageClassifier.train(images[0].images, images[0].labels, patch_side=3, random_state=0)
    assert study.conditions.classifier == classifier.digest
    assessor = Assessor.of(
        train.images, train.labels, test.images, test.labels, n_bins=10, patch_side=3, classifier=classifier
    )
    model = ImageMixture(6, 3, random_state=0, tol=0.05).fit(train.images, train.labels)
    found = study.groups[1].at(6, 3).figures
    cost = {name: getattr(found, name) for name in ("seconds", "processor_seconds", "peak_memory")}
    expected = Figures.of(assessor.assess(model), found.n_parameters, **cost)
    assert found == expected
    assert found.lost is not None
    floor = study.groups[1].floor
    assert floor == Figures.of(assessor.floor())
    assert floor.frechet < found.frechet


def test_one_class_has_no_accuracy_to_lose(study):
    for cell in study.groups[0].cells:
        assert cell.figures.lost is None
        assert cell.figures.bits < 8
        assert cell.samples.shape == (10, 8, 8)


def test_more_is_better_by_what_sees_it(study):
    several = study.groups[1]
    assert several.at(20, 3).figures.frechet < several.at(6, 1).figures.frechet
    plain = several.rivals[0].figures
    assert plain.frechet > several.at(20, 3).figures.frechet
    assert several.at(20, 3).figures.bits < several.at(6, 1).figures.bits < 8


@pytest.fixture
def fits(monkeypatch):
    """The settings that are fitted from now on."""
    done = []

    class Counted(ImageMixture):
        def fit(self, images, labels=None):
            done.append((self.n_basis, self.n_components, len(images)))
            return super().fit(images, labels)

    Counted.__name__ = "ImageMixture"  # which the store asks for
    monkeypatch.setattr(setting, "ImageMixture", Counted)
    return done


def test_a_rerun_skips_what_is_there(study, images, cells, fits):
    again = run_study(*images, **GRID, folder=cells)
    assert fits == []
    for before, after in zip(study.groups, again.groups, strict=True):
        assert [cell.figures for cell in before.cells] == [cell.figures for cell in after.cells]
        assert before.floor == after.floor


def test_an_interrupted_study_goes_on(images, cells, fits, study):
    lost = cells / study.conditions.question / "classes-2_basis-6_components-3.json"
    kept = lost.read_text()
    lost.write_text(kept[:40])  # half a file, as no write of ours leaves it
    told = []
    again = run_study(*images, **GRID, folder=cells, progress=lambda what, share: told.append((what, share)))
    assert fits == [(6, 3, len(images[0].only(2)))]
    found, before = again.groups[0].at(6, 3).figures, study.groups[0].at(6, 3).figures
    assert (found.bits, found.frechet, found.bins) == (before.bits, before.frechet, before.bins)
    assert json.loads(lost.read_text())["key"] == "classes-2_basis-6_components-3"
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[1] == ("6 basis vectors, 1 component", 0.0)
    assert told[-1][1] == 1.0


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize("other", [{"seed": 1}, {"n_bins": 5}, {"patch_side": 4}, {"n_teachings": 2}, {}])
def test_other_questions_are_answered_beside_and_nothing_kept_is_lost(images, cells, fits, other):
    """Another seed, other bins, other classifiers or, in the last case, a look at few images."""
    one = {**GRID, "basis_sizes": [6], "component_counts": [1], "groups": [(2,)], **other}
    asked = images if other else first_of(images, 60)
    there = {path: path.read_bytes() for path in cells.rglob("*.*")}
    first = run_study(*asked, **one, folder=cells)
    assert (len(fits), first.renewed) == (1, {})
    again = run_study(*asked, **one, folder=cells)
    assert len(fits) == 1
    assert again.groups[0].cells[0].figures == first.groups[0].cells[0].figures
    assert again.groups[0].floor == first.groups[0].floor
    assert {path: path.read_bytes() for path in there} == there


def no_samples(document):
    document["samples"] = ""


def text_for_a_number(document):
    document["figures"]["bins"] = "many"


def test_damaged_results_are_found_anew(images, tmp_path, fits):
    one = {**GRID, "basis_sizes": [6], "component_counts": [1, 2], "groups": [(2,)]}
    before = run_study(*images, **one, folder=tmp_path).groups[0]
    for name, damage in (("components-1", no_samples), ("components-2", text_for_a_number)):
        (path,) = tmp_path.rglob(f"*{name}.json")
        document = json.loads(path.read_text())
        damage(document)
        path.write_text(json.dumps(document))
    del fits[:]
    after = run_study(*images, **one, folder=tmp_path).groups[0]
    assert len(fits) == 2
    for old, new in zip(before.cells, after.cells, strict=True):
        assert new.figures.bins == old.figures.bins
        assert_array_equal(new.samples, old.samples)


def test_a_place_that_cannot_be_written_is_refused_before_any_work(images, tmp_path, fits):
    one = {**GRID, "basis_sizes": [6], "component_counts": [1], "groups": [(2,)]}
    question = run_study(*images, **one).conditions.question
    (tmp_path / "file").touch()
    (tmp_path / question / "classes-2_basis-6_components-1.json").mkdir(parents=True)
    told = []
    del fits[:]
    for folder, message in (
        (tmp_path / "file", "Cannot make the folder"),
        (tmp_path / "file" / "cells", "Cannot make the folder"),
        (tmp_path, r"components-1.json: it is a folder"),
    ):
        with pytest.raises(UnwritableError, match=message):
            run_study(*images, **one, folder=folder, progress=lambda what, share: told.append(what))
    assert fits == told == []


@pytest.mark.parametrize(
    ("name", "other"), [("code_digest", "0" * 64), ("library_versions", "numpy 0.1"), ("n_threads", 77)]
)
def test_results_of_another_state_are_found_anew_and_said(images, tmp_path, fits, monkeypatch, name, other):
    one = {**GRID, "basis_sizes": [6], "component_counts": [1], "groups": [(2,)]}
    assert run_study(*images, **one, folder=tmp_path).renewed == {}
    monkeypatch.setattr(grid, name, lambda: other)
    told = []
    again = run_study(*images, **one, folder=tmp_path, progress=lambda what, share: told.append(what))
    assert len(fits) == 2
    field = {"code_digest": "code", "library_versions": "libraries", "n_threads": "threads"}[name]
    key = "classes-2_basis-6_components-1"
    assert again.renewed == {"classes-2_floor": (field,), key: (field,)}
    assert told[1] == f"6 basis vectors, 1 component, again, because of other {field}"
    assert run_study(*images, **one, folder=tmp_path).renewed == {}
    assert len(fits) == 2


def test_results_of_other_models_are_not_used(images, tmp_path, fits, monkeypatch):
    one = {**GRID, "basis_sizes": [6], "component_counts": [1], "groups": [(2,)]}
    run_study(*images, **one, folder=tmp_path)
    monkeypatch.setattr(setting, "_TOLERANCE", 0.01)
    run_study(*images, **one, folder=tmp_path)
    assert len(fits) == 2


def first_of(images, n):
    return tuple(part.first_of_each(n) for part in images)


@pytest.mark.parametrize(
    ("changes", "n", "message"),
    [
        (
            {"basis_sizes": [5, 65]},
            100,
            "Got 65 basis vectors for 300 images of class 2, 4, 6, but .* most 64",
        ),
        ({"basis_sizes": [5, 40]}, 12, "Got 40 basis vectors for 36 images"),
        ({"component_counts": [1, 13]}, 12, "Got 13 components .* for 12 images, the fewest of class 2, 4, 6"),
        ({}, 3, "Got 9 training images of class 2, 4, 6, but expected at least 10"),
        ({"groups": [(2, 4), (6, 77)]}, 3, "Got 6 training images"),
    ],
)
def test_sizes_are_checked_before_anything_is_fitted(images, fits, changes, n, message, tmp_path):
    asked = {**GRID, "basis_sizes": [6], "component_counts": [1], "groups": [(2, 4, 6)], **changes}
    with pytest.raises(ValueError, match=message):
        run_study(*first_of(images, n), **asked, folder=tmp_path / "cells")
    assert fits == []
    assert not (tmp_path / "cells").exists()


def test_choices_are_made_on_training_images_alone(images):
    train, _ = images
    fitted, unseen = hold_out(train)
    assert len(fitted) == 5 * len(unseen) + 2
    assert_array_equal(np.concatenate([fitted.images, unseen.images]), train.images)
    assert_array_equal(np.concatenate([fitted.labels, unseen.labels]), train.labels)
    assert fitted.name == unseen.name != train.name  # a page must not say that these were test images


def test_few_images_suffice_for_each_rival_and_a_number_given_twice_is_fitted_once(images, fits):
    gaussian = [rival for rival in RIVALS if rival.name == "one-gaussian"]
    asked = {**GRID, "basis_sizes": [5, 5], "component_counts": [1, 1], "groups": [(2, 4)]}
    (group,) = run_study(*first_of(images, 20), **asked, rivals=gaussian).groups
    assert len(group.cells) == len(fits) == 1
    assert group.rivals[0].figures.n_parameters == 20 + 20 * 21 / 2  # a basis vector for two images


def test_without_a_folder_nothing_is_kept(images, fits):
    one = {**GRID, "basis_sizes": [6], "component_counts": [1], "groups": [(2,)]}
    run_study(*images, **one)
    run_study(*images, **one)
    assert len(fits) == 2
