"""The four files of Fashion-MNIST: their names, their sizes and what they must contain."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mixtura.datasets.contract import SourceError
from mixtura.datasets.idx import IdxError, read_uncompressed


@dataclass(frozen=True)
class CheckedFile:
    """A file known by what it contains, however it is compressed."""

    name: str  # without .gz
    n_bytes: int  # uncompressed
    sha256: str  # of the uncompressed bytes: compressions differ between sources


# For each split: its images, its labels.
FILES: Final[dict[str, tuple[CheckedFile, CheckedFile]]] = {
    "train": (
        CheckedFile(
            "train-images-idx3-ubyte",
            16 + 60_000 * 28 * 28,
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        CheckedFile(
            "train-labels-idx1-ubyte",
            8 + 60_000,
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
    ),
    "test": (
        CheckedFile(
            "t10k-images-idx3-ubyte",
            16 + 10_000 * 28 * 28,
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        CheckedFile(
            "t10k-labels-idx1-ubyte",
            8 + 10_000,
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
}


def all_files() -> tuple[CheckedFile, ...]:
    """Return the files of every split."""
    return tuple(file for files in FILES.values() for file in files)


def read_checked(folder: Path, file: CheckedFile) -> bytearray:
    """Read one file from a folder and check it before anything looks inside.

    Parameters
    ----------
    folder : Path
        Where it should lie, either plain or with ``.gz`` at the end of its name.
    file : CheckedFile
        What it should be.

    Returns
    -------
    bytearray
        The uncompressed bytes, whose SHA-256 is right.

    Raises
    ------
    SourceError
        Where the file is missing, or every version of it is damaged.
    """
    damages = []
    for path in (folder / file.name, folder / f"{file.name}.gz"):
        if not path.exists():
            continue
        try:
            content = read_uncompressed(path, file.n_bytes + 1)
        except (IdxError, OSError) as error:
            damages.append(str(error))
            continue
        digest = hashlib.sha256(content).hexdigest()
        if digest == file.sha256:
            return content
        damages.append(
            f"{path} is damaged: its {len(content)} bytes have the SHA-256 {digest[:12]}..., "
            f"but expected {file.n_bytes} bytes with {file.sha256[:12]}..."
            if len(content) <= file.n_bytes
            else f"{path} is damaged: it has more than the expected {file.n_bytes} bytes"
        )
    if not damages:
        damages.append(f"no {file.name}.gz in {folder}" if folder.is_dir() else f"no folder {folder}")
    raise SourceError("; ".join(damages))
