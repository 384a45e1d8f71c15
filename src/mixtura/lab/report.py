"""Report: activities as one page of HTML that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any

from mixtura.extras import require
from mixtura.lab.activity import Activity, Gallery, Picture, Prose, Table

__all__ = ["Colophon", "read_page", "render"]


@dataclass(frozen=True)
class Colophon:
    """What a reader must know to run the lab again.

    Attributes
    ----------
    data_source : str
        A sentence.
    fallback : str
        Why other images than those asked for were taken; empty where they were not. Shown in bold at the top.
    settings : tuple of (str, str)
        What was set, such as the seed: a name and a value each.
    versions : tuple of (str, str)
        Of the packages that computed it.
    costs : tuple of (str, str)
        Time and memory: the only part of the page that another run does not repeat.
    """

    data_source: str
    fallback: str
    settings: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    costs: tuple[tuple[str, str], ...]


def read_page() -> Any:
    """Read the template of the page, and find out now whether jinja2 is installed.

    Raises
    ------
    MissingExtraError
        Where it is not.
    """
    jinja2 = require("jinja2", extra="lab", purpose="the lab's report")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    for kind in (Picture, Gallery, Table, Prose):
        environment.tests[kind.__name__.lower()] = partial(_is_of, kind)
    return environment.from_string(files("mixtura.lab").joinpath("report.html").read_text(encoding="utf-8"))


def render(page: Any, activities: Sequence[Activity[object]], colophon: Colophon) -> str:
    """Set activities and colophon as a page of HTML, with style and pictures inside.

    Parameters
    ----------
    page : template
        From `read_page`.
    activities : sequence of Activity
        In the order of the page.
    colophon : Colophon
        For the foot of the page.
    """
    text: str = page.render(activities=activities, colophon=colophon)
    return text


def _is_of(kind: type, block: object) -> bool:
    return isinstance(block, kind)
