"""Picture: a mixture over its rows, as a file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixtura.arrays import Array
from mixtura.cli.output import check_apart
from mixtura.cli.rows import without_names
from mixtura.files import write_beside

if TYPE_CHECKING:
    from mixtura import GaussianMixture

__all__ = ["check_columns", "draw_mixture", "new_picture"]

_ENDINGS = (".png", ".svg", ".pdf", ".jpg")
_DOTS_PER_INCH = 150


@contextmanager
def new_picture(path: Path | None, *inputs: Path) -> Iterator[Any]:
    """Lend matplotlib's axes, and save them to ``path`` when the block ends well; None where no picture is wanted.

    What would hinder the picture (an ending, a folder, a missing library) is found out before the block runs, and so
    is that it would replace one of ``inputs``.
    """
    if path is None:
        yield None
        return
    if path.suffix.lower() not in _ENDINGS:
        raise ValueError(f"{path} ends in {path.suffix or 'nothing'!r}, expected one of {', '.join(_ENDINGS)}.")
    check_apart(path, *inputs)
    os.environ.setdefault("MPLBACKEND", "Agg")  # no window is opened, and none need be there
    from mixtura.plots import Display, canvas

    with write_beside(path) as beside:
        display = Display(canvas.open_axes(None))
        try:
            yield display.ax_
            display.figure_.savefig(beside, dpi=_DOTS_PER_INCH)
        finally:
            display.close()


def check_columns(n_columns: int) -> None:
    """Raise where a picture cannot show that many columns."""
    if n_columns > 2:
        raise ValueError(
            f"Got {n_columns} columns, expected 1 or 2 for a picture. Fit on two of them with --columns, or leave the "
            "picture out."
        )


def draw_mixture(ax: Any, model: "GaussianMixture", rows: Array) -> None:
    """Draw rows (N, 1) or (N, 2) under the components of a mixture."""
    from mixtura.plots import plot_gmm

    plot_gmm(without_names(model), rows, ax=ax)
    names = getattr(model, "feature_names_in_", None)
    if names is not None:
        ax.set_xlabel(names[0])
        if len(names) == 2:
            ax.set_ylabel(names[1])
