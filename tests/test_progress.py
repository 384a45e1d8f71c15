"""Progress: a bar on a terminal, silence elsewhere."""

import io
import re
from contextlib import redirect_stderr

import pytest

from mixtura import progress
from mixtura.extras import MissingExtraError
from mixtura.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """A terminal with a wide screen, to stand in for standard error."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def visible(terminal):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())


def test_silent_where_nobody_watches(capsys, monkeypatch):
    monkeypatch.setattr(progress, "require", lambda *_, **__: pytest.fail("rich was asked for"))
    with show_progress("counting", total=2) as advance:
        advance()
        advance(1, description="nearly")
    assert capsys.readouterr() == ("", "")


def test_a_bar_counts_steps_and_says_what_it_does(terminal):
    with redirect_stderr(terminal), show_progress("counting [all] sheep", total=4) as advance:
        advance()
        advance(2, description="nearly [there]")
    shown = visible(terminal)
    assert "nearly [there]" in shown
    assert "75%" in shown


def test_a_bar_can_be_set(terminal):
    with redirect_stderr(terminal), show_progress("counting", total=1.0) as advance:
        advance(0.5)
        advance(completed=0.7)
    assert "70%" in visible(terminal)


def test_work_of_unknown_length(terminal):
    with redirect_stderr(terminal), show_progress("reading the data") as advance:
        advance()
    shown = visible(terminal)
    assert "reading the data" in shown
    assert "%" not in shown


def test_a_missing_library_is_named_with_the_extra(terminal, monkeypatch):
    def absent(library, *, extra, purpose):
        raise MissingExtraError(f"{library} {extra} {purpose}")

    monkeypatch.setattr(progress, "require", absent)
    with (
        pytest.raises(MissingExtraError, match=r"rich\.progress lab the progress bar"),
        redirect_stderr(terminal),
        show_progress("x", extra="lab"),
    ):
        pass
