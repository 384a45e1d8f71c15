"""The array types that annotations name; each use adds the shape in a comment beside it."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
SingleArray: TypeAlias = NDArray[np.float32]
IntArray: TypeAlias = NDArray[np.intp]
ByteArray: TypeAlias = NDArray[np.uint8]
Array: TypeAlias = NDArray[Any]


def frozen(array: FloatArray) -> FloatArray:
    """Return a copy that cannot be written to, for records whose derived values must not go stale."""
    copy = np.array(array, dtype=np.float64)
    copy.setflags(write=False)
    return copy
