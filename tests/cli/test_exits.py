"""Exit codes, and errors that are one line."""

import os
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest

from mixtura.cli import application, exits, main
from mixtura.cli.exits import ExitCode, report
from mixtura.datasets import DatasetNotFoundError
from mixtura.extras import MissingExtraError
from mixtura.files import UnwritableError
from mixtura.model_file import ModelFileError
from mixtura.tables import TableError


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (TableError("bad table"), 3, "bad table"),
        (ModelFileError("a", "b"), 3, "model file: got a, expected b."),
        (UnwritableError("no folder"), 3, "no folder"),
        (FileNotFoundError(2, "No such file or directory", "a.csv"), 3, "a.csv: No such file or directory. Check"),
        (ValueError("too few\nrows"), 3, "too few rows"),
        (MissingExtraError("get mixtura[plots]"), 5, "get mixtura[plots]"),
        (DatasetNotFoundError("found\n  nowhere"), 5, "found nowhere"),
        (MemoryError(), 1, "not enough memory"),
        (ZeroDivisionError("oops"), 1, "ZeroDivisionError: oops. This is a fault of mixtura; add --debug"),
    ],
)
def test_each_kind_of_error_has_its_code_and_one_line(error, code, line, capsys):
    with report(debug=False) as outcome:
        raise error
    out, err = capsys.readouterr()
    assert outcome.code == code
    assert out == ""
    assert err.startswith(f"mixtura: {line}")
    assert err.count("\n") == 1
    with pytest.raises(type(error)), report(debug=True):
        raise error


def test_debug_may_stand_anywhere(run):
    for arguments in (("--debug", "info", "flowers.csv"), ("info", "flowers.csv", "--debug")):
        with pytest.raises(ModelFileError):
            run(*arguments)


@pytest.mark.filterwarnings("default")
def test_warnings_are_lines_at_the_end(capsys):
    with report(debug=False) as outcome:
        warnings.warn("take\n care", UserWarning, stacklevel=1)
        print("result")
        raise ValueError("broken")
    out, err = capsys.readouterr()
    assert outcome.code == 3
    assert out == "result\n"
    assert err == "mixtura: warning: take care\nmixtura: broken\n"


def test_an_interruption(capsys, monkeypatch):
    def interrupt(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(application, "run", interrupt)
    assert main(["info"]) == 130
    assert capsys.readouterr().err == "mixtura: interrupted; nothing was left half-written.\n"


def test_meanings_are_told_apart():
    assert len({code.value for code in ExitCode}) == len({code.__doc__ for code in ExitCode}) == len(ExitCode) == 7
    assert exits.Exit().code == 0


def start(*arguments, **options):
    return subprocess.Popen([sys.executable, "-m", "mixtura", *arguments], text=True, **options)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM], ids=lambda asked: asked.name)
def test_an_interruption_from_outside_leaves_nothing(data, asked):
    """Control-C or a request to terminate while EM runs: the code says so, and no file is there in part."""
    np.save(data / "noise.npy", np.random.default_rng(0).normal(size=(50_000, 2)))  # EM creeps for thousands of sweeps
    before = set(os.listdir(data))
    process = start(
        *("fit", "noise.npy", "-k", "6", "-o", "a.mix", "--tol", "0", "--max-iter", "1000000", "--plot", "a.png"),
        cwd=data,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while set(os.listdir(data)) == before and time.monotonic() < deadline:
        time.sleep(0.05)  # until the picture's place is held
    time.sleep(1.0)
    for _ in range(4):  # Python may lose one signal that comes while it is cleaning up an object; a user presses again
        process.send_signal(asked)
        try:
            process.wait(15)  # a second signal while Python shuts down would count as another end
            break
        except subprocess.TimeoutExpired:
            continue
    else:
        process.kill()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "mixtura: interrupted; nothing was left half-written.\n")
    assert set(os.listdir(data)) == before


def test_a_reader_that_has_read_enough(data, model):
    """``mixtura sample | head -1`` ends quietly."""
    process = start("sample", "model.mix", "-n", "100000", cwd=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == "width,length\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 0


def test_without_typer_one_line_names_the_extra():
    code = "import sys; sys.modules['typer'] = None; from mixtura.cli import main; sys.exit(main(['info', 'x']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert done.stdout == ""
    assert done.stderr.startswith("mixtura: typer is needed for the command line")
    assert "pip install 'mixtura[cli]'" in done.stderr
    assert done.stderr.count("\n") == 1
