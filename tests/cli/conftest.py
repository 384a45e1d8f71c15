"""A folder with data and a model, and a way to run commands as they are typed."""

import json
from dataclasses import dataclass

import numpy as np
import pytest

from mixtura import GaussianMixture
from mixtura.cli import main
from mixtura.model_file import load_model


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        """The one JSON document on standard output."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def refuse(run):
    """Run a command that must fail with a code and one line."""

    def refuse(code, message, *arguments):
        ran = run(*arguments)
        assert ran.code == code
        assert ran.out == ""
        assert ran.err.startswith("mixtura: ")
        assert ran.err.count("\n") == 1
        assert message in ran.err
        return ran

    return refuse


@pytest.fixture(scope="session")
def flowers():
    """Sixty rows of two columns in two groups, and their kinds."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal((0, 5), (1, 0.5), (30, 2)), rng.normal((8, 1), (0.5, 1), (30, 2))])
    return X, np.repeat(["rose", "lily"], 30)


@pytest.fixture(autouse=True)
def data(tmp_path, flowers):
    """Files: flowers.csv with a column of words, plain.csv, shuffled.csv, flowers.npy."""
    X, kinds = flowers
    named = ["width,length,kind", *(f"{a!r},{b!r},{kind}" for (a, b), kind in zip(X.tolist(), kinds, strict=True))]
    (tmp_path / "flowers.csv").write_text("\n".join(named) + "\n")
    (tmp_path / "plain.csv").write_text("width,length\n" + "".join(f"{a!r},{b!r}\n" for a, b in X.tolist()))
    (tmp_path / "shuffled.csv").write_text("length,id,width\n" + "".join(f"{b!r},7,{a!r}\n" for a, b in X.tolist()))
    np.save(tmp_path / "flowers.npy", X)
    return tmp_path


@pytest.fixture
def model(run):
    """A model fitted on names, in model.mix."""
    assert run("fit", "plain.csv", "-k", 2, "-o", "model.mix", "--seed", 0).code == 0
    return load_model("model.mix")


@pytest.fixture
def unnamed(run, flowers):
    """A model fitted on an array, in unnamed.mix."""
    assert run("fit", "flowers.npy", "-k", 2, "-o", "unnamed.mix", "--seed", 0).code == 0
    return GaussianMixture(2, random_state=0).fit(flowers[0])
