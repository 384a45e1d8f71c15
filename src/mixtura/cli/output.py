"""Output: JSON for machines, plain tables for people, CSV for pipes."""

import json
import math
import sys
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from mixtura.arrays import Array

__all__ = ["check_apart", "check_output", "emit_table", "print_columns", "print_json"]


def print_json(document: Any) -> None:
    """Print one JSON document; numbers that JSON does not have (NaN, infinity) become null."""
    print(json.dumps(_plain(document), allow_nan=False, ensure_ascii=False))


def print_columns(rows: Sequence[Sequence[str]], right: Container[int] = ()) -> None:
    """Print rows of cells in aligned columns, to the left but for those named in ``right``."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def check_output(path: Path | None, *inputs: Path) -> None:
    """Raise before any work where a table could not be written, or would replace what is read."""
    from mixtura.tables import check_ending

    if path is not None:
        check_ending(path)
        check_apart(path, *inputs)


def check_apart(path: Path, *inputs: Path) -> None:
    """Raise before any work where a file could not be written, or would replace what is read."""
    from mixtura.files import UnwritableError, check_writable

    if path.resolve() in [other.resolve() for other in inputs]:
        raise UnwritableError(
            f"Cannot write {path}: another file of this command lies there and would be lost. Name another."
        )
    check_writable(path)


def emit_table(path: Path | None, names: Sequence[str], values: Array, as_json: bool) -> None:
    """Write values (N,) or (N, M) to a file and say so, or print them: as JSON, or as CSV."""
    from mixtura.tables import write_table
    from mixtura.tables.text import print_text

    if path is not None:
        write_table(path, names, values)
        summary = {"output": str(path), "rows": len(values), "columns": list(names)}
        print_json(summary) if as_json else print(f"Wrote {len(values)} rows to {path}.")
    elif as_json:
        print_json({"rows": len(values), "columns": list(names), "values": values})
    else:
        print_text(sys.stdout, names, values)


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        return _plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
