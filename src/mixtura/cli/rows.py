"""Rows: which columns of a table a model is to see."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mixtura.arrays import Array
from mixtura.cli.options import split_names
from mixtura.progress import show_progress
from mixtura.tables import OpenTable, TableError, choose_columns, open_table

__all__ = ["Rows", "read_rows_for", "read_training_rows", "read_weighted_rows_for", "without_names"]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to fit on, or to judge a model by."""

    values: Array  # (N, D)
    names: list[str] | None  # of the columns, where the file has them
    weights: Array | None  # (N,), where a column of weights was named


def read_training_rows(path: Path, columns: str | None, header: bool | None, weights: str | None) -> Rows:
    """Read the columns to fit on, and the column of weights if one is named."""
    table = open_table(path, header)
    weighing = [] if weights is None else choose_columns(table, [weights])
    chosen = choose_columns(table, split_names(columns), without=weighing)
    _check_apart(weighing, chosen, weights)
    values = _read(table, chosen + weighing)
    names = None if table.names is None else [table.names[column] for column in chosen]
    return Rows(values[:, : len(chosen)], names, values[:, -1] if weighing else None)


def read_rows_for(model: Any, path: Path, columns: str | None, header: bool | None) -> Array:
    """Read the columns (N, D) that a model was fitted on: by name where both have names, else by position."""
    return read_weighted_rows_for(model, path, columns, header, None).values


def read_weighted_rows_for(
    model: Any, path: Path, columns: str | None, header: bool | None, weights: str | None
) -> Rows:
    """Read the columns that a model was fitted on, and the column of weights if one is named."""
    table = open_table(path, header)
    weighing = [] if weights is None else choose_columns(table, [weights])
    wanted = split_names(columns)
    known = getattr(model, "feature_names_in_", None)
    if wanted is None and known is not None and table.names is not None:
        try:
            chosen = choose_columns(table, list(known))
        except TableError as error:
            raise TableError(
                f"{error} Name the columns as the model does (mixtura info shows how), or choose others with "
                "--columns, in its order."
            ) from error
    else:
        chosen = choose_columns(table, wanted, without=weighing)
    _check_apart(weighing, chosen, weights)
    if len(chosen) != model.n_features_in_:
        raise TableError(
            f"{path}: got {len(chosen)} columns, expected the {model.n_features_in_} that the model was fitted on. "
            "Choose them with --columns, in the order of the model's."
        )
    values = _read(table, chosen + weighing)
    return Rows(values[:, : len(chosen)], None, values[:, -1] if weighing else None)


def _check_apart(weighing: list[int], chosen: list[int], weights: str | None) -> None:
    """Raise where the column of weights is one of the data."""
    if set(weighing) & set(chosen):
        raise TableError(f"The column {weights!r} cannot be both data and weights; take it out of --columns.")


def without_names(model: Any) -> Any:
    """Return the model as it takes plain arrays, whose columns were matched by name already."""
    unnamed = copy.copy(model)
    unnamed.__dict__.pop("feature_names_in_", None)
    for inner in ("estimator_", "best_estimator_"):  # the mixture below clusters, or the best of a search
        if inner in unnamed.__dict__:
            setattr(unnamed, inner, without_names(getattr(unnamed, inner)))
    return unnamed


def _read(table: OpenTable, columns: list[int]) -> Array:
    with show_progress(f"reading {table.path.name}"):
        return table.read(columns)
