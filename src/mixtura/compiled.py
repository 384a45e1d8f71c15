"""Compiled: what is done in C++ beside the kernels, where it was built.

Each function here has a twin in Python, in the file that uses it, which serves where this module offers nothing: small
matrices where a call of LAPACK takes longer than its work, and k-means without the checks of a whole estimator.
"""

import os
from functools import cache
from types import ModuleType

__all__ = ["compiled", "compiled_for", "instruction_set"]

_SMALL = 16
"""Up to so many features, plain loops are quicker than calls of LAPACK."""


@cache
def compiled() -> ModuleType | None:
    """Return the compiled functions, or None where they were not built or ``MIXTURA_KERNEL`` asks for the portable."""
    if os.environ.get("MIXTURA_KERNEL") == "portable":
        return None
    try:
        from mixtura.kernels import _native
    except ImportError:  # the kernels' choice warns of it
        return None
    return _native


def compiled_for(n_features: int, most: int = _SMALL) -> ModuleType | None:
    """Return the same for matrices of D features: None above ``most``, where LAPACK is the quicker."""
    return compiled() if n_features <= most else None


@cache
def instruction_set() -> str:
    """Return the widest instruction set that serves, or that which ``MIXTURA_KERNEL`` asks for."""
    functions = compiled()
    asked = os.environ.get("MIXTURA_KERNEL", "")
    sets: list[str] = [] if functions is None else functions.instruction_sets()
    return asked if asked in sets or not sets else sets[-1]
