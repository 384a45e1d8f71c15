"""What counts as an image: a stack of images becomes rows, with the unit they are in."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.arrays import Array
from mixtura.checks import check_finite

OVERSHOOT = 10.0
"""How far a new image may leave [0, 1]. Reconstructions do by tenths; images on the scale 0 to 255 by far more."""


@dataclass(frozen=True)
class Pixels:
    """Images, or plain rows, as one table.

    Attributes
    ----------
    rows : array (n, D)
        The values in the type they came in; nothing is copied where the images lie in one piece of memory.
    unit : float
        What one unit of the answer is worth in `rows`: 255 for images of bytes, otherwise 1.
    image_shape : tuple of int or None
        ``(height, width)`` or ``(height, width, channels)``; None for plain rows.
    """

    rows: Any
    unit: float
    image_shape: tuple[int, ...] | None


def read_pixels(X: Any) -> Pixels:
    """Lay a stack of images out as rows; let anything else pass as it is.

    Parameters
    ----------
    X : array-like (n, height, width), (n, height, width, channels) or (n, D)
        Images are uint8 or floats. A table of two dimensions is not looked into here.

    Raises
    ------
    ValueError
        For images of different sizes, and for images that are neither uint8 nor floats.

    Examples
    --------
    >>> import numpy as np
    >>> pixels = read_pixels(np.zeros((5, 28, 28), dtype=np.uint8))
    >>> pixels.rows.shape, pixels.unit, pixels.image_shape
    ((5, 784), 255.0, (28, 28))
    """
    if not hasattr(X, "shape"):
        try:
            X = np.asarray(X)
        except ValueError as error:
            raise ValueError(
                "Got rows or images of different sizes, but expected all of one size: crop, pad or resize them."
            ) from error
    if len(X.shape) not in (3, 4):
        return Pixels(X, 1.0, None)
    images = np.asarray(X)
    if images.dtype != np.uint8 and not np.issubdtype(images.dtype, np.floating):
        bytes_alike = images.dtype.kind in "iu" and images.size and images.min() >= 0 and images.max() <= 255
        raise ValueError(
            f"Got images of dtype {images.dtype}, but expected uint8 (0 to 255) or floats in [0, 1]: "
            + (
                "convert them with images.astype('uint8')."
                if bytes_alike
                else "divide numbers by their largest possible value; bytes would wrap what is beyond 0 to 255."
            )
        )
    shape = tuple(int(length) for length in images.shape[1:])
    unit = 255.0 if images.dtype == np.uint8 else 1.0
    return Pixels(images.reshape(len(images), int(np.prod(shape))), unit, shape)


def check_intensities(rows: Array, low: float = 0.0, high: float = 1.0) -> None:
    """Refuse images (n, D) with values that are not finite, or outside ``[low, high]``.

    Raises
    ------
    ValueError
        As `check_finite` does, and naming the range that was found and what to do.
    """
    if rows.dtype == np.uint8:
        return  # bytes are finite, and within every range that is asked for
    smallest, largest = check_finite(rows)
    if smallest < low or largest > high:
        raise ValueError(
            f"Got values from {smallest:g} to {largest:g}, but expected images with intensities in [0, 1]: divide them "
            "by their largest possible value, clip a slight overshoot, give images of bytes as uint8, or give plain "
            "rows (n, D), which may have any scale."
        )


def size_text(shape: tuple[int, ...]) -> str:
    """Say a size as people do.

    Examples
    --------
    >>> size_text((28, 28))
    '28 x 28'
    """
    return " x ".join(str(length) for length in shape)
