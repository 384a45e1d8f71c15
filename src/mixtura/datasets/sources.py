"""The sources of Fashion-MNIST, in the order in which they are asked."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mixtura.datasets import cache, debian, https
from mixtura.datasets.contract import Source, SourceError, SourceState
from mixtura.datasets.fashion_files import all_files, read_checked


@dataclass(frozen=True)
class FolderSource:
    """A folder on this machine that may have the files."""

    name: str
    folder: Path | None
    unset: str = ""  # why there is no folder
    is_network: bool = False

    def bring(self) -> Path:
        """Return the folder; what is in it is for the asker to check."""
        if self.folder is None:
            raise SourceError(self.unset)
        return self.folder

    def state(self) -> SourceState:
        """Read all four files and say whether they are right."""
        place = "" if self.folder is None else str(self.folder)
        try:
            folder = self.bring()
            for file in all_files():
                read_checked(folder, file)
        except (SourceError, OSError) as error:
            return SourceState(self.name, place, False, str(error))
        return SourceState(self.name, place, True, "all four files are there and right")


@dataclass(frozen=True)
class NetworkSource:
    """A place elsewhere that the files can be fetched from, into the user cache."""

    name: str
    address: str
    obstacle: Callable[[], str]  # why it cannot be asked on this machine; empty where it can
    fetch: Callable[[Path], Path]  # into an empty folder; returns where in it the files arrived
    is_network: bool = True

    def bring(self) -> Path:
        """Fetch the files into the cache and return their folder there."""
        if reason := self.obstacle():
            raise SourceError(reason)
        folder = cache_of_fashion_mnist()
        cache.fill(folder, self.fetch, all_files())
        return folder

    def state(self) -> SourceState:
        """Say whether it could be asked."""
        return SourceState(self.name, self.address, False, self.obstacle() or "asked when no folder has the data")


def cache_of_fashion_mnist() -> Path:
    """Return the folder of the user cache that keeps the four files."""
    return cache.cache_folder() / "fashion-mnist"


def in_order(root: str | os.PathLike[str] | None) -> tuple[Source, ...]:
    """List every source, in the order in which they are asked.

    Parameters
    ----------
    root : path-like or None
        The folder that the caller named, if any.
    """
    given = Path(root).expanduser() if root is not None else None
    environment = os.environ.get("MIXTURA_DATA")
    named = Path(environment).expanduser() if environment else None
    above_torchvision = [folder for folder in (given, named, Path("data")) if folder is not None]
    return (
        FolderSource("root", given, "not given"),
        FolderSource("MIXTURA_DATA", named, "not set"),
        FolderSource("the user cache", cache_of_fashion_mnist()),
        *(
            FolderSource("torchvision's layout", (folder / "FashionMNIST" / "raw").absolute())
            for folder in above_torchvision
        ),
        FolderSource("Debian's installed package", debian.INSTALLED),
        *(
            NetworkSource(
                f"{https.host(mirror)} over https",
                mirror,
                https.obstacle,
                partial(https.fetch, mirror=mirror, files=all_files()),
            )
            for mirror in https.MIRRORS
        ),
        NetworkSource(
            "Debian's package by apt-get", f"apt-get download {debian.PACKAGE}", debian.obstacle, debian.fetch
        ),
    )
