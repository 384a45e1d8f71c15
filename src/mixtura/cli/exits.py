"""Exits: what the exit codes mean, and how an error becomes one of them and one line."""

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from mixtura.extras import MissingExtraError

__all__ = ["ExitCode", "report"]


class ExitCode(IntEnum):
    """What a script may rely on."""

    def __new__(cls, code: int, meaning: str) -> "ExitCode":
        member = int.__new__(cls, code)
        member._value_ = code
        member.__doc__ = meaning
        return member

    DONE = 0, "done"
    FAILED = 1, "a failure of mixtura itself"
    MISUSED = 2, "the command line is wrong"
    UNUSABLE = 3, "a file cannot be read, used or written"
    UNFINISHED = 4, "fitted and written, but EM did not converge"
    MISSING = 5, "a library or the data set is not on this machine"
    INTERRUPTED = 130, "interrupted"


@dataclass
class Exit:
    """How the command ended."""

    code: int = ExitCode.DONE


@contextmanager
def report(debug: bool) -> Iterator[Exit]:
    """Turn what goes wrong in the block into one line on standard error and an exit code.

    Warnings become lines as well, at the end, when no progress bar is in their way. With ``debug`` errors are raised
    as they are. A request to terminate ends the block as Control-C does, so that it too leaves nothing half-written.
    """
    outcome = Exit()
    lines: list[str] = []
    with _terminable(), warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: lines.append(f"warning: {message}")
        try:
            yield outcome
            sys.stdout.flush()
        except KeyboardInterrupt:
            outcome.code = ExitCode.INTERRUPTED
        except (BrokenPipeError, SystemExit):  # whoever read our output has read enough; typer makes the second of it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception as error:
            if debug:
                raise
            outcome.code, message = _explain(error)
            lines.append(message)
        finally:
            if outcome.code == ExitCode.INTERRUPTED:
                lines.append("interrupted; nothing was left half-written.")
            for line in lines:
                print("mixtura:", " ".join(line.split()), file=sys.stderr)


@contextmanager
def _terminable() -> Iterator[None]:
    """Raise KeyboardInterrupt where SIGTERM would end the process at once, without tidying up."""
    free = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if free:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        if free:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _explain(error: Exception) -> tuple[ExitCode, str]:
    """Return the exit code of an error, and what to say of it."""
    if hasattr(error, "format_message"):  # typer's own, whatever it is built on
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "mixtura"
        said = error.format_message().replace("Value error, ", "")  # a word of the library that checks choices
        return ExitCode.MISUSED, f"{said}{'' if said.endswith(('.', '?')) else '.'} See: {command} --help"
    if isinstance(error, ValueError) and isinstance(error, TypeError):  # scikit-learn's, of a parameter
        return ExitCode.MISUSED, str(error)
    if isinstance(error, MissingExtraError) or _is_missing_data(error):
        return ExitCode.MISSING, str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return ExitCode.UNUSABLE, f"{error.filename}: {error.strerror}. Check the path."
    if isinstance(error, OSError | ValueError):
        return ExitCode.UNUSABLE, str(error)
    if isinstance(error, MemoryError):
        return ExitCode.FAILED, "not enough memory. Use fewer rows or columns, or float32."
    name = type(error).__name__
    return ExitCode.FAILED, f"{name}: {error}. This is a fault of mixtura; add --debug to see where, and report it."


def _is_missing_data(error: Exception) -> bool:
    datasets = sys.modules.get("mixtura.datasets")  # whoever raised it has imported it
    return datasets is not None and isinstance(error, datasets.DatasetNotFoundError)
