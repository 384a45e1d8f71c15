"""The application: the list of commands."""

from collections.abc import Callable
from typing import Annotated

import mixtura
from mixtura.cli.data import data
from mixtura.cli.doctor import doctor
from mixtura.cli.exits import ExitCode
from mixtura.cli.fit import fit
from mixtura.cli.info import info
from mixtura.cli.lab import lab
from mixtura.cli.options import typer
from mixtura.cli.plot import plot
from mixtura.cli.predict import predict
from mixtura.cli.sample import sample
from mixtura.cli.score import score
from mixtura.cli.select import select
from mixtura.cli.study import study
from mixtura.cli.summary import summary

__all__ = ["application", "run"]

COMMANDS: dict[str, list[Callable[..., int | None]]] = {
    "Mixtures": [fit, select, predict, score, summary, sample, plot, info],
    "Images": [lab, data, study],
    "This machine": [doctor],
}
_EXITS = "Exit codes: " + " · ".join(f"{code.value} {code.__doc__}" for code in ExitCode) + "."


def _version(asked: bool) -> None:
    if asked:
        print(f"mixtura {mixtura.__version__}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from; may stand anywhere.")] = False,
) -> None:
    """Gaussian mixtures: cluster, estimate density, generate images."""


application = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EXITS,
)
application.callback()(_main)
for panel, commands in COMMANDS.items():
    for command in commands:
        application.command(rich_help_panel=panel)(command)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors are raised."""
    code = application(arguments, prog_name="mixtura", standalone_mode=False)
    return code or ExitCode.DONE
