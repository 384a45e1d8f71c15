"""IDX files: every type comes back, and every lie is found before it costs anything."""

import gzip
import io
import os
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mixtura.datasets import IdxError, load_idx
from mixtura.datasets.idx import parse_idx, read_uncompressed

TYPES = {
    "uint8": (0x08, "B"),
    "int8": (0x09, "b"),
    "int16": (0x0B, "h"),
    "int32": (0x0C, "i"),
    "float32": (0x0D, "f"),
    "float64": (0x0E, "d"),
}


def written(array):
    """The oracle: the format spelt out element by element with struct."""
    code, letter = TYPES[array.dtype.name]
    stream = io.BytesIO()
    stream.write(struct.pack(">BBBB", 0, 0, code, array.ndim))
    for size in array.shape:
        stream.write(struct.pack(">I", size))
    for element in array.ravel().tolist():
        stream.write(struct.pack(f">{letter}", element))
    return stream.getvalue()


def header(code, *shape, count=None):
    return struct.pack(">BBBB", 0, 0, code, len(shape) if count is None else count) + b"".join(
        struct.pack(">I", size) for size in shape
    )


arrays = st.sampled_from(sorted(TYPES)).flatmap(
    lambda name: hnp.arrays(
        name,
        hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4),
        elements={"allow_nan": False} if name.startswith("float") else None,
    )
)


@settings(deadline=None)
@given(arrays)
def test_every_array_comes_back(array):
    back = parse_idx(written(array))
    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype
    assert back.dtype.isnative


@settings(deadline=None)
@given(st.binary(max_size=64), st.sampled_from(sorted(TYPES)), st.integers(0, 4))
def test_any_bytes_give_an_array_of_exactly_them_or_one_error(rest, name, n_dimensions):
    content = bytes([0, 0, TYPES[name][0], n_dimensions]) + rest
    try:
        array = parse_idx(content)
    except IdxError:
        return
    assert written(array)[: 4 + 4 * array.ndim] == content[: 4 + 4 * array.ndim]
    assert array.nbytes == len(content) - 4 - 4 * array.ndim


@pytest.mark.parametrize("name", sorted(TYPES))
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_file_gives_an_array_that_the_caller_owns(tmp_path, name, compress):
    array = np.arange(24).reshape(2, 3, 4).astype(name)
    path = tmp_path / "whatever-the-name"
    path.write_bytes(compress(written(array)))
    back = load_idx(path)
    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype
    back[0, 0, 0] = 7
    assert back[0, 0, 0] == 7


def test_one_byte_elements_are_not_copied():
    content = bytearray(written(np.arange(6, dtype=np.uint8)))
    array = parse_idx(content)
    content[-1] = 99
    assert array[-1] == 99


LIES = {
    "empty": (b"", "without a byte"),
    "a page of a web site": (b"<!DOCTYPE html>", "beginning with 3c 21 44 4f, but expected an IDX file"),
    "little-endian magic": (bytes([1, 8, 0, 0]), "beginning with 01 08 00 00"),
    "unknown element type": (bytes([0, 0, 0x0A, 1]), "beginning with 00 00 0a 01"),
    "no dimensions": (bytes([0, 0, 8, 0, 5]), "0 dimensions, but expected 1 to 32"),
    "too many dimensions": (bytes([0, 0, 8, 33]), "33 dimensions, but expected 1 to 32"),
    "header cut short": (header(0x08, 3, count=3), "cut short at 8 bytes, but expected a header of 16"),
    "elements cut short": (header(0x08, 3) + b"ab", r"cut short at 10 bytes.*uint8 of shape \(3,\) in 11 bytes"),
    "elements left over": (header(0x0B, 1) + b"abc", r"bytes left over.*int16 of shape \(1,\) in 10 bytes"),
    "all dimensions huge": (header(0x0E, *[2**32 - 1] * 4), "expected one that memory can hold"),
    "huge behind a zero": (header(0x08, 0, *[2**32 - 1] * 3), "expected one that memory can hold"),
    "32 dimensions": (header(0x08, *[2**32 - 1] * 32), "expected one that memory can hold"),
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_lie_is_named_with_the_file(tmp_path, lie, compress):
    content, message = LIES[lie]
    path = tmp_path / "lie.idx"
    path.write_bytes(compress(content))
    with pytest.raises(IdxError, match=rf"Got .*lie\.idx .*{message}"):
        load_idx(path)


def peak_of_refusal(path, message, **options):
    """Bytes allocated at most while the file is refused."""
    tracemalloc.start()
    try:
        with pytest.raises(IdxError, match=message):
            load_idx(path, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_header_larger_than_the_limit_allocates_nothing(tmp_path):
    path = tmp_path / "huge"
    path.write_bytes(header(0x08, 60_000, 1_000, 1_000))
    assert peak_of_refusal(path, r"60000000016 bytes, but expected at most 1073741824 bytes.*max_bytes") < 2**20


def test_a_header_larger_than_the_file_allocates_little(tmp_path):
    path = tmp_path / "liar"
    path.write_bytes(header(0x08, 900, 1_000, 1_000))
    assert peak_of_refusal(path, "cut short at 16 bytes") < 2**22


def test_a_gzip_bomb_is_opened_no_further_than_its_header_promises(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(header(0x08, 10) + bytes(2**26)))
    assert peak_of_refusal(path, "bytes left over") < 2**20


def test_the_limit_is_the_callers_to_move(tmp_path):
    path = tmp_path / "eleven-bytes"
    path.write_bytes(written(np.arange(3, dtype=np.uint8)))
    assert load_idx(path, max_bytes=11).tolist() == [0, 1, 2]
    with pytest.raises(IdxError, match="11 bytes, but expected at most 10 bytes"):
        load_idx(path, max_bytes=10)


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: good[:-12],  # the end is missing
        lambda good: flipped(good, len(good) - 6),  # the checksum at the end is wrong
        lambda good: flipped(good, 12),  # the stream itself is wrong
        lambda good: good + b"and more",  # something follows
        lambda good: good[:5],  # not even gzip's own header
    ],
)
def test_a_damaged_gzip_stream_is_named(tmp_path, damage):
    path = tmp_path / "images.gz"
    path.write_bytes(damage(gzip.compress(written(np.arange(100, dtype=np.uint8)))))
    with pytest.raises(IdxError, match=r"Got .*images\.gz, damaged inside its gzip stream"):
        load_idx(path)


def test_what_is_not_a_file_is_named(tmp_path):
    with pytest.raises(IdxError, match="no regular file, but expected an IDX file"):
        load_idx(tmp_path)
    os.mkfifo(tmp_path / "pipe")  # reading it would wait for ever
    with pytest.raises(IdxError, match="no regular file"):
        load_idx(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError, match=r"absent, which does not exist, .*check the path"):
        load_idx(tmp_path / "absent")


def test_reading_stops_where_it_is_told(tmp_path):
    path = tmp_path / "bytes.gz"
    path.write_bytes(gzip.compress(bytes(range(200))))
    assert read_uncompressed(path, 5) == bytes(range(5))
    assert read_uncompressed(path, 1000) == bytes(range(200))
