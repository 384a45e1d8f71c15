import re

import pytest

from mixtura.extras import MissingExtraError
from mixtura.lab import Activity, Gallery, Picture, Prose, Table
from mixtura.lab import report as module
from mixtura.lab.report import Colophon, read_page, render

COLOPHON = Colophon("Made up & drawn.", "", (("Seed", "0"),), (("Python", "3"),), (("Time", "1 s"),))
DOT = Picture(b"<svg/>", "image/svg+xml", 10, 20, 'A "dot" & more.', "One <em>dot</em>.")
ACTIVITY = Activity(
    name="dots",
    title="Dots & lines",
    question="<p>How many?</p>",
    numbers=None,
    body=(
        DOT,
        Gallery((DOT, DOT)),
        Prose("<p>In between.</p>"),
        Table(("what", "how many"), (("dots", "1<sup>2</sup>"),), "All <em>dots</em>."),
    ),
    answer="<p>Three.</p>",
    finding="there are three",
    code="if 1 < 2:\n    pass",
)


@pytest.fixture(scope="module")
def text():
    return render(read_page(), [ACTIVITY], COLOPHON)


def test_all_parts_come_in_order(text):
    places = [
        text.index(part) for part in ("How many?", 'width="10"', "In between.", "1<sup>2</sup>", "Three.", "if 1")
    ]
    assert places == sorted(places)


def test_words_are_set_as_html_and_the_rest_is_escaped(text, read_page):
    page = read_page(text)
    assert [image["alt"] for image in page.all("img")] == ['A "dot" & more.'] * 3
    assert "<em>dot</em>" in text
    assert "Dots &amp; lines" in text
    assert "if 1 &lt; 2:" in text
    assert "Made up &amp; drawn." in text


def test_the_contents_name_what_was_found(text):
    contents = text[text.index("<nav") : text.index("</nav>")]
    assert 'href="#dots"' in contents
    assert "There are three." in contents


def test_a_fallback_stands_in_bold_at_the_top(text):
    assert '<div class="warning">' not in text
    other = Colophon("", "Digits instead.", (), (), ())
    page = render(read_page(), [ACTIVITY], other)
    place = page.index("<strong>Digits instead.</strong>")
    assert place < page.index("<nav")


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    def missing(library, *, extra, purpose):
        raise MissingExtraError(f"{library}: pip install 'mixtura[{extra}]'")

    monkeypatch.setattr(module, "require", missing)
    with pytest.raises(MissingExtraError, match=re.escape("jinja2: pip install 'mixtura[lab]'")):
        read_page()
