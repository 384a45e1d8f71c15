"""The page that a summary prints: aligned columns of plain text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from mixtura.estimators.summary import Summary

__all__ = ["write_page"]

_MOST_WIDE = 100
"""Columns that would make a table wider than this go on below it."""

_MOST_FEATURES = 10
"""Covariances of more features than this are left to the record."""


def write_page(summary: "Summary") -> str:
    """Return the page, without a line break at its end."""
    components = range(summary.n_components)
    blocks = [_head(summary), _likelihood(summary), _clusters(summary)]
    if summary.shows_parameters:
        if summary.level is not None or summary.n_clusters != summary.n_components:
            weights = [_estimate(summary, "weights", k) for k in components]
            blocks.append(_across("component", components, [("weight", weights)]))
        rows = [
            (name, [_estimate(summary, "means", k, feature) for k in components])
            for feature, name in enumerate(summary.feature_names)
        ]
        blocks.append("Means\n" + _across("component", components, rows))
        blocks.append(_covariances(summary))
        if summary.level is not None:
            if summary.noise_share:
                blocks.append(f"Share of noise: {_estimate(summary, 'noise_share')}")
            blocks.append(f"In brackets: intervals of probability {summary.level:g}.")
    return "\n\n".join([*blocks, *summary.notes])


def _head(summary: "Summary") -> str:
    family = f"{summary.code} ({summary.description})" if summary.code else f"of {summary.description}"
    merged = f" in {_count(summary.n_clusters, 'cluster')}" if summary.n_clusters != summary.n_components else ""
    noise = " and noise" if summary.noise_share else ""
    made_of = f"{_count(summary.n_components, 'component')}{merged}{noise}"
    return f"Gaussian mixture {family}; {made_of}\n{summary.outcome.value}"


def _likelihood(summary: "Summary") -> str:
    head = ["log-likelihood", "rows", "parameters", "BIC", "ICL"]
    numbers = [
        f"{summary.log_likelihood:.3f}",
        _rows(summary.n_rows),
        str(summary.n_parameters),
        f"{summary.bic:.3f}",
        f"{summary.icl:.3f}",
    ]
    return _align([head, numbers], gap="  ", right=range(5)) + "\n(BIC and ICL: lower is better)"


def _clusters(summary: "Summary") -> str:
    noise = summary.noise_share > 0
    names = [*range(summary.n_clusters), *(["noise"] if noise else [])]
    sizes = [*summary.cluster_sizes.tolist(), *([summary.n_noise] if noise else [])]
    rows = [("rows", [_rows(size) for size in sizes])]
    merged = summary.n_clusters != summary.n_components
    if merged:
        of_each = [np.flatnonzero(summary.cluster_of_component == cluster) for cluster in range(summary.n_clusters)]
        listed = [",".join(map(str, members)) for members in of_each]
        rows.append(("components", [*listed, *([""] if noise else [])]))
    within = np.bincount(summary.cluster_of_component, summary.weights, minlength=summary.n_clusters)
    totals = (1 - summary.noise_share) * within.astype(np.float64)
    rows.append(("weight", [f"{total:.4f}" for total in [*totals, *([summary.noise_share] if noise else [])]]))
    return _across("cluster", names, rows)


def _covariances(summary: "Summary") -> str:
    if summary.n_features > _MOST_FEATURES:
        return f"Covariances of {summary.n_features} features are in the record: summary.covariances."
    names = summary.feature_names
    blocks = []
    for k in range(summary.n_components):
        rows = [
            (name, [_estimate(summary, "covariances", k, row, column) for column in range(summary.n_features)])
            for row, name in enumerate(names)
        ]
        blocks.append(_across(f"[{k}]", names, rows))
    return "Covariances\n" + "\n\n".join(blocks)


def _estimate(summary: "Summary", name: str, *place: int) -> str:
    """Return one parameter, and the ends of its interval where there is one."""
    value = f"{np.asarray(getattr(summary, name))[place]:.4g}"
    if summary.level is None:
        return value
    low, high = (np.asarray(getattr(end, name))[place] for end in (summary.lower, summary.upper))
    return f"{value} [{low:.4g}, {high:.4g}]"


def _across(title: str, names: Sequence[Any], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return a table whose columns are named, so many beside each other as there is room for."""
    columns = [[str(name), *(cells[place] for _, cells in rows)] for place, name in enumerate(names)]
    labels = [title, *(name for name, _ in rows)]
    parts: list[list[list[str]]] = [[labels]]
    for column in columns:
        if sum(1 + max(map(len, each)) for each in [*parts[-1], column]) > _MOST_WIDE + 1 and len(parts[-1]) > 1:
            parts.append([labels])
        parts[-1].append(column)
    return "\n\n".join(_align(list(zip(*part, strict=True)), gap=" ", right=range(1, len(part))) for part in parts)


def _align(rows: Sequence[Sequence[str]], gap: str, right: range) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        gap.join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def _rows(number: float) -> str:
    """Return a number of rows, which weights may have made a broken one."""
    return str(int(number)) if number == int(number) else f"{number:.1f}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
