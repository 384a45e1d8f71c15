"""What every activity keeps: walked over all of them."""

import ast
import dataclasses
import re

import pytest

from mixtura.lab import Activity, Gallery, Picture, Prose, Table

NAMES = (
    "activity-1",
    "activity-2",
    "activity-3",
    "activity-4",
    "activity-5",
    "activity-5-outliers",
    "images-look",
    "images-decomposition",
    "images-compression",
    "images-generator",
    "images-sampling",
    "activity-6-quality",
    "activity-6-classes",
    "activity-6-study",
)


def test_all_are_here(activities):
    assert tuple(activities) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_activity_is_complete_and_frozen(activities, name):
    activity = activities[name]
    assert activity.title
    assert activity.pictures
    assert activity.tables
    for record in (activity, activity.numbers, *activity.pictures, *activity.tables):
        field = dataclasses.fields(record)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, field, None)


@pytest.mark.parametrize("name", NAMES)
def test_words_are_sound_html_without_gaps(activities, name, read_page):
    activity = activities[name]
    captions = [picture.caption for picture in activity.pictures] + [table.caption for table in activity.tables]
    prose = [block.words for block in activity.body if isinstance(block, Prose)]
    cells = [cell for table in activity.tables for row in (table.header, *table.rows) for cell in row]
    for words in (activity.question, activity.answer, activity.finding, *captions, *prose, *cells):
        text = read_page(words).text
        assert not re.search(r"nan|inf\b|[{}]|None|array\(", text), text
        assert "  " not in read_page(re.sub(r"<pre>.*?</pre>", "", words, flags=re.DOTALL)).text, text
        assert not re.search(r"\b1 (?!of\b)\w+s\b(?<!is)(?<!has)(?<!does)", text), text  # 1 components
    assert all(read_page(caption).text.endswith((".", "?")) for caption in captions)
    assert not activity.finding.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_files_that_say_what_they_show(activities, name):
    for picture in activities[name].pictures:
        beginning = {"image/png": b"\x89PNG", "image/svg+xml": b"<svg"}[picture.media_type]
        assert picture.content.startswith(beginning)
        assert picture.address.startswith(f"data:{picture.media_type};base64,")
        assert len(picture.alt) > 20
        assert picture.alt.endswith(".")
        assert 200 < picture.width <= 960
        assert picture.height > 50


TOYS = NAMES[:5]


@pytest.mark.parametrize("name", NAMES)
def test_the_code_shown_runs(activities, name, train, test, monkeypatch, capsys):
    code = activities[name].code
    assert max(map(len, code.splitlines())) <= 110
    ast.parse(code)
    if name == "activity-5":  # the loop over all numbers of components runs in the activity itself
        code = code.replace("range(1, 11)", "range(6, 7)")
    space = {}
    exec(code, space)
    if "gmm" in space and name in TOYS[:2]:
        fitted = activities[name].numbers
        weights = getattr(fitted, "recovery", fitted).fitted.weights
        assert sorted(space["gmm"].weights_) == pytest.approx(sorted(weights), abs=1e-12)
    if "bits" in space and name == "images-generator":
        assert space["bits"] == pytest.approx(activities[name].numbers.test_bits, abs=1e-12)
    if "index" in space:
        numbers = activities[name].numbers
        assert space["index"] == pytest.approx(numbers.mixture_ari[numbers.shown])
    import matplotlib.pyplot as plt

    plt.close("all")


def test_pictures_come_in_the_order_of_the_page():
    one, two, three = (Picture(b"", "image/png", 1, 1, str(number)) for number in range(3))
    body = (one, Prose("<p>words</p>"), Gallery((two, three)), Table(("a",), (("1",),), "One."))
    activity = Activity("a", "A", "?", 0, body, "!", "a", "pass")
    assert activity.pictures == (one, two, three)
    assert [table.caption for table in activity.tables] == ["One."]


def test_a_table_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="Got a row of 1 cells under a header of 2"):
        Table(("a", "b"), (("1",),), "")
