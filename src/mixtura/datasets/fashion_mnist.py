"""Fashion-MNIST: 70,000 grey images of clothing in ten classes.

H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
algorithms", arXiv:1708.07747 (2017). 60,000 images are for training, 10,000 for testing; all are 28 x 28.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mixtura.datasets import debian, sources
from mixtura.datasets.contract import SourceError, SourceState
from mixtura.datasets.fashion_files import FILES, CheckedFile, all_files, read_checked
from mixtura.datasets.idx import parse_idx
from mixtura.datasets.image_set import ImageSet

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


class DatasetNotFoundError(FileNotFoundError):
    """No source has the data; the message lists each one tried, why it failed, and the ways out."""


@dataclass(frozen=True)
class DataPlace:
    """Where the data lies, and which source answered."""

    source: str
    folder: Path


def load_fashion_mnist(
    split: str = "train", *, root: str | os.PathLike[str] | None = None, download: bool = True
) -> ImageSet:
    """Load Fashion-MNIST from the first source that has it.

    The sources, in order: ``root``; the folder that the environment variable ``MIXTURA_DATA`` names; the user
    cache; torchvision's layout (``FashionMNIST/raw`` below ``root``, ``MIXTURA_DATA`` or ``./data``); the
    folder of Debian's package ``dataset-fashion-mnist``; download over https; and, on Debian and its kin,
    that package fetched with ``apt-get download``. The last two fill the user cache. Files may be plain or
    compressed with gzip; each is checked by its SHA-256 before it is looked into, and a source with a damaged
    file is passed over.

    Parameters
    ----------
    split : {"train", "test"}, default "train"
        60,000 images or 10,000.
    root : path-like, optional
        A folder to look in first.
    download : bool, default True
        Whether to ask the sources that need the network.

    Returns
    -------
    ImageSet
        Images uint8 (n, 28, 28), labels uint8 (n,), the names of the ten classes, and the source in words.

    Raises
    ------
    DatasetNotFoundError
        Where no source has the data; the message lists each one tried and what to do.
    ValueError
        Where there is no such split.

    Examples
    --------
    ``load_fashion_mnist().images.shape`` is ``(60000, 28, 28)``.

    >>> load_fashion_mnist("valid")
    Traceback (most recent call last):
    ValueError: Got split='valid', but expected 'train' or 'test'.
    """
    if split not in FILES:
        raise ValueError(f"Got split={split!r}, but expected {' or '.join(map(repr, FILES))}.")
    place, (images, labels) = _first_answer(root, download, FILES[split])
    return ImageSet(
        images=parse_idx(images, name="the images"),
        labels=parse_idx(labels, name="the labels"),
        class_names=CLASS_NAMES,
        name="Fashion-MNIST",
        source=f"Fashion-MNIST from {place.source}, in {place.folder}.",
    )


def fetch_fashion_mnist(*, root: str | os.PathLike[str] | None = None, download: bool = True) -> DataPlace:
    """Make sure that all four files are on this machine, and say where.

    Parameters
    ----------
    root : path-like, optional
        A folder to look in first.
    download : bool, default True
        Whether to ask the sources that need the network.

    Returns
    -------
    DataPlace
        The source that answered, and the folder in which the files lie.

    Raises
    ------
    DatasetNotFoundError
        Where no source has all of them.
    """
    return _first_answer(root, download, all_files())[0]


def fashion_mnist_sources(*, root: str | os.PathLike[str] | None = None) -> tuple[SourceState, ...]:
    """List the sources in the order in which they are asked, with what each has; the network is not touched.

    Parameters
    ----------
    root : path-like, optional
        A folder to look in first.

    Examples
    --------
    >>> [source.name for source in fashion_mnist_sources()][:3]
    ['root', 'MIXTURA_DATA', 'the user cache']
    """
    return tuple(source.state() for source in sources.in_order(root))


def _first_answer(
    root: str | os.PathLike[str] | None, download: bool, files: Sequence[CheckedFile]
) -> tuple[DataPlace, list[bytearray]]:
    """Ask one source after the other; return the first that has all the files, and their checked contents."""
    reasons: list[str] = []
    for source in sources.in_order(root):
        try:
            if source.is_network and not download:
                raise SourceError("not asked, because download=False")
            folder = source.bring()
            return DataPlace(source.name, folder), [read_checked(folder, file) for file in files]
        except (SourceError, OSError) as error:
            reasons.append(f"  {len(reasons) + 1}. {source.name}: {error}")
    names = ", ".join(f"{file.name}.gz" for file in all_files())
    raise DatasetNotFoundError(
        "Fashion-MNIST was found in none of its sources:\n"
        + "\n".join(reasons)
        + f"\nTwo ways out: (a) put {names} into a folder and name it as root= or in MIXTURA_DATA; "
        f"(b) get online and try again, or on Debian and its kin: apt install {debian.PACKAGE}."
    )
