"""Archives: every way in which a file can lie is found out, with one kind of error."""

import os
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

from mixtura.model_file import ModelFileError, load_model
from mixtura.model_file.archive import read_archive, write_archive


def refuse(path, message):
    with pytest.raises(ModelFileError, match=message) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert "save the model again" in str(caught.value)


def test_parts_put_together_rightly_load(tmp_path, parts, model, blobs):
    again = load_model(parts.write(tmp_path / "a.mix"))
    assert again.score(blobs.X) == model.score(blobs.X)


def test_what_is_written_is_read(tmp_path):
    arrays = {"one": np.arange(6.0).reshape(2, 3), "none": np.zeros(0), "point": np.array(np.pi)}
    write_archive(tmp_path / "a", {"said": [1, None, "ü"]}, arrays)
    header, found = read_archive(tmp_path / "a")
    assert header == {"said": [1, None, "ü"]}
    for name, array in arrays.items():
        assert found[name].shape == array.shape
        assert (found[name] == array).all()
        assert found[name].flags.writeable


def test_every_truncation_is_refused(tmp_path, sound):
    whole = sound.read_bytes()
    for length in [*range(60), *range(60, len(whole), 97), len(whole) - 1]:
        cut = tmp_path / "cut.mix"
        cut.write_bytes(whole[:length])
        refuse(cut, "got")


def test_every_flipped_byte_is_refused_or_harmless(tmp_path, sound, model, blobs):
    """Each byte in turn: the file is refused, or what it held still scores the same."""
    whole = sound.read_bytes()
    score = model.score(blobs.X[:5])
    harmless = 0
    path = tmp_path / "flipped.mix"
    for place in range(0, len(whole), 3):
        flipped = bytearray(whole)
        flipped[place] ^= 0x41
        path.write_bytes(flipped)
        try:
            with warnings.catch_warnings(action="ignore"):  # zipfile warns of odd member names
                found = load_model(path)
        except ModelFileError:
            continue
        assert found.score(blobs.X[:5]) == score
        harmless += 1
    assert harmless < len(whole) / 30  # the zip container has a few bytes that nobody reads


def test_bytes_before_and_after(tmp_path, sound):
    (tmp_path / "a.mix").write_bytes(b"#!/bin/sh\n" + sound.read_bytes())
    refuse(tmp_path / "a.mix", "begins with b'#!/b'")
    (tmp_path / "a.mix").write_bytes(sound.read_bytes()[:30] + sound.read_bytes())
    refuse(tmp_path / "a.mix", "got")


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_is_refused(tmp_path, parts, kind):
    """Nothing can unfold to more than the file holds."""
    parts.compression = kind
    refuse(parts.write(tmp_path / "a.mix"), "compressed member 'header.json'")


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path, parts):
    with zipfile.ZipFile(tmp_path / "a.mix", "w") as archive:
        archive.writestr("header.json", "{}")
        archive.writestr("weights.npy", bytes(2**26), zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    refuse(tmp_path / "a.mix", "compressed member 'weights.npy'")
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


def test_members_that_claim_more_than_the_file_are_refused(tmp_path, sound):
    forged = bytearray(sound.read_bytes())
    place = forged.rindex(b"PK\x01\x02")  # the last entry of the directory
    forged[place + 20 : place + 28] = len(forged).to_bytes(4, "little") * 2
    (tmp_path / "a.mix").write_bytes(forged)
    refuse(tmp_path / "a.mix", "members that are larger than the file")


def test_an_encrypted_member_is_refused(tmp_path, sound):
    forged = bytearray(sound.read_bytes())
    place = forged.rindex(b"PK\x01\x02")
    forged[place + 8] |= 1
    (tmp_path / "a.mix").write_bytes(forged)
    refuse(tmp_path / "a.mix", "encrypted member 'lower_bounds.npy'")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_twice_missing_too_many_or_elsewhere(tmp_path, parts):
    names = list(parts.members)
    parts.order = [*names, "means.npy"]
    refuse(parts.write(tmp_path / "twice.mix"), "holds a member twice")
    parts.order = names[:-1]
    refuse(parts.write(tmp_path / "few.mix"), r"expected those that the header lists under 'arrays'")
    parts.order = names[::-1]
    refuse(parts.write(tmp_path / "order.mix"), "in its order")
    parts.order = []
    parts.members["../../evil.npy"] = b""
    refuse(parts.write(tmp_path / "evil.mix"), r"\.\./\.\./evil\.npy")
    parts.header["arrays"]["../../evil"] = {"shape": [1], "sha256": "0" * 64}
    parts.set_array("../../evil", np.zeros(1))
    refuse(parts.write(tmp_path / "listed.mix"), r"got the arrays .*evil")
    assert sorted(os.listdir(tmp_path)) == sorted(
        ["sound.mix", "twice.mix", "few.mix", "order.mix", "evil.mix", "listed.mix"]
    )


def test_another_zip_archive_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", means=np.zeros(3))
    refuse(tmp_path / "a.npz", r"begins with \['means\.npy'\], expected 'header\.json' first")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    refuse(tmp_path / "empty.zip", "begins with b'PK")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "not sound JSON"),
        ("[]", "a header that is a list"),
        ('{"format": "mixtura model", "format": 1}', "a key twice"),
        ('{"a": NaN}', "it holds NaN"),
        ('{"a": 1e999}', "it holds 1e999"),
        ("[" * 100_000, "not sound JSON"),
        ("9" * 5000, "not sound JSON"),
        (b"\xff\xfe\x00", "not sound JSON"),
        ('{"format": "mixtura lab"}', "got the format 'mixtura lab', expected 'mixtura model'"),
        ('{"format": "mixtura model", "version": 2}', "got version 2 .*a newer mixtura may read it"),
        ('{"format": "mixtura model", "version": 1}', "expected those that the header lists"),
        ('{"format": "mixtura model", "version": 1, "arrays": ["weights"]}', "expected those that the header lists"),
    ],
)
def test_a_header_that_is_no_header(tmp_path, parts, header, message):
    refuse(parts.write(tmp_path / "a.mix", header), message)


