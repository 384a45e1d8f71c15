"""Headers of arrays on disk."""

import io

import numpy as np
import pytest

from mixtura.npy_header import read_npy_header


def stored(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    stream.seek(0)
    return stream


def forged(shape, descr="<f8"):
    """A header that declares anything at all."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return io.BytesIO(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
@pytest.mark.parametrize("array", [np.zeros((2, 3)), np.zeros((3, 2), ">i4", order="F"), np.zeros(0), np.float32(1)])
def test_it_says_what_numpy_wrote(array, version):
    stream = stored(array, version)
    header = read_npy_header(stream)
    array = np.asarray(array)
    assert header.shape == array.shape
    assert header.dtype == array.dtype
    assert header.n_bytes == array.nbytes == len(stream.getvalue()) - header.offset
    assert header.fortran_order == (not array.flags.c_contiguous)


@pytest.mark.parametrize("shape", [(2**62, 2**62, 2**62), (2**63, 2)])
def test_sizes_do_not_overflow(shape):
    assert read_npy_header(forged(shape)).n_bytes == 8 * shape[0] * shape[1] * (shape[2] if len(shape) > 2 else 1)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (io.BytesIO(b""), "magic string"),
        (io.BytesIO(b"\x93NUMPY\x01\x00\xff\xff{"), "EOF"),
        (forged("open('a')"), "malformed"),
        (forged("("), "header"),
        (forged("(" * 9000), "header"),
        (forged("-" * 9000 + "1"), "header"),
        (forged((2,), "|O"), "Python objects"),
        (forged((-2, -2)), r"its shape is \(-2, -2\)"),
        (io.BytesIO(b"\x93NUMPY\x03\x00"), r"version \(3, 0\) of the format, expected \(1, 0\) or \(2, 0\)"),
    ],
)
def test_what_is_no_array(stream, message):
    with pytest.raises(ValueError, match=message):
        read_npy_header(stream)
