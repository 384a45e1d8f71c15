"""Checks: what users give to the image generator becomes arrays, or one clear error before any work is done."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np

from mixtura.images.pixels import OVERSHOOT, Pixels, check_values, read_pixels, size_text


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
        check_values(pixels.rows, 0.0, 1.0)
    elif shape != fitted:
        raise ValueError(
            f"Got images of {size_text(shape)}, but the model was fitted to images of {size_text(fitted)}: "
            "crop, pad or resize them."
        )
    else:
        check_values(pixels.rows, -OVERSHOOT, OVERSHOOT)
    return pixels


def check_count(name: str, value: Any, least: int, most: int | None = None, why: str = "") -> int:
    """Return a parameter that is a whole number from `least` to `most`; `why` explains the bound.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> check_count("n_basis", 65, 1, 64, "as many as pixels")
    Traceback (most recent call last):
    ValueError: Got n_basis=65, but expected a whole number from 1 to 64 (as many as pixels).
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        upwards = "upwards" if most is None else f"to {most}"
        raise ValueError(
            f"Got {name}={value!r}, but expected a whole number from {least} {upwards}{f' ({why})' if why else ''}."
        )
    return int(value)


def check_number(name: str, value: Any, least: float = 0.0, *, above: bool = False) -> float:
    """Return a parameter that is a finite number of at least `least`, or `above` it.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> check_number("learning_rate", 0, above=True)
    Traceback (most recent call last):
    ValueError: Got learning_rate=0, but expected a finite number above 0.
    """
    real = isinstance(value, Real) and not isinstance(value, bool)
    if not real or not np.isfinite(float(value)) or value < least or (above and value == least):
        bound = f"{'above' if above else 'of at least'} {least:g}"
        raise ValueError(f"Got {name}={value!r}, but expected a finite number {bound}.")
    return float(value)


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
