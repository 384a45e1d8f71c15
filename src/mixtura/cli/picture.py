"""Picture: a mixture over its rows, as a file."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mixtura.arrays import Array
from mixtura.cli.output import check_apart
from mixtura.cli.rows import without_names
from mixtura.files import write_beside

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
    from mixtura.plots.pairs import MOST_FEATURES

    if n_columns > MOST_FEATURES:
        raise ValueError(
            f"Got {n_columns} columns, expected at most {MOST_FEATURES} for a picture. Fit on some of them with "
            "--columns, draw with mixtura plot --show projection, or leave the picture out."
        )


def draw_mixture(ax: Any, model: Any, rows: Array, show: str = "mixture") -> None:
    """Draw rows (N, D) and what a model says of them.

    ``show`` is mixture, classification, uncertainty, density or projection; of more than two columns a mixture is drawn
    as a classification, and most pictures are matrices, for which the figure is made larger.
    """
    from mixtura import plots
    from mixtura.plots.pairs import size_for

    n_columns = rows.shape[1]
    drawings: dict[str, Callable[..., Any]] = {
        "mixture": plots.plot_gmm if n_columns <= 2 else plots.plot_classification,
        "classification": plots.plot_classification,
        "uncertainty": plots.plot_uncertainty,
        "density": plots.plot_density,
        "projection": plots.plot_projection,
    }
    names = getattr(model, "feature_names_in_", None)
    if n_columns > 2 and drawings[show] is not plots.plot_projection:
        ax.figure.set_size_inches(*size_for(n_columns))
    drawings[show](without_names(model), rows if names is None else _Named(rows, names), ax=ax)


@dataclass(frozen=True, eq=False)
class _Named:
    """Rows (N, D) that know the names of their columns, for the axes of a picture."""

    values: Array  # (N, D)
    columns: Sequence[str]  # D

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.values, dtype=dtype, copy=copy)
