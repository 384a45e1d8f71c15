"""``mixtura lab``: the whole lab, as a report."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import mixtura
from mixtura.cli.options import Json, typer

__all__ = ["lab"]


class Images(StrEnum):
    """The images that the lab can work on."""

    FASHION_MNIST = "fashion-mnist"
    DIGITS = "digits"


def lab(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder of the report.")] = Path("lab-report"),
    dataset: Annotated[Images, typer.Option(help="The images to work on.")] = Images.FASHION_MNIST,
    quick: Annotated[bool, typer.Option("--quick", help="A few images only, in seconds.")] = False,
    as_json: Json = False,
) -> None:
    """Work through the lab on real images and write a report that opens in a browser."""
    from mixtura.cli.output import print_json

    report = mixtura.lab.run(out=out, dataset=dataset.value, quick=quick)
    print_json({"report": str(report)}) if as_json else print(report)
