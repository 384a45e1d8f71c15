"""Files that arrive whole or not at all: written beside their place, then renamed into it; and their folders."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["UnwritableError", "check_folder", "check_writable", "make_folder", "write_beside"]


class UnwritableError(OSError):
    """A file cannot be written where it was asked for; the message says why and what to do."""


@contextmanager
def write_beside(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a path beside the wanted one; rename it there when the block ends well, remove it when it does not.

    A reader sees the old file or the new one, never half of one, also where the block fails, is interrupted, or the
    machine stops. The lent path lies in the same folder and ends as the wanted one does, for writers that go by the
    ending; an empty file is there from the start, so that a folder which cannot be written is found out before any
    work is done. Where the wanted path is a link, the file that it points to is replaced, not the link.

    Parameters
    ----------
    path : path-like
        Where the file is wanted. Its folder must exist.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    UnwritableError
        Where the folder does not exist or cannot be written, or the path is a folder or a device.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     wanted = Path(folder) / "answer.txt"
    ...     with write_beside(wanted) as beside:
    ...         _ = beside.write_text("42")
    ...         print(wanted.exists())
    ...     print(wanted.read_text())
    False
    42
    """
    wanted = Path(path)
    target = Path(os.path.realpath(wanted))  # a link stays, its target is replaced
    beside = _create_beside(wanted, target)
    try:
        yield beside
        with beside.open("rb+") as file:  # what was written must reach the disk before the name points to it
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise now what ``write_beside`` would raise later: for the start of long work.

    Parameters
    ----------
    path : path-like
        Where a file will be wanted.

    Raises
    ------
    UnwritableError
        As ``write_beside`` does.
    """
    wanted = Path(path)
    _create_beside(wanted, Path(os.path.realpath(wanted))).unlink()


def make_folder(path: str | os.PathLike[str]) -> None:
    """Make a folder, and those that it lies in, where there is none.

    Parameters
    ----------
    path : path-like

    Raises
    ------
    UnwritableError
        Where it cannot be made.
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(_cannot_make(path, error.strerror)) from error


def check_folder(path: str | os.PathLike[str], names: Iterable[str]) -> None:
    """Raise now what making a folder and writing files in it would raise later: for the start of long work.

    Nothing is made: where there is no such folder, the one that it would be made in is asked.

    Parameters
    ----------
    path : path-like
        The folder.
    names : iterable of str
        Of the files that will be wanted in it.

    Raises
    ------
    UnwritableError
        As ``make_folder`` and ``write_beside`` do.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     check_folder(Path(folder) / "deep" / "inside", ["answer.txt"])
    ...     print(list(Path(folder).iterdir()))
    []
    """
    missing = None  # the first folder that is to be made
    for place in (Path(path), *Path(path).parents):
        if os.path.lexists(place):
            break
        missing = place
    if not place.is_dir():
        raise UnwritableError(_cannot_make(path, f"{place} is none"))
    if missing is None:
        for name in names:
            check_writable(place / name)
        return
    try:
        check_writable(missing)
    except UnwritableError as error:
        raise UnwritableError(_cannot_make(path, f"{place} cannot be written")) from error


def _cannot_make(path: str | os.PathLike[str], reason: str | None) -> str:
    return f"Cannot make the folder {os.fspath(path)}: {reason}. Name a folder that you may make."


def _create_beside(wanted: Path, target: Path) -> Path:
    """Create an empty file beside ``target``, with the permissions that any new file gets."""
    if target.is_dir():
        raise UnwritableError(f"Cannot write {wanted}: it is a folder. Name a file in it.")
    if target.exists() and not target.is_file():  # a rename would put a plain file in the place of a device
        raise UnwritableError(f"Cannot write {wanted}: it is a device or a pipe. Name a plain file.")
    beside = target.with_name(f".{target.stem}-{secrets.token_hex(4)}{target.suffix}")
    try:
        beside.open("xb").close()
    except OSError as error:
        raise UnwritableError(
            f"Cannot write {wanted}: {error.strerror} ({target.parent}). "
            "Name a file in a folder that exists and that you may write to."
        ) from error
    return beside
