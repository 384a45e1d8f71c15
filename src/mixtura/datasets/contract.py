"""The contract: what a source of the four Fashion-MNIST files is.

A source brings a folder that has the files, or says in one sentence why it cannot. Who asks checks every file
in that folder against its checksum, so a source is never trusted, only asked.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class SourceError(Exception):
    """This source has no answer; the message is the reason."""


@dataclass(frozen=True)
class SourceState:
    """What a source has to say without touching the network.

    Parameters
    ----------
    name : str
        What the source is called.
    place : str
        The folder or the address that it looks at; empty where it has none.
    has_data : bool
        True where all four files are there and their checksums are right.
    detail : str
        Why, in a few words.
    """

    name: str
    place: str
    has_data: bool
    detail: str


class Source(Protocol):
    """One place that the files may come from."""

    @property
    def name(self) -> str:
        """What the source is called in messages."""
        ...

    @property
    def is_network(self) -> bool:
        """Whether asking it leaves this machine."""
        ...

    def bring(self) -> Path:
        """Return a folder that should have the files, or raise SourceError."""
        ...

    def state(self) -> SourceState:
        """Say what is there, without touching the network."""
        ...
