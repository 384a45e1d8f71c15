"""The user cache: where fetched files are kept, and how they get there whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from mixtura.datasets.contract import SourceError
from mixtura.datasets.fashion_files import CheckedFile, read_checked


def cache_folder() -> Path:
    """Return the folder that fetched data is kept in; it need not exist yet.

    ``MIXTURA_CACHE`` names it; else it is ``mixtura`` below ``XDG_CACHE_HOME``; else ``~/.cache/mixtura``;
    for a user without a home, ``mixtura`` in the folder for temporary files.
    """
    if named := os.environ.get("MIXTURA_CACHE"):
        return Path(named).expanduser()
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared) / "mixtura"
    try:
        return Path.home() / ".cache" / "mixtura"
    except RuntimeError:  # a user without a home
        return Path(tempfile.gettempdir()) / "mixtura"


def fill(folder: Path, fetch: Callable[[Path], Path], files: Iterable[CheckedFile]) -> None:
    """Fetch files into a folder of the cache; several processes may do so at once.

    They arrive in a temporary folder beside, are checked there, and are renamed into place one by one. A
    rename is atomic and every file is complete in itself, so a reader sees the file or no file, never half of
    one.

    Parameters
    ----------
    folder : Path
        Where the files are to lie in the end, each as ``name.gz``.
    fetch : callable
        Gets the empty temporary folder, returns the folder in or below it where the files arrived.
    files : iterable of CheckedFile
        What must have arrived.

    Raises
    ------
    SourceError
        Where the cache cannot be written, the fetching failed, or what arrived is wrong.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder)
    except OSError as error:
        raise SourceError(
            f"the cache folder {folder} cannot be written ({error.strerror}); name another in MIXTURA_CACHE"
        ) from error
    with beside as name:
        arrived = fetch(Path(name))
        names = []
        for file in files:
            read_checked(arrived, file)
            names.append(f"{file.name}.gz")
        for name in names:
            os.replace(arrived / name, folder / name)
