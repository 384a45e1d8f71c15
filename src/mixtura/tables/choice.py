"""Choice: which columns of a table are meant."""

from collections.abc import Iterable, Sequence

from mixtura.tables.contract import OpenTable, TableError, shorten

__all__ = ["choose_columns"]

_MOST_LISTED = 20


def choose_columns(table: OpenTable, wanted: Sequence[str] | None = None, without: Iterable[int] = ()) -> list[int]:
    """Return the positions of the wanted columns, in their order.

    Parameters
    ----------
    table : OpenTable
    wanted : sequence of str, optional
        Names; of a table without names, positions counted from 0. By default every column.
    without : iterable of int
        Positions to leave out where every column is taken.

    Raises
    ------
    TableError
        If a column is not there, is wanted twice, or has no name or another's name where all are taken.
    """
    if wanted is None:
        left_out = set(without)
        positions = [position for position in range(table.n_columns) if position not in left_out]
        if not positions:
            raise TableError(f"{table.path} has no columns left, expected at least one of numbers.")
        _check_names(table, positions)
        return positions
    positions = [_find(table, name) for name in wanted]
    if not positions or len(set(positions)) < len(positions):
        raise TableError(f"Got the columns {', '.join(wanted) or '(none)'}, expected each once, and at least one.")
    return positions


def _find(table: OpenTable, name: str) -> int:
    if table.names is None:
        if name.isdecimal() and int(name) < table.n_columns:
            return int(name)
        raise TableError(
            f"{table.path} has no names of columns, so no column {shorten(name)}; "
            f"expected positions from 0 to {table.n_columns - 1}."
        )
    found = [position for position, other in enumerate(table.names) if other == name]
    if len(found) != 1:
        often = "no column" if not found else f"{len(found)} columns"
        listed = ", ".join(table.names[:_MOST_LISTED]) + ", ..." * (table.n_columns > _MOST_LISTED)
        raise TableError(f"{table.path} has {often} {shorten(name)}, expected one; its columns are: {listed}.")
    return found[0]


def _check_names(table: OpenTable, positions: Sequence[int]) -> None:
    if table.names is None:
        return
    chosen = [table.names[position] for position in positions]
    for position, name in zip(positions, chosen, strict=True):
        if not name:
            raise TableError(
                f"{table.path}: column {position} (counted from 0) has no name; it may be an index that a program "
                "wrote beside the data. Name it, or choose the columns with --columns."
            )
        if chosen.count(name) > 1:
            raise TableError(f"{table.path}: two columns are named {shorten(name)}; expected different names.")
