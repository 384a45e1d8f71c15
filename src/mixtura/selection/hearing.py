"""Hearing: warnings that many fits give, collected for each instead of shown or raised."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["hear_warnings"]


class Heard:
    """The warnings of each thread, in order and without repetition."""

    def __init__(self) -> None:
        self._texts: dict[int, dict[str, None]] = {}

    def note(self, text: str) -> None:
        """Add a warning to those of the present thread."""
        self._texts.setdefault(threading.get_ident(), {})[text] = None

    def take(self) -> tuple[str, ...]:
        """Return the warnings of the present thread since the last call, and forget them."""
        return tuple(self._texts.pop(threading.get_ident(), {}))


@contextmanager
def hear_warnings() -> Iterator[Heard]:
    """Collect warnings while the block runs, whatever the user's filters; also those of threads that it starts.

    Filters belong to the whole process, so this is set once around all threads and not by each of them.

    >>> with hear_warnings() as heard:
    ...     warnings.warn("twice")
    ...     warnings.warn("twice")
    ...     heard.take()
    ('twice',)
    """
    heard = Heard()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_, **__: heard.note(str(message))
        yield heard
