"""Help, versions, and commands that are no commands."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mixtura
from mixtura.cli.application import COMMANDS, application
from mixtura.cli.exits import ExitCode

NAMES = [command.__name__ for commands in COMMANDS.values() for command in commands]


def test_every_command_that_is_promised_is_there():
    assert set(NAMES) == {
        "fit",
        "select",
        "predict",
        "score",
        "summary",
        "sample",
        "plot",
        "info",
        "lab",
        "data",
        "study",
        "doctor",
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_and_json(name):
    result = CliRunner().invoke(application, [name, "--help"])
    assert result.exit_code == 0
    assert "--json" in result.stdout


def test_help_lists_commands_and_exit_codes():
    result = CliRunner().invoke(application, ["-h"])
    text = " ".join(result.stdout.split())
    assert all(name in text for name in NAMES)
    assert all(f"{code.value} " in text for code in ExitCode)
    assert "fitted and written, but EM did not converge" in text


def test_no_command_at_all_is_a_question_for_help(run):
    ran = run()
    assert ran.code == 0
    assert "Usage: mixtura" in ran.out


def test_the_version_is_that_of_the_package(run):
    ran = run("--version")
    assert (ran.code, ran.out) == (0, f"mixtura {mixtura.__version__}\n")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["scripts"]["mixtura"] == "mixtura.cli:main"
    assert project["version"] == mixtura.__version__


def test_what_is_no_command(refuse):
    assert refuse(2, "No such command 'fti'", "fti").err.endswith(" See: mixtura --help\n")
    refuse(2, "No such option: --speed", "--speed")
    refuse(2, "Missing argument 'DATA'. See: mixtura fit --help", "fit")
    refuse(2, "'--components'", "fit", "plain.csv", "-k", "many", "-o", "a.mix")


def test_help_comes_without_what_is_large():
    """A process of its own: ``python -m mixtura`` works, and help imports no library of numbers."""
    code = (
        "import runpy, sys; sys.argv = ['mixtura', 'fit', '--help']\n"
        "try: runpy.run_module('mixtura', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "print(sorted({'numpy', 'scipy', 'sklearn', 'matplotlib', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Fit a mixture" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
