"""IDX files: the format of MNIST and its kin, read with every promise of the header checked first.

Two layers, so that a checksum fits between them: :func:`read_uncompressed` brings bytes and knows no format;
:func:`parse_idx` turns bytes into an array. :func:`load_idx` is both, for any file.

The format (Y. LeCun, "The MNIST database of handwritten digits"): two zero bytes, one byte for the element
type, one for the number of dimensions, each dimension as four bytes, then the elements; all of it big-endian.
"""

import gzip
import math
import os
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mixtura.arrays import Array

_ELEMENT_TYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype(">u1"),
    0x09: np.dtype(">i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
_MAX_DIMENSIONS = 32  # what every supported NumPy can hold
_LONGEST_HEADER = 4 + 4 * _MAX_DIMENSIONS
_CHUNK = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"


class IdxError(ValueError):
    """The file is not what its header promises; the message says what came and what was expected."""


@dataclass(frozen=True)
class _Header:
    dtype: np.dtype[Any]  # big-endian, as in the file
    shape: tuple[int, ...]
    length: int  # bytes of the header itself

    @property
    def n_bytes(self) -> int:
        """Bytes of the whole file, uncompressed."""
        return self.length + math.prod(self.shape) * self.dtype.itemsize

    @property
    def promise(self) -> str:
        """What the file should hold, in words."""
        return f"{self.dtype.name} of shape {self.shape} in {self.n_bytes} bytes"


def load_idx(path: str | os.PathLike[str], *, max_bytes: int = 1 << 30) -> Array:
    """Load an array from an IDX file, plain or compressed with gzip.

    The header is checked before anything of its size is allocated, and no more is decompressed than it
    promises.

    Parameters
    ----------
    path : path-like
        The file. Whether it is compressed is seen from its content, not from its name.
    max_bytes : int, default 2**30
        The largest uncompressed size to accept, in bytes.

    Returns
    -------
    array of the shape that the header gives
        In the machine's byte order and owned by the caller.

    Raises
    ------
    IdxError
        Where the file is no IDX file, is cut short, has bytes left over, is damaged, or is larger than
        ``max_bytes``.
    FileNotFoundError
        Where there is no such file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "labels-idx1-ubyte")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
    ...     load_idx(path)
    array([7, 8, 9], dtype=uint8)
    """
    header = _read_header(read_uncompressed(path, _LONGEST_HEADER), name=str(path))
    if header.n_bytes > max_bytes:
        raise IdxError(
            f"Got {path}, whose header promises {header.promise}, but expected at most {max_bytes} bytes; "
            "if you trust the file, raise max_bytes."
        )
    return parse_idx(read_uncompressed(path, header.n_bytes + 1), name=str(path))


def read_uncompressed(path: str | os.PathLike[str], max_bytes: int) -> bytearray:
    """Read the first bytes of a file, decompressed where its content is gzip's.

    Parameters
    ----------
    path : path-like
        The file.
    max_bytes : int
        Where to stop. Ask for one byte more than the file should have, and one that is too long shows itself.

    Returns
    -------
    bytearray
        At most ``max_bytes`` bytes; memory grows with what is really there.

    Raises
    ------
    IdxError
        Where the path is no regular file, or the compressed stream is damaged.
    FileNotFoundError
        Where there is no such file.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"Got {path}, which does not exist, but expected a file; check the path.")
    if not path.is_file():
        raise IdxError(f"Got {path}, which is no regular file, but expected an IDX file; name the file itself.")
    content = bytearray()
    with path.open("rb") as raw:
        compressed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if compressed else raw
        try:
            while chunk := stream.read(min(_CHUNK, max_bytes - len(content))):
                content += chunk
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise IdxError(
                f"Got {path}, damaged inside its gzip stream ({error}), but expected a whole one; fetch it again."
            ) from error
    return content


def parse_idx(content: bytes | bytearray, *, name: str = "the data") -> Array:
    """Turn the uncompressed bytes of an IDX file into an array.

    Parameters
    ----------
    content : bytes or bytearray
        The whole file. Single-byte elements are not copied: the array is a view of it.
    name : str, default "the data"
        What error messages call it.

    Returns
    -------
    array of the shape that the header gives
        In the machine's byte order.

    Raises
    ------
    IdxError
        Where the header is wrong or the number of bytes is not exactly the one that it promises.

    Examples
    --------
    >>> parse_idx(bytes([0, 0, 11, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 255, 255]))
    array([[ 1, -1]], dtype=int16)
    """
    header = _read_header(content, name)
    if len(content) < header.n_bytes:
        raise IdxError(f"Got {name} cut short at {len(content)} bytes, but expected {header.promise}; fetch it again.")
    if len(content) > header.n_bytes:
        raise IdxError(f"Got {name} with bytes left over, but expected exactly {header.promise}; fetch it again.")
    elements = np.frombuffer(memoryview(content)[header.length :], dtype=header.dtype)
    return elements.reshape(header.shape).astype(header.dtype.newbyteorder("="), copy=False)


def _read_header(start: bytes | bytearray, name: str) -> _Header:
    expected = "an IDX file, which begins with 00 00, an element type and the number of dimensions"
    if len(start) < 4 or start[0] != 0 or start[1] != 0 or start[2] not in _ELEMENT_TYPES:
        came = f"beginning with {bytes(start[:4]).hex(' ')}" if start else "without a byte in it"
        raise IdxError(f"Got {name} {came}, but expected {expected}; check that it is the file you mean.")
    dtype, n_dimensions = _ELEMENT_TYPES[start[2]], start[3]
    if not 1 <= n_dimensions <= _MAX_DIMENSIONS:
        raise IdxError(
            f"Got {name} with {n_dimensions} dimensions, but expected 1 to {_MAX_DIMENSIONS}; fetch it again."
        )
    length = 4 + 4 * n_dimensions
    if len(start) < length:
        raise IdxError(
            f"Got {name} cut short at {len(start)} bytes, but expected a header of {length}; fetch it again."
        )
    shape = tuple(int.from_bytes(start[i : i + 4], "big") for i in range(4, length, 4))
    # A dimension of zero does not excuse the others: NumPy refuses a shape whose other dimensions overflow.
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > sys.maxsize:
        raise IdxError(f"Got {name} of shape {shape}, but expected one that memory can hold; fetch it again.")
    return _Header(dtype, shape, length)
