"""The cache: filled whole or not at all, by any number at once."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mixtura.datasets import cache
from mixtura.datasets.contract import SourceError
from mixtura.datasets.fashion_files import all_files, read_checked


def test_the_folder_can_be_named(monkeypatch):
    monkeypatch.setenv("MIXTURA_CACHE", "~/here")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache.cache_folder() == Path("/home/someone/here")
    monkeypatch.delenv("MIXTURA_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/shared")
    assert cache.cache_folder() == Path("/shared/mixtura")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.cache_folder() == Path("/home/someone/.cache/mixtura")


def test_a_user_without_a_home_has_a_cache(monkeypatch, tmp_path):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path))
    assert cache.cache_folder() == tmp_path / "mixtura"


def test_what_arrives_is_kept_and_nothing_else(tiny, cached):
    def fetch(folder):
        assert folder.parent == cached  # beside, so that a rename stays on one file system
        (folder / "by-product").write_text("not wanted")
        return tiny.write(folder / "below")

    cache.fill(cached, fetch, all_files())
    assert sorted(os.listdir(cached)) == sorted(f"{file.name}.gz" for file in all_files())


def test_a_damaged_file_in_the_cache_is_replaced(tiny, cached):
    cached.mkdir(parents=True)
    (cached / f"{all_files()[0].name}.gz").write_bytes(b"damaged")
    cache.fill(cached, tiny.write, all_files())
    assert read_checked(cached, all_files()[0]) == tiny.contents[all_files()[0].name]


def test_nothing_is_kept_where_something_is_wrong(tiny, cached):
    def fetch_too_little(folder):
        return tiny.write(folder, but=(all_files()[-1].name,))

    with pytest.raises(SourceError, match=f"no {all_files()[-1].name}.gz"):
        cache.fill(cached, fetch_too_little, all_files())
    assert os.listdir(cached) == []

    def fail(folder):
        tiny.write(folder)
        raise SourceError("the line went dead")

    with pytest.raises(SourceError, match="the line went dead"):
        cache.fill(cached, fail, all_files())
    assert os.listdir(cached) == []


def test_a_cache_that_cannot_be_written_is_refused_before_anything_is_fetched(tiny, tmp_path):
    (tmp_path / "file").touch()

    def fetch(folder):
        raise AssertionError("asked for data that cannot be kept")

    with pytest.raises(SourceError, match=r"cache folder .* cannot be written \(.*\); name another in MIXTURA_CACHE"):
        cache.fill(tmp_path / "file" / "fashion-mnist", fetch, all_files())


def test_several_may_fill_it_at_once(tiny, cached):
    n_fillers = 4
    all_have_arrived = threading.Barrier(n_fillers, timeout=30)

    def fetch(folder):
        tiny.write(folder)
        all_have_arrived.wait()
        return folder

    with ThreadPoolExecutor(n_fillers) as pool:
        for done in [pool.submit(cache.fill, cached, fetch, all_files()) for _ in range(n_fillers)]:
            done.result()
    assert sorted(os.listdir(cached)) == sorted(f"{file.name}.gz" for file in all_files())
    for file in all_files():
        assert read_checked(cached, file) == tiny.contents[file.name]
