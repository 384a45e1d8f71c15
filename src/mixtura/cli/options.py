"""Options that several commands share, and the one file that imports typer."""

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mixtura.extras import require

__all__ = [
    "Columns",
    "Context",
    "Data",
    "Header",
    "Json",
    "Model",
    "Noise",
    "Seed",
    "Table",
    "TrainingColumns",
    "Weights",
    "split_names",
    "typer",
]

typer = require("typer", extra="cli", purpose="the command line")

if TYPE_CHECKING:
    from typer import Context
else:
    Context = typer.Context

Data = Annotated[
    Path, typer.Argument(metavar="DATA", help="Rows to read: a .csv, .parquet or .npy file.", show_default=False)
]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model that `mixtura fit` wrote.", show_default=False)]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help="Columns to use: names, or positions from 0 where there are none. Default: those that the model knows "
        "by name, else all.",
    ),
]
TrainingColumns = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...", help="Columns to fit to: names, or positions from 0 where there are none. Default: all."
    ),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        help="Whether the first line of a CSV file holds names. Default: look.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Seed = Annotated[
    int | None, typer.Option(metavar="N", help="The same seed gives the same result.", min=0, max=2**32 - 1)
]
Table = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a .csv, .parquet or .npy file instead of printing."),
]

Weights = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column that holds a weight for each row.")]


def _noise(text: str) -> float | str | None:
    """Read ``--noise``."""
    if text in ("none", "auto"):
        return None if text == "none" else text
    try:
        volume = float(text)
    except ValueError:
        volume = 0.0
    if not 0 < volume < math.inf:
        raise typer.BadParameter(f"Got {text!r}, expected 'auto' or the volume of noise, a number above 0.")
    return volume


Noise = Annotated[
    str, typer.Option(metavar="auto|VOLUME", parser=_noise, help="A component for outliers, of this volume.")
]


def split_names(text: str | None) -> list[str] | None:
    """Split what ``--columns`` was given; a name with a comma stands in double quotes.

    >>> split_names('width,"length, cm"')
    ['width', 'length, cm']
    """
    if text is None:
        return None
    return [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]
