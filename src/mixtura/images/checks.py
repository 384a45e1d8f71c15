"""Checks: what users give to the image generator becomes arrays, or one clear error before any work is done."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mixtura.arrays import ByteArray
from mixtura.images.pixels import OVERSHOOT, Pixels, check_intensities, read_pixels, size_text

__all__ = ["check_bytes", "check_memberships", "read_stack"]


def read_stack(images: Any, fitted: tuple[int, ...] | None = None) -> Pixels:
    """Read a stack of images: strictly within [0, 1] for a fit, or of the `fitted` shape, with room to overshoot.

    Raises
    ------
    ValueError
        For anything else than one stack of at least one image, for NaN or infinity, another shape, another scale.
    """
    pixels = read_pixels(images)
    shape = pixels.image_shape
    if shape is None or not len(pixels.rows) or not all(shape):
        expected = "(n, height, width)" if fitted is None else f"(n, {', '.join(map(str, fitted))})"
        raise ValueError(
            f"Got an array of shape {np.shape(pixels.rows) if shape is None else (len(pixels.rows), *shape)}, but "
            f"expected a stack of images {expected}: reshape rows, and give one image as image[np.newaxis]."
        )
    if fitted is None:
        check_intensities(pixels.rows)
    elif shape != fitted:
        raise ValueError(
            f"Got images of {size_text(shape)}, but the model was fitted to images of {size_text(fitted)}: "
            "crop, pad or resize them."
        )
    else:
        check_intensities(pixels.rows, -OVERSHOOT, OVERSHOOT)
    return pixels


def check_bytes(pixels: Pixels) -> ByteArray:
    """Return the levels of grey (n, D) of images of bytes.

    Raises
    ------
    ValueError
        For images of any other type: the width of their levels is not known.
    """
    if pixels.rows.dtype != np.uint8:
        raise ValueError(
            f"Got images of dtype {pixels.rows.dtype}, but expected uint8, whose 256 levels can be counted: give the "
            "images as they were before they were divided."
        )
    levels: ByteArray = pixels.rows
    return levels


def check_memberships(init_params: Any, n_images: int) -> str | Callable[..., Any] | np.ndarray[Any, Any]:
    """Return a name or a callable as it is, and memberships as an array (n, ...) with one entry for each image.

    Raises
    ------
    ValueError
        If there are fewer or more.
    """
    if isinstance(init_params, str) or callable(init_params):
        return init_params
    memberships = np.asarray(init_params)
    if memberships.shape[:1] != (n_images,):
        raise ValueError(
            f"Got init_params of shape {memberships.shape} for {n_images} images, but expected labels ({n_images},) or "
            f"responsibilities ({n_images}, n_components)."
        )
    return memberships
