"""``mixtura study``: options reach the study, the page is written, a figure is one document."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from mixtura import datasets, study
from mixtura.datasets import load_digits_images
from mixtura.study import page

RENEWED = {}
"""Which results were found anew."""


@pytest.fixture
def asked(monkeypatch):
    """What the study is asked for, on digits and without work."""
    asked = []

    def run_study(train, test, **options):
        asked.append({"n_train": len(train), "n_test": len(test), **options})
        options["progress"]("half", 0.5)
        return SimpleNamespace(renewed=RENEWED)

    monkeypatch.setattr(datasets, "load_fashion_mnist", lambda split="train": load_digits_images(split))
    monkeypatch.setattr(study, "run_study", run_study)
    monkeypatch.setattr(page, "write_page", lambda found, folder: folder / "study.md")
    return asked


def test_options_reach_the_study(run, asked):
    assert run("study").out == "study/study.md\n"
    typed = (
        "--basis",
        "8, 4",
        "--components",
        "2",
        "--classes",
        "3|all",
        "--images",
        100,
        "--seed",
        5,
        "--out",
        "here",
    )
    assert run("study", *typed, "--json", "--rivals").document == {"page": "here/images-100_seed-5/study.md"}
    usual, typed = asked
    assert usual["n_test"] == len(load_digits_images("test"))
    assert typed["n_test"] == usual["n_test"]  # no class has more than 100 of them
    assert usual["basis_sizes"] == (10, 20, 50, 100, 200)
    assert usual["component_counts"] == (1, 5, 25, 100)
    assert usual["groups"] == ((2,), (2, 4, 6), tuple(range(10)))
    assert usual["rivals"] == ()
    assert typed["basis_sizes"] == (8, 4)
    assert typed["groups"] == ((3,), tuple(range(10)))
    assert (typed["n_train"], typed["seed"], str(typed["folder"])) == (1000, 5, "here/cells")
    assert len(typed["rivals"]) >= 4


def test_held_out_images_are_training_images(run, asked):
    n_train, n_test = len(load_digits_images()), len(load_digits_images("test"))
    pages = [run("study", *typed).out for typed in ([], ["--held-out"])]
    assert pages == ["study/study.md\n", "study/held-out/study.md\n"]  # neither page takes the other's place
    assert asked[0]["folder"] == asked[1]["folder"]
    usual, held_out = asked
    assert (usual["n_train"], usual["n_test"]) == (n_train, n_test)
    assert held_out["n_train"] + held_out["n_test"] == n_train


def test_a_figure_is_one_document(run, asked, monkeypatch):
    def reproduce(target, train, test, seed, progress):
        progress("fitting", 0.0)
        return SimpleNamespace(as_json=lambda: {"target": target, "value": 3.14159, "unit": "bits", "seed": seed})

    monkeypatch.setattr(study, "reproduce", reproduce)
    assert run("study", "--reproduce", "bits", "--json").document["value"] == 3.14159
    assert run("study", "--reproduce", "bits").out == "bits: 3.142 (bits)\n"
    assert asked == []


def test_fewer_images_are_fewer_of_both_sets(run, asked, monkeypatch):
    monkeypatch.setattr(datasets, "load_fashion_mnist", lambda split="train": load_digits_images())
    run("study", "--images", 100)
    assert (asked[0]["n_train"], asked[0]["n_test"]) == (1000, 1000)


def test_what_was_found_anew_is_told_and_why(run, asked, monkeypatch):
    assert run("study").err == ""
    monkeypatch.setitem(RENEWED, "classes-2_floor", ("code", "threads"))
    assert run("study").err == "Found anew, because what was kept is of other code, threads: classes-2_floor.\n"


def test_rivals_that_no_group_has_are_told_of(run, refuse, asked):
    typed = ("--classes", "2|2,4|6", "--rivals")
    assert run("study", *typed).err == "Rivals are measured for groups of several classes: none for 2, 6.\n"
    assert run("study", "--classes", "2,4", "--rivals").err == ""
    refuse(2, "Got --rivals for 2, 3, but expected a group of several classes", "study", "--classes", "2|3", "--rivals")
    assert len(asked) == 2


def test_a_page_that_could_not_be_written_is_refused_before_any_work(refuse, asked):
    Path("here/study.md").mkdir(parents=True)
    refuse(3, "Cannot write here/study.md: it is a folder", "study", "--out", "here")
    Path("file").touch()
    refuse(3, "Cannot make the folder file/held-out: file is none", "study", "--out", "file", "--held-out")
    assert asked == []


def test_wrong_options(refuse, asked):
    refuse(2, "expected whole numbers of at least 1 with commas between", "study", "--basis", "10,x")
    refuse(2, "'--reproduce'", "study", "--reproduce", "beauty")
    refuse(3, "expected numbers from 0 to 9", "study", "--classes", "11")
    typed = ("--images", "100", "--rivals", "--out", "here")
    refuse(2, "with --out, --images, --rivals, but expected none", "study", "--reproduce", "bits", *typed)
