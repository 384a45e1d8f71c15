"""The one message for a library that is not installed: it names the extra that brings it."""

from importlib import import_module
from types import ModuleType


class MissingExtraError(ImportError):
    """An optional library is not installed; the message says what to type."""


def require(library: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional library, or say which extra brings it.

    Parameters
    ----------
    library : str
        The module to import, such as ``"matplotlib.pyplot"``.
    extra : str
        The extra of this package that installs it.
    purpose : str
        What it is needed for, as the end of "... is needed for".

    Raises
    ------
    MissingExtraError
        Where the library is not installed.

    Examples
    --------
    >>> require("no_such_library", extra="plots", purpose="pictures")
    Traceback (most recent call last):
    mixtura.extras.MissingExtraError: no_such_library is needed for pictures and is not installed; ...
    """
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        if error.name is None or not library.startswith(error.name):
            raise  # the library is there, but something that it needs is not
        name = library.partition(".")[0]
        raise MissingExtraError(
            f"{name} is needed for {purpose} and is not installed; install it with: pip install 'mixtura[{extra}]'",
            name=error.name,
        ) from error
