"""The whole lab, end to end on digits; and what a run leaves behind when it fails."""

import re
import warnings

import pytest

from mixtura import lab
from mixtura.datasets import DatasetNotFoundError
from mixtura.files import UnwritableError
from mixtura.lab import course
from mixtura.lab.data import DATASETS
from mixtura.lab.steps import Step


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def index(tmp_path_factory, told):
    folder = tmp_path_factory.mktemp("lab") / "new" / "report"
    return lab.run(folder, "digits", quick=True, progress=lambda what, share: told.append((what, share)))


@pytest.fixture(scope="module")
def text(index):
    return index.read_text(encoding="utf-8")


@pytest.fixture
def short(monkeypatch):
    """A course of the first activity alone."""
    monkeypatch.setattr(
        course, "list_steps", lambda images, plan, seed: (Step("blobs", 1, lambda tell: lab.recover_two_blobs(seed)),)
    )


def test_the_report_is_one_page_of_sound_html(index, text, read_page):
    assert index.name == "index.html"
    assert [file.name for file in index.parent.iterdir()] == ["index.html"]
    page = read_page(text)
    assert text.startswith("<!doctype html>")
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("section")) == 14 + 1
    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(names) == len(set(names))
    assert len(text) < 8e6


def test_the_report_needs_nothing_else(text, read_page):
    page = read_page(text)
    names = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert {link["href"][1:] for link in page.all("a")} <= names
    assert all(link["href"].startswith("#") for link in page.all("a"))
    for tag in ("script", "link", "iframe", "object", "embed", "base", "form"):
        assert not page.all(tag)
    assert not re.search(r"url\(|@import|https?://", re.sub(r"data:image/[^\"]*", "", text))
    assert "default-src 'none'" in text


def test_every_picture_says_what_it_shows(text, read_page):
    pictures = read_page(text).all("img")
    assert len(pictures) > 30
    for picture in pictures:
        assert len(picture["alt"]) > 20
        assert int(picture["width"]) <= 960
        assert int(picture["height"]) > 0


def test_the_page_shows_the_answers_and_the_seed(text, activities):
    assert activities["activity-1"].answer in text
    assert activities["activity-3"].answer in text
    assert "<dt>Seed</dt><dd>0</dd>" in text
    assert "<dt>Extent</dt><dd>quick" in text
    for package in ("mixtura", "numpy", "scikit-learn", "matplotlib"):
        assert f"<dt>{package}</dt>" in text
    assert "bundled with scikit-learn" in text
    assert '<div class="warning">' not in text


def test_progress_rises_from_nothing_to_all(index, told):
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, pytest.approx(1.0))
    assert "fewer and more: 4 components in 16 dimensions" in dict(told)
    assert len(told) > 20


def test_the_same_seed_gives_the_same_page_but_for_the_costs(short, tmp_path):
    pages = []
    for name in ("one", "other"):
        page = lab.run(tmp_path / name, "digits", random_state=4, progress=False).read_text(encoding="utf-8")
        pages.append(re.sub(r"<dt>(Time|Most memory)</dt><dd>[^<]*</dd>", "", page))
        assert "<dt>Time</dt>" in page
    assert pages[0] == pages[1]


def test_nothing_is_shown_off_a_terminal(short, tmp_path, capfd):
    lab.run(tmp_path, "digits")
    assert capfd.readouterr() == ("", "")


def _never(*_):
    raise AssertionError("work was begun")


def test_an_unwritable_folder_is_found_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setattr(course, "load_images", _never)
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UnwritableError, match="Cannot make the folder"):
            lab.run(place, progress=False)
    assert (tmp_path / "file").read_text() == "mine"
    (tmp_path / "index.html").mkdir()
    with pytest.raises(UnwritableError, match="it is a folder"):
        lab.run(tmp_path, progress=False)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_run_leaves_no_trace_and_an_older_report_alone(monkeypatch, tmp_path, error):
    def fail(tell):
        raise error("in the middle")

    monkeypatch.setattr(course, "list_steps", lambda images, plan, seed: (Step("a failure", 1, fail),))
    with pytest.raises(error):
        lab.run(tmp_path / "a" / "b", "digits", progress=False)
    assert not list(tmp_path.iterdir())
    (tmp_path / "index.html").write_text("older")
    with pytest.raises(error):
        lab.run(tmp_path, "digits", progress=False)
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "older"


def test_no_file_is_there_before_the_report_is_whole(monkeypatch, tmp_path):
    """A run that is killed where nothing can tidy up leaves no file behind."""
    seen = []

    def look(tell):
        seen.extend(tmp_path.iterdir())
        return lab.recover_two_blobs()

    monkeypatch.setattr(course, "list_steps", lambda images, plan, seed: (Step("a look around", 1, look),))
    assert lab.run(tmp_path, "digits", progress=False).exists()
    assert seen == []


def test_a_folder_that_others_use_stays_when_a_run_fails(monkeypatch, tmp_path):
    def fail(tell):
        (tmp_path / "new" / "notes.txt").write_text("mine")
        raise RuntimeError("in the middle")

    monkeypatch.setattr(course, "list_steps", lambda images, plan, seed: (Step("a failure", 1, fail),))
    with pytest.raises(RuntimeError, match="in the middle"):
        lab.run(tmp_path / "new", "digits", progress=False)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["notes.txt"]


def test_digits_in_the_place_of_fashion_are_owned_in_bold(short, monkeypatch, tmp_path):
    def nowhere(split):
        raise DatasetNotFoundError("1. the cache: no such folder")

    monkeypatch.setitem(DATASETS, "fashion-mnist", nowhere)
    with pytest.warns(UserWarning, match="found in none of its sources, so this report was made with"):
        page = lab.run(tmp_path, progress=False).read_text(encoding="utf-8")
    assert "<strong>Fashion-MNIST was found in none of its sources" in page[: page.index("<nav")]
    assert "1. the cache: no such folder" in page


def test_warnings_of_the_work_are_listed_and_not_raised(monkeypatch, tmp_path):
    def warn(tell):
        warnings.warn("EM took its time", UserWarning, stacklevel=1)
        return lab.recover_two_blobs()

    monkeypatch.setattr(course, "list_steps", lambda images, plan, seed: (Step("a warning", 1, warn),) * 2)
    page = lab.run(tmp_path, "digits", progress=False).read_text(encoding="utf-8")
    assert "<dt>Warnings</dt><dd>EM took its time</dd>" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dataset": "cifar"}, "Got dataset='cifar', but expected 'fashion-mnist' or 'digits'"),
        ({"random_state": -1}, "Got random_state=-1, but expected a whole number"),
        ({"random_state": None}, "Got random_state=None"),
        ({"random_state": True}, "Got random_state=True"),
    ],
)
def test_bad_input_is_refused_before_anything_is_made(changes, message, monkeypatch, tmp_path):
    monkeypatch.setattr(course, "load_images", _never)
    with pytest.raises(ValueError, match=re.escape(message)):
        lab.run(tmp_path / "new", progress=False, **changes)
    assert not list(tmp_path.iterdir())
