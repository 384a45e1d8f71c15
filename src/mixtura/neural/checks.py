"""Checks of what all networks are given: units of hidden layers, and codes."""

from numbers import Integral
from typing import Any

import numpy as np

from mixtura.arrays import SingleArray

__all__ = ["check_codes", "check_hidden"]


def check_hidden(hidden: Any) -> tuple[int, ...]:
    """Return the units of the hidden layers: whole numbers of at least 1; none at all makes a linear network.

    Raises
    ------
    ValueError
        For anything else.
    """
    units = hidden if isinstance(hidden, (tuple, list)) else [0]
    if any(not isinstance(one, Integral) or isinstance(one, bool) or int(one) < 1 for one in units):
        raise ValueError(f"Got hidden={hidden!r}, but expected whole numbers of at least 1, such as (512, 256).")
    return tuple(int(one) for one in units)


def check_codes(codes: Any, n_latent: int) -> SingleArray:
    """Return codes as an array (n, n_latent).

    Raises
    ------
    ValueError
        For another shape, NaN or infinity.
    """
    rows: SingleArray = np.asarray(codes, dtype=np.float32)
    if rows.ndim != 2 or rows.shape[1] != n_latent or not len(rows):
        raise ValueError(f"Got codes of shape {rows.shape}, but expected (n, {n_latent}): a row for each image.")
    if not np.isfinite(rows).all():
        raise ValueError("Got codes with NaN or infinity, but expected finite numbers.")
    return rows
