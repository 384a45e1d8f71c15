"""Starts that all families share: for each number of components the same partitions of the rows."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from numpy.random import RandomState
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.arrays import Array
from mixtura.selection.rows import Rows

__all__ = ["NAMED", "shared_starts"]

NAMED = GaussianMixture._parameter_constraints["init_params"][0]
"""The names that a mixture takes for its start, as scikit-learn checks them."""

_FEW = 2000
"""Up to so many rows the automatic start has a second beside it."""


def shared_starts(
    rows: Rows,
    number: int,
    init_params: str | Callable[..., Any],
    n_init: int,
    seed: int,
    alone: bool = False,
    noise: float | str | None = None,
) -> list[Any]:
    """Return ``n_init`` starts with ``number`` components, for every family to begin with, or one more.

    ``"auto"`` chooses by the likelihood of the family that holds all others, and its choice may lead a family with
    less freedom to a lower maximum. So the groups of the hierarchical start, whose tree is there by then, are another
    start of up to 2,000 rows, unless they are the same or cannot be made. With more rows it would cost a third of the
    whole search.

    A named start is made once, as a partition (N,), -1 for noise. A callable is handed on, and each fit asks it; so is
    a name of which nothing can be made, and each fit says why, and any name where there is nobody to share it with.
    """
    if callable(init_params) or alone:
        return [init_params]
    random = RandomState(seed)

    def make(name: str) -> list[Array]:
        first = GaussianMixture(number, init_params=name, max_iter=0, noise=noise, random_state=random)
        runs = n_init if name == init_params else 1
        return [first.fit(rows.X, sample_weight=rows.weights).predict(rows.X) for _ in range(runs)]

    try:
        made = make(init_params)
    except ValueError:
        return [init_params]
    if init_params == "auto" and number > 1 and len(rows.X) <= _FEW:
        with suppress(ValueError):
            made += [labels for labels in make("hierarchical") if not any(_agree(labels, other) for other in made)]
    return made


def _agree(labels: Array, others: Array) -> bool:
    """Whether two partitions differ in no more than a hundredth of the pairs of rows that chance would let differ."""
    return bool(adjusted_rand_score(labels, others) > 0.99)
