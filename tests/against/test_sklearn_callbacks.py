"""scikit-learn's fit callbacks, and what ``verbose`` prints where there are none."""

import io
import re

import numpy as np
import pytest

from mixtura import GaussianMixture, Outcome

callback = pytest.importorskip("sklearn.callback", reason="fit callbacks came with scikit-learn 1.9")


class Recorder:
    """Writes down what it is told, and asks to stop at the end of the tasks that ``stop`` picks."""

    def __init__(self, stop=lambda context: False):
        self.told, self.stop = [], stop

    def setup(self, estimator, context):
        self.told.append(("setup", context.task_name))

    def on_fit_task_begin(self, estimator, context):
        self.told.append(("begin", context.task_name, context.task_id))

    def on_fit_task_end(self, estimator, context, *, X=None):
        self.told.append(("end", context.task_name, context.task_id))
        assert X is not None
        return self.stop(context)

    def teardown(self, estimator, context):
        self.told.append(("teardown", context.task_name))

    def count(self, what, task):
        return sum(entry[:2] == (what, task) for entry in self.told)


@pytest.fixture
def X() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.vstack([rng.normal(size=(100, 2)), rng.normal(size=(100, 2)) + 2])


def test_each_iteration_is_a_task_of_its_run_and_each_run_of_the_fit(X):
    recorder = Recorder()
    gmm = GaussianMixture(2, n_init=3, init_params="random", random_state=0).set_callbacks(recorder).fit(X)
    assert recorder.told[:3] == [("setup", "fit"), ("begin", "fit", 0), ("begin", "initialization", 0)]
    assert recorder.told[-2:] == [("end", "fit", 0), ("teardown", "fit")]
    assert recorder.count("begin", "initialization") == recorder.count("end", "initialization") == 3
    assert recorder.count("begin", "EM iteration") == recorder.count("end", "EM iteration") > gmm.n_iter_


def test_iterations_are_counted(X):
    recorder = Recorder()
    gmm = GaussianMixture(2, random_state=0).set_callbacks(recorder).fit(X)
    assert recorder.count("end", "EM iteration") == gmm.n_iter_
    recorder = Recorder()
    GaussianMixture(2, max_iter=0).set_callbacks(recorder).fit_predict(X)
    assert recorder.count("end", "EM iteration") == 0
    assert recorder.count("end", "fit") == 1


@pytest.mark.parametrize("after", [1, 3])
def test_a_callback_stops_the_run(X, after):
    recorder = Recorder(lambda context: context.task_name == "EM iteration" and context.task_id == after - 1)
    gmm = GaussianMixture(2, tol=0, init_params="random", random_state=0).set_callbacks(recorder).fit(X)
    assert (gmm.n_iter_, gmm.outcome_, gmm.converged_) == (after, Outcome.STOPPED, False)
    assert gmm.lower_bound_ == pytest.approx(gmm.score(X), rel=1e-12)
    assert recorder.told[-1] == ("teardown", "fit")


def test_a_callback_that_asks_at_the_end_of_a_run_stops_further_runs(X):
    """What a callback returns at the end of a task stops the level of tasks that this one belongs to."""
    recorder = Recorder(lambda context: context.task_name == "initialization" and context.task_id == 1)
    GaussianMixture(2, n_init=5, random_state=0).set_callbacks(recorder).fit(X)
    assert recorder.count("end", "initialization") == 2


def test_a_callback_that_always_asks_to_stop_ends_the_fit_at_once(X):
    recorder = Recorder(lambda context: True)
    gmm = GaussianMixture(2, n_init=5, tol=0, random_state=0).set_callbacks(recorder).fit(X)
    assert gmm.outcome_ is Outcome.STOPPED
    assert recorder.count("end", "EM iteration") == 1


def test_callbacks_are_torn_down_when_a_fit_fails(X):
    recorder = Recorder()
    gmm = GaussianMixture(2, reg_covar=0, init_params=np.r_[1, np.zeros(199, dtype=int)]).set_callbacks(recorder)
    with pytest.raises(ValueError, match="ill-defined"):
        gmm.fit(X)
    assert recorder.told[-1] == ("teardown", "fit")
    gmm.set_params(reg_covar="auto").fit(X)  # and the estimator is as good as new


def test_the_progress_bar_shows_runs(X, monkeypatch):
    rich = pytest.importorskip("rich.progress")
    shown = io.StringIO()
    console = rich.Console(file=shown, force_terminal=True, width=120)
    monkeypatch.setattr("rich.progress.get_console", lambda: console)
    GaussianMixture(2, n_init=2, random_state=0).set_callbacks(callback.ProgressBar()).fit(X)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.getvalue())
    for name in ("GaussianMixture - fit", "GaussianMixture - initialization #0", "GaussianMixture - initialization #1"):
        assert re.search(rf"{name} .*100%", lines), lines


class Scorer:
    """A callback that asks for the mixture of each iteration, as scikit-learn's monitors do."""

    def __init__(self):
        self.scores = []

    def setup(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, X=None, fitted_estimator=None):
        if fitted_estimator is not None:
            self.scores.append(fitted_estimator.score(X))

    def teardown(self, estimator, context):
        pass


def test_a_callback_sees_the_mixture_of_each_iteration(X):
    scorer = Scorer()
    gmm = GaussianMixture(2, init_params="random", random_state=0).set_callbacks(scorer).fit(X)
    assert scorer.scores == pytest.approx(gmm.lower_bounds_, rel=1e-9)


def test_verbose_tells_runs_and_iterations(X, capsys):
    GaussianMixture(2, n_init=2, verbose=1, verbose_interval=1, tol=0, max_iter=3, random_state=0)
    capsys.readouterr()
    gmm = GaussianMixture(2, n_init=2, verbose=1, verbose_interval=2, random_state=0, init_params="random").fit(X)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("Initialization") and "ended" not in line] == [
        "Initialization 0",
        "Initialization 1",
    ]
    assert sum(line.startswith("Initialization ended") for line in lines) == 2
    told = [int(line.split()[-1]) for line in lines if line.startswith("  Iteration")]
    assert told[:2] == [2, 4]
    assert gmm.n_iter_ >= 4


def test_verbose_2_adds_times_and_likelihoods(X, capsys):
    gmm = GaussianMixture(2, verbose=2, verbose_interval=1, random_state=0, init_params="random").fit(X)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  Iteration")]
    assert len(lines) == gmm.n_iter_
    said = [float(re.search(r"log-likelihood (\S+)", line)[1]) for line in lines]
    assert said == pytest.approx(gmm.lower_bounds_, abs=1e-5)
    assert all(re.search(r"\d+\.\d{5}s.*change [+-]\d", line) for line in lines)


def test_silence_is_the_default(X, capfd):
    GaussianMixture(2, random_state=0).fit(X)
    assert capfd.readouterr() == ("", "")
