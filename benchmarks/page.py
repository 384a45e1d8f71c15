"""Pages of results: tables whose rows are filled as they are measured; the page is whole after each of them."""

import os
import platform
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mixtura.engines.threads import n_threads
from mixtura.files import write_beside
from mixtura.kernels.choice import explain_choice

__all__ = ["Figure", "Page", "Table"]


@dataclass(frozen=True)
class Figure:
    """A number that was measured, and the least (or the most) that is wanted of it."""

    value: float
    form: str = "{:.1f}x"
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def met(self):
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def __str__(self):
        wanted = self.least if self.least is not None else self.most
        value = self.form.format(self.value)
        if wanted is None:
            return value + self.note
        shown = value if self.met else f"**{value}, missed**"
        return f"{shown} ({self.form.format(wanted)}){self.note}"


@dataclass
class Table:
    """A table of planned rows, what its columns mean, and what was measured so far."""

    title: str
    notes: str
    columns: list[str]
    planned: list[str]
    rows: dict[str, list[Figure | str]] = field(default_factory=dict)

    def lines(self):
        cells = len(self.columns) - 1
        yield from (f"## {self.title}", "", *self.notes.strip().splitlines(), "")
        yield f"| {' | '.join(self.columns)} |"
        yield "|" + "---|" * len(self.columns)
        for name in self.planned:
            found = self.rows.get(name, ["not measured", *[""] * (cells - 1)])
            yield f"| {name} | {' | '.join(map(str, found))} |"
        yield ""

    def missed(self):
        for name, cells in self.rows.items():
            for column, cell in zip(self.columns[1:], cells, strict=True):
                if isinstance(cell, Figure) and not cell.met:
                    yield f"{name}: {column} {cell}".replace("**", "")


@dataclass
class Page:
    """All tables; ``path`` is None where a part of the rows is looked at only."""

    tables: dict[str, Table]
    path: Path | None
    title: str = "Measured beside scikit-learn and oneDAL"
    goal: str = "bench"
    others: tuple[str, ...] = ("scikit-learn", "daal")

    def add(self, table, name, *cells):
        """Fill one row and write the page anew, all of it or nothing."""
        self.tables[table].rows[name] = list(cells)
        if self.path is not None:
            with write_beside(self.path) as beside:
                beside.write_text("\n".join(self.lines()))

    def lines(self):
        planned = sum(len(table.planned) for table in self.tables.values())
        measured = sum(len(table.rows) for table in self.tables.values())
        missed = [line for table in self.tables.values() for line in table.missed()]
        yield from (f"# {self.title}", "")
        yield f"{date.today()}, {measured} of {planned} rows measured: {n_threads()} threads, {_processor()};"
        yield f"kernel {explain_choice()};"
        yield ", ".join(_version(name) for name in ("mixtura", *self.others, "numpy", "scipy")) + ","
        yield f"Python {platform.python_version()}; load average {os.getloadavg()[0]:.1f}."
        yield f"Numbers in brackets are wanted. `make {self.goal}` writes this page."
        yield ""
        for table in self.tables.values():
            yield from table.lines()
        yield from ("## Short of what is wanted", "", *([f"- {line}" for line in missed] or ["Nothing."]), "")


def _version(name):
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def _processor():
    """The model's name as Linux tells it, or what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
