"""The header of an array in NumPy's format, checked before anything is allocated."""

import math
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

__all__ = ["NpyHeader", "read_npy_header"]


@dataclass(frozen=True)
class NpyHeader:
    """What an array on disk declares of itself."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    n_bytes: int  # that its elements take, in Python's integers, which do not overflow
    offset: int  # where they begin


def read_npy_header(stream: BinaryIO) -> NpyHeader:
    """Read the header of an array from a stream that stands at its beginning.

    Raises
    ------
    ValueError
        If it is not version 1.0 or 2.0 of NumPy's format, or its elements are Python objects.
    """
    version = np.lib.format.read_magic(stream)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"version {version} of the format, expected (1, 0) or (2, 0)")
    try:
        shape, fortran_order, dtype = readers[version](stream)
    except ValueError:
        raise
    except Exception as error:  # a header is a Python literal, and what fails to be one fails in many ways
        raise ValueError(f"a header that cannot be read ({error})") from error
    if dtype.hasobject:
        raise ValueError("its elements are Python objects")
    if any(length < 0 for length in shape):
        raise ValueError(f"its shape is {shape}")
    return NpyHeader(shape, fortran_order, dtype, math.prod(shape) * dtype.itemsize, stream.tell())
