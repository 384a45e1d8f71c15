"""The command line, one command per file. A tour:

- ``fit``, ``select``: a mixture from a table of numbers, or the best of many.
- ``predict``, ``score``, ``summary``, ``sample``, ``plot``, ``info``: what a mixture says.
- ``lab``, ``data``, ``study``: the lab on real images, the images themselves, and the quality of what is generated.
- ``doctor``: what is installed here, and what is missing.

What they share: ``options.py`` (the one file that imports typer, and the options that several commands have),
``rows.py`` (which columns of a table a model is to see), ``picture.py``, ``output.py`` (JSON and plain tables),
``iterations.py`` (the progress of a fit). ``application.py`` lists the commands; ``exits.py`` says what exit codes mean
and turns errors into one line.

What is large (NumPy, scikit-learn, matplotlib) is imported inside the commands, when they run: help comes at once.
"""

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What was typed after ``mixtura``; by default what this process was given.

    Returns
    -------
    int
        One of ``mixtura.cli.exits.ExitCode``. Errors are one line on standard error; with ``--debug`` anywhere among
        the arguments they are raised.

    Examples
    --------
    >>> from mixtura.cli import main
    >>> main(["--version"])
    mixtura 0.1.0
    0
    """
    from mixtura.cli.exits import report

    typed = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in typed
    with report(debug) as outcome:
        from mixtura.cli.application import run

        outcome.code = run([argument for argument in typed if argument != "--debug"] or ["--help"])
    return int(outcome.code)
