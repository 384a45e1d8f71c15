"""Download over https with pooch; the one file that imports it."""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import BinaryIO
from urllib.parse import urlsplit

from mixtura.datasets.contract import SourceError
from mixtura.datasets.fashion_files import CheckedFile
from mixtura.extras import require

# The repository of the data's authors, and the copy that Keras reads.
MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
)
TIMEOUT = (3.05, 20.0)  # seconds: for each address of the host to answer, for each next piece to arrive
_CHUNK = 1 << 16  # bytes
_OVERHEAD = 1 << 16  # bytes; gzip makes what it cannot compress a little longer


def obstacle() -> str:
    """Say why nothing can be downloaded on this machine; empty where there is no reason."""
    try:
        _pooch()
    except ImportError as error:
        return str(error)
    return ""


def fetch(folder: Path, mirror: str, files: Iterable[CheckedFile]) -> Path:
    """Download files from one mirror, without a word on the terminal.

    Parameters
    ----------
    folder : Path
        Where to put them, each as ``name.gz``.
    mirror : str
        The address that the names are appended to.
    files : iterable of CheckedFile
        What to ask for.

    Returns
    -------
    Path
        The folder itself.

    Raises
    ------
    SourceError
        Where the mirror does not answer, answers with an error, or sends more than the file can have.
    """
    download = _pooch().HTTPDownloader(progressbar=False, chunk_size=_CHUNK, timeout=TIMEOUT)
    for file in files:
        name = f"{file.name}.gz"
        with (folder / name).open("wb") as target:
            try:
                download(mirror + name, _Bounded(target, file.n_bytes + _OVERHEAD), None)
            except OSError as error:  # every error of the HTTP library is one
                raise SourceError(f"{name}: {_innermost(error)}") from error
    return folder


def host(mirror: str) -> str:
    """Return the name of the machine that an address points to."""
    return urlsplit(mirror).hostname or mirror


class _Bounded:
    """A file that takes only so many bytes, so that no mirror fills the disk."""

    def __init__(self, target: BinaryIO, max_bytes: int) -> None:
        self._target = target
        self._left = max_bytes

    def write(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._left < 0:
            raise SourceError("the mirror sends more bytes than the file can have")
        self._target.write(piece)

    def flush(self) -> None:
        """The file is flushed once, when it is closed."""


def _pooch() -> ModuleType:
    return require("pooch", extra="data", purpose="downloading data")


def _innermost(error: BaseException) -> str:
    """Libraries wrap one error in the next; the innermost says what happened."""
    while error.__context__ is not None:
        error = error.__context__
    return f"{type(error).__name__}: {error}"
