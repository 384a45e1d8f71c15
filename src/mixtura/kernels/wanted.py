"""Wanted: whether anybody still waits for what a thread works on.

Threads that share a sweep share a flag. Where one of them fails, or is interrupted, it takes the flag down, and the
others stop at their next look: kernels look up every few hundredths of a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Flag", "UnwantedError", "flag", "look_up", "raised_flag", "working_under"]

Flag = NDArray[np.bool_]

_current: ContextVar[Flag | None] = ContextVar("wanted", default=None)


class UnwantedError(RuntimeError):
    """The work was given up because another thread's failed; whoever shared it out raises that one's error instead."""


def raised_flag() -> Flag:
    """Return a flag () for threads that are about to work together."""
    return np.ones((), dtype=np.bool_)


@contextmanager
def working_under(wanted: Flag) -> Iterator[None]:
    """Let this thread work under a flag."""
    token = _current.set(wanted)
    try:
        yield
    finally:
        _current.reset(token)


def flag() -> Flag | None:
    """Return the flag that this thread works under, for compiled code to look at."""
    return _current.get()


def look_up() -> None:
    """Raise UnwantedError if the flag that this thread works under was taken down."""
    wanted = _current.get()
    if wanted is not None and not wanted:
        raise UnwantedError("this work is no longer wanted")
