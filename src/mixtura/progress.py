"""Progress of long work, on a terminal: the one file that imports rich, when the first bar is drawn and not before."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mixtura.extras import require

__all__ = ["Advance", "show_progress"]

Advance = Callable[..., None]
"""``advance(steps=1, *, description=None, completed=None)``: that many steps more, or so many in all."""


@contextmanager
def show_progress(description: str, total: float | None = None, *, extra: str = "cli") -> Iterator[Advance]:
    """Show a bar on standard error while the block runs, and remove it at its end.

    Where standard error is not a terminal, nothing is shown and rich is not imported.

    Parameters
    ----------
    description : str
        What is being done.
    total : float, optional
        How many steps there are, or 1.0 where shares of the work are told; without it the bar only says that work
        goes on.
    extra : str, default "cli"
        The extra that a missing library is to be installed with.

    Yields
    ------
    Advance
        To be called after each step.

    Raises
    ------
    MissingExtraError
        On a terminal where rich is not installed.

    Examples
    --------
    >>> with show_progress("counting", total=3) as advance:
    ...     for _ in range(3):
    ...         advance()
    """
    if not sys.stderr.isatty():
        yield lambda steps=1, *, description=None, completed=None: None
        return
    progress = require("rich.progress", extra=extra, purpose="the progress bar")
    console = require("rich.console", extra=extra, purpose="the progress bar").Console(stderr=True)
    columns = [progress.TextColumn("{task.description}", markup=False), progress.BarColumn()]
    if total is not None:
        columns.append(progress.TaskProgressColumn())
    columns.append(progress.TimeElapsedColumn())
    with progress.Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(description, total=total)

        def advance(steps: float = 1, *, description: str | None = None, completed: float | None = None) -> None:
            bars.update(task, advance=None if completed is not None else steps, completed=completed)
            if description is not None:
                bars.update(task, description=description)

        yield advance
