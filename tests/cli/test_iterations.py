"""The bar of a fit: each iteration of EM is a step."""

import io
import re
from contextlib import redirect_stderr

import pytest

from mixtura import GaussianMixture
from mixtura.cli import iterations
from mixtura.cli.iterations import show_iterations


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def told(monkeypatch):
    """What the bar is told, instead of a bar."""
    told = []

    class Bar:
        def __init__(self, description, total=None):
            told.append((description, total))

        def __enter__(self):
            return lambda **state: told.append((state["description"], state["completed"]))

        def __exit__(self, *_):
            told.append("gone")

    monkeypatch.setattr(iterations, "show_progress", Bar)
    return told


def fit(model, X):
    with redirect_stderr(Terminal()), show_iterations(model):
        return model.fit(X)


@pytest.mark.skipif(not hasattr(GaussianMixture, "set_callbacks"), reason="callbacks came with scikit-learn 1.9")
def test_iterations_are_counted(blobs, told):
    model = fit(GaussianMixture(2, random_state=0, n_init=2, max_iter=60), blobs.X)
    assert told[0] == ("fitting", 120)
    assert told[1] == ("run 1 of 2, iteration 1", 1)
    steps = [int(re.match(r"run \d of 2, iteration (\d+)", text)[1]) for text, _ in told[1:-1]]
    assert model.n_iter_ in steps
    done = [done for _, done in told[1:-1]]
    assert done == sorted(done)
    assert 60 in done  # the first run has done its share, however early it converged
    assert done[-1] == 120
    assert told[-1] == "gone"


def test_the_model_is_left_as_it_was(blobs, told):
    model = fit(GaussianMixture(2, random_state=0), blobs.X)
    assert not hasattr(model, "_skl_callbacks")
    n_told = len(told)
    model.fit(blobs.X)
    assert len(told) == n_told
    assert model.means_.tolist() == GaussianMixture(2, random_state=0).fit(blobs.X).means_.tolist()


def test_where_nobody_watches_nothing_is_counted(blobs, told, capsys):
    with show_iterations(GaussianMixture(2, random_state=0)) as nothing:
        GaussianMixture(2, random_state=0).fit(blobs.X)
    assert nothing is None
    assert told == [("fitting", None), "gone"]


def test_without_callbacks_the_bar_only_says_that_work_goes_on(blobs, told):
    class Older:
        n_init, max_iter = 1, 100

    with redirect_stderr(Terminal()), show_iterations(Older()):
        pass
    assert told == [("fitting", None), "gone"]