def test_a_header_as_large_as_the_file(tmp_path, parts):
    refuse(parts.write(tmp_path / "a.mix", b" " * (2**24 + 1)), "a header of 16777217 bytes, expected at most 16777216")


def test_a_wrong_checksum(tmp_path, parts):
    parts.header["arrays"]["means"]["sha256"] = "0" * 64
    refuse(parts.write(tmp_path / "a.mix"), "wrong bytes for the array 'means', expected SHA-256 000")


def test_a_description_of_another_kind(tmp_path, parts):
    parts.header["arrays"]["means"] = 7
    refuse(parts.write(tmp_path / "a.mix"), "its shape and its sha256")


def test_a_shape_that_disagrees(tmp_path, parts):
    parts.header["arrays"]["means"]["shape"] = [3, 2]
    refuse(parts.write(tmp_path / "a.mix"), r"of shape \[2, 3\], expected .* of shape \[3, 2\]")


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i8", "<c16", "S8"])
def test_only_float64_is_read(tmp_path, parts, dtype):
    parts.set_array("weights", np.array([0, 1]).astype(dtype))
    refuse(parts.write(tmp_path / "a.mix"), "expected little-endian float64")


def test_a_pickle_is_refused_unread(tmp_path, parts):
    parts.set_array("weights", np.array([print, print], dtype=object))
    refuse(parts.write(tmp_path / "a.mix"), "its elements are Python objects")


def test_fortran_order_is_refused(tmp_path, parts):
    parts.set_array("means", np.asfortranarray(np.eye(3)[:2]))
    refuse(parts.write(tmp_path / "a.mix"), "in C order")


def npy(shape, payload=b""):
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + payload


@pytest.mark.parametrize("shape", [(2**62,), (2**31, 2**31), (2**40, 2**40), (0, 2**63 - 1, 7), (1,)])
def test_huge_dimensions_are_refused_unallocated(tmp_path, parts, shape):
    parts.set_bytes("weights", npy(shape, b"\0" * 16), shape)
    parts.write(tmp_path / "a.mix")
    tracemalloc.start()
    refuse(tmp_path / "a.mix", r"got 16 bytes for the array 'weights'")
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff{", b"PK\x03\x04" * 9, npy("open")])
def test_a_member_that_is_no_npy(tmp_path, parts, content):
    parts.set_bytes("weights", content)
    refuse(parts.write(tmp_path / "a.mix"), r"'weights' that is not \.npy")
