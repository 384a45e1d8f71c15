"""The four files: known by content, whatever their compression."""

import gzip

import pytest

from mixtura.datasets.contract import SourceError
from mixtura.datasets.fashion_files import all_files, read_checked


def test_the_sizes_are_those_of_the_published_set():
    assert {file.name: file.n_bytes for file in all_files()} == {
        "train-images-idx3-ubyte": 47_040_016,
        "train-labels-idx1-ubyte": 60_008,
        "t10k-images-idx3-ubyte": 7_840_016,
        "t10k-labels-idx1-ubyte": 10_008,
    }


@pytest.mark.parametrize("compressed", [True, False])
def test_plain_and_compressed_files_give_the_same_bytes(tmp_path, tiny, compressed):
    folder = tiny.write(tmp_path / "data", compressed=compressed)
    for file in all_files():
        assert read_checked(folder, file) == tiny.contents[file.name]


def test_a_good_file_beside_a_damaged_one_serves(tmp_path, tiny):
    folder = tiny.write(tmp_path / "data")
    file = all_files()[0]
    (folder / file.name).write_bytes(b"damaged")
    assert read_checked(folder, file) == tiny.contents[file.name]


def test_missing_and_damaged_are_told_apart(tmp_path, tiny):
    file = all_files()[0]
    with pytest.raises(SourceError, match=r"^no folder .*absent$"):
        read_checked(tmp_path / "absent", file)
    with pytest.raises(SourceError, match=rf"^no {file.name}\.gz in "):
        read_checked(tmp_path, file)
    content = bytearray(tiny.contents[file.name])
    content[-1] ^= 1
    (tmp_path / f"{file.name}.gz").write_bytes(gzip.compress(content))
    with pytest.raises(
        SourceError, match=rf"\.gz is damaged: its {file.n_bytes} bytes have the SHA-256 [0-9a-f]{{12}}"
    ):
        read_checked(tmp_path, file)
    (tmp_path / f"{file.name}.gz").write_bytes(gzip.compress(tiny.contents[file.name] + b"x"))
    with pytest.raises(SourceError, match=f"has more than the expected {file.n_bytes} bytes"):
        read_checked(tmp_path, file)
    (tmp_path / f"{file.name}.gz").write_bytes(b"\x1f\x8bdamaged")
    (tmp_path / file.name).mkdir()
    with pytest.raises(SourceError, match=r"no regular file.*; .*damaged inside its gzip stream"):
        read_checked(tmp_path, file)
