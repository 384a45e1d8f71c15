"""``mixtura data``: the images that the lab works on."""

from pathlib import Path
from typing import Annotated

import mixtura
from mixtura.cli.options import Json, typer

__all__ = ["data"]


def data(
    root: Annotated[Path | None, typer.Option(metavar="DIR", help="A folder to look in first.")] = None,
    download: Annotated[bool, typer.Option(help="Whether the network may be asked.")] = True,
    as_json: Json = False,
) -> None:
    """Find or fetch Fashion-MNIST, check it, and say from which source it came and where it lies."""
    from mixtura.cli.output import print_json

    place = mixtura.datasets.fetch_fashion_mnist(root=root, download=download)
    if as_json:
        print_json({"dataset": "fashion-mnist", "source": place.source, "folder": str(place.folder)})
    else:
        print(f"Fashion-MNIST from {place.source}, in {place.folder}")
