"""Activity: what one part of the lab found and shows, as frozen records.

Words are fragments of HTML, written by this room; whatever comes from outside (names of classes, folders) is escaped
by who puts it into them.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Numbers = TypeVar("Numbers", covariant=True)

Tell: TypeAlias = Callable[[str], None]
"""What an activity calls before each of its longer pieces of work, to say what comes next."""


def silent(what: str) -> None:
    """Hear what comes next, and do nothing."""


@dataclass(frozen=True)
class Picture:
    """One picture, as the bytes of a file.

    Attributes
    ----------
    content : bytes
        A PNG or SVG file.
    media_type : str
        ``"image/png"`` or ``"image/svg+xml"``.
    width, height : int
        Its natural size on the page, in CSS pixels (96 to the inch).
    alt : str
        What one would say of it to somebody who cannot see it; plain text.
    caption : str
        Words below it; may be empty.
    """

    content: bytes
    media_type: str
    width: int
    height: int
    alt: str
    caption: str = ""

    @property
    def address(self) -> str:
        """The whole picture as a data URI."""
        return f"data:{self.media_type};base64,{b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True)
class Gallery:
    """Pictures side by side where the page is wide enough, otherwise one below the other."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Table:
    """A table of words and numbers, all written out.

    Attributes
    ----------
    header : tuple of str, length C
        A title for each column.
    rows : tuple of tuple of str, each of length C
        The first cell of a row is its title.
    caption : str
        What the table shows.

    Raises
    ------
    ValueError
        Where a row has more or fewer cells than the header.

    Examples
    --------
    >>> Table(("blob", "points"), (("left", "250"), ("right", "250")), caption="How many points there are.").rows[0]
    ('left', '250')
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(
                    f"Got a row of {len(row)} cells under a header of {len(self.header)}: {row}; "
                    "expected one cell for each column."
                )


@dataclass(frozen=True)
class Prose:
    """One or more paragraphs."""

    words: str


Block: TypeAlias = Picture | Gallery | Table | Prose


@dataclass(frozen=True)
class Activity(Generic[Numbers]):
    """One part of the lab: a question, what was seen, and the answer that these numbers give.

    Attributes
    ----------
    name : str
        A short name that is unique in a report, such as ``"activity-1"``.
    title : str
        Its heading; plain text.
    question : str
        What is asked, in words.
    numbers : a frozen record
        What was measured; every number in the words is computed from it.
    body : tuple of Picture, Gallery, Table or Prose
        What was seen, in the order of the page.
    answer : str
        The answer, in words; what it claims depends on ``numbers``.
    finding : str
        The answer in one sentence, for the summary at the top; it begins small and has no full stop.
    code : str
        A few lines of Python that do the heart of it again, with this package; plain text.
    """

    name: str
    title: str
    question: str
    numbers: Numbers
    body: tuple[Block, ...]
    answer: str
    finding: str
    code: str

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, in order."""
        found: list[Picture] = []
        for block in self.body:
            found += block.pictures if isinstance(block, Gallery) else [block] if isinstance(block, Picture) else []
        return tuple(found)

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, in order."""
        return tuple(block for block in self.body if isinstance(block, Table))
