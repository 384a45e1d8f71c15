"""State: which code and which libraries decide a figure, so that figures of another state are not taken for its own."""

import hashlib
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import mixtura
from mixtura.diagnostics import explain_choice

__all__ = ["code_digest", "library_versions"]

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch")


@cache
def code_digest() -> str:
    """Return a SHA-256 of this package: of all source files by name, and of the compiled module, where it was built.

    A change that moves no figure, such as one of a comment, changes it too: what a line decides is not asked.

    Examples
    --------
    >>> len(code_digest())
    64
    """
    native = find_spec("mixtura.kernels._native")
    parts = [Path(native.origin)] if native is not None and native.origin else []
    return digest_of(Path(mixtura.__file__).parent, parts)


def digest_of(folder: Path, more: list[Path]) -> str:
    """Return a SHA-256 of all source files below a folder, by name, and of further files."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(f"{path.relative_to(folder).as_posix()}\n{path.stat().st_size}\n".encode())
        found.update(path.read_bytes())
    for path in more:
        found.update(path.read_bytes())
    return found.hexdigest()


@cache
def library_versions() -> str:
    """Return the versions of the libraries that compute figures, and the kernel that runs, in words.

    Examples
    --------
    >>> library_versions().startswith("numpy ")
    True
    """
    kernel = explain_choice().partition(",")[0]
    return ", ".join([*(f"{name} {_version(name)}" for name in _LIBRARIES), f"kernel {kernel}"])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
