"""Memory: the most that this process has held, since it began or since a mark."""

import re
import sys
from pathlib import Path

__all__ = ["mark", "peak"]

_STATUS = Path("/proc/self/status")
_MARKS = Path("/proc/self/clear_refs")


def mark() -> None:
    """Begin to count anew, where the system lets a process do so: Linux does."""
    try:
        _MARKS.write_text("5", encoding="ascii")  # 5 sets the high-water mark to what is held now
    except OSError:
        return


def peak() -> float:
    """Return the most memory that was held, in GB: since `mark` on Linux, since the beginning elsewhere, 0 if unknown.

    Examples
    --------
    >>> peak() < 1000
    True
    """
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"))
    except OSError:
        found = None
    return 1024 * int(found[1]) / 1e9 if found else _of_the_whole_run()


def _of_the_whole_run() -> float:
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return 0.0
    most: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (most if sys.platform == "darwin" else 1024 * most) / 1e9
