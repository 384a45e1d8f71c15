"""Starts that all families share: for each number of components the same partitions of the rows."""

from collections.abc import Callable
from typing import Any

from numpy.random import RandomState

from mixtura import GaussianMixture
from mixtura.selection.rows import Rows

__all__ = ["shared_starts"]


def shared_starts(
    rows: Rows,
    number: int,
    init_params: str | Callable[..., Any],
    n_init: int,
    seed: int,
    alone: bool = False,
    noise: float | str | None = None,
) -> list[Any]:
    """Return ``n_init`` starts with ``number`` components, for every family to begin with.

    A named start is made once, as a partition (N,), -1 for noise. A callable is handed on, and each fit asks it; so is
    a name of which nothing can be made, and each fit says why, and any name where there is nobody to share it with.
    """
    if callable(init_params) or alone:
        return [init_params]
    random = RandomState(seed)
    first = GaussianMixture(number, init_params=init_params, max_iter=0, noise=noise, random_state=random)
    try:
        return [first.fit(rows.X, sample_weight=rows.weights).predict(rows.X) for _ in range(n_init)]
    except ValueError:
        return [init_params]
