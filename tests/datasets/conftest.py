"""A machine with no source at all, and a tiny Fashion-MNIST to put into them one by one."""

import gzip
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from mixtura.datasets import cache, debian, fashion_files, https
from mixtura.datasets.fashion_files import CheckedFile

REAL_FOLDERS = (cache.cache_folder() / "fashion-mnist", debian.INSTALLED)  # before any test hides them


@dataclass(frozen=True)
class TinySet:
    """Four small files in the format of the real ones; the checksums in force are theirs."""

    contents: dict[str, bytes]  # file name without .gz: uncompressed bytes

    def write(self, folder: Path, *, compressed: bool = True, but: tuple[str, ...] = ()) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.contents.items():
            if name in but:
                continue
            if compressed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
        return folder


@pytest.fixture(autouse=True)
def bare_machine(tmp_path, monkeypatch):
    """No data anywhere, an empty cache, no pooch and no apt-get."""
    for name in ("MIXTURA_DATA", "MIXTURA_CACHE"):
        monkeypatch.delenv(name, raising=False)
    here = tmp_path / "here"
    tools = tmp_path / "tools"
    here.mkdir()
    tools.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setitem(sys.modules, "pooch", None)
    monkeypatch.setattr(debian, "INSTALLED", tmp_path / "usr" / "share" / "datasets" / "fashion-mnist")
    monkeypatch.setattr(https, "MIRRORS", ("https://first.invalid/", "https://second.invalid/"))
    return tmp_path


@pytest.fixture
def cached(bare_machine):
    """The folder of the cache for the four files."""
    return bare_machine / "cache" / "mixtura" / "fashion-mnist"


@pytest.fixture
def tiny(monkeypatch):
    """A tiny set in place of the real one: 20 images to train with, 10 to test with."""
    rng = np.random.default_rng(0)
    contents = {}
    for split, n in (("train", 20), ("test", 10)):
        images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        labels = np.arange(n, dtype=np.uint8) % 10
        checked = []
        for real, array in zip(fashion_files.FILES[split], (images, labels), strict=True):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            content = header + array.tobytes()
            contents[real.name] = content
            checked.append(CheckedFile(real.name, len(content), hashlib.sha256(content).hexdigest()))
        monkeypatch.setitem(fashion_files.FILES, split, tuple(checked))
    return TinySet(contents)
