"""Training: Adam on batches, a rate that falls to nothing, and the best weights on rows that are held out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from mixtura.checks import check_count, check_number
from mixtura.neural.framework import Network, Tensor, load_torch

__all__ = ["History", "Recipe", "all_or_nothing", "count_batches", "train"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

Loss = Callable[..., Tensor]
"""From the tensors of a batch to the mean loss, a scalar."""


@dataclass(frozen=True)
class Recipe:
    """How to train; numbers out of range are refused, so a recipe that exists can be followed.

    Attributes
    ----------
    n_epochs : int
        Passes over the rows.
    batch_size : int
        Rows in a step, at most; one more where a step would have a single row.
    learning_rate : float
        Of Adam at the beginning; it falls to nothing along half a cosine.
    weight_decay : float
        Of AdamW: the share of each weight that is taken away in a step, times the rate.
    seed : int
        Of the order of the rows, and of all that the loss draws.
    """

    n_epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    seed: int

    def __post_init__(self) -> None:
        check_count("n_epochs", self.n_epochs, 1)
        check_count("batch_size", self.batch_size, 1)
        check_number("learning_rate", self.learning_rate, above=True)
        check_number("weight_decay", self.weight_decay)


@dataclass(frozen=True)
class History:
    """How it went.

    Attributes
    ----------
    training : tuple of float
        Mean loss over the batches of each epoch.
    held_out : tuple of float
        Loss on the held-out rows after each epoch; empty where there are none.
    best : int
        The epoch, from 0, whose weights were kept: the best on held-out rows, else the last.
    """

    training: tuple[float, ...]
    held_out: tuple[float, ...]
    best: int


def train(
    networks: Sequence[Network], loss: Loss, rows: Sequence[Tensor], held_out: Sequence[Tensor], recipe: Recipe
) -> History:
    """Minimise a loss over the weights of networks, in place.

    Parameters
    ----------
    networks : sequence of torch.nn.Module
        Left ready for use, in evaluation mode.
    loss : callable
        Called as ``loss(*tensors)`` with a batch of each.
    rows, held_out : sequences of torch.Tensor
        Each of as many rows; `held_out` may be empty.
    recipe : Recipe

    Raises
    ------
    ValueError
        As soon as a loss is not finite, and where weights are not in the end.
    """
    torch = load_torch()
    weights = [weight for network in networks for weight in network.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    n = len(rows[0])
    n_batches = count_batches(n, recipe.batch_size)
    steps = recipe.n_epochs * n_batches
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    order = np.random.default_rng(recipe.seed)
    training: list[float] = []
    seen: list[float] = []
    kept: list[Tensor] = []
    for epoch in range(recipe.n_epochs):
        shuffled = torch.from_numpy(order.permutation(n))
        total = 0.0
        for batch in torch.tensor_split(shuffled, n_batches):
            optimiser.zero_grad()
            value = loss(*(tensor[batch] for tensor in rows))
            _check_finite(value, epoch, recipe)
            value.backward()
            torch.nn.utils.clip_grad_norm_(weights, 10.0)  # one odd batch must not undo the rest
            optimiser.step()
            schedule.step()
            total += float(value.detach()) * len(batch)
        training.append(total / n)
        if held_out:
            with torch.no_grad():
                value = loss(*held_out)
            _check_finite(value, epoch, recipe)
            seen.append(float(value))
            if seen[-1] <= min(seen):
                kept = [weight.detach().clone() for weight in weights]
    for weight in weights:
        _check_finite(weight.detach().sum(), recipe.n_epochs - 1, recipe)
    if kept:
        with torch.no_grad():
            for weight, best in zip(weights, kept, strict=True):
                weight.copy_(best)
    for network in networks:
        network.eval()
    return History(tuple(training), tuple(seen), int(np.argmin(seen)) if seen else recipe.n_epochs - 1)


def count_batches(n: int, batch_size: int) -> int:
    """Return how many batches make n rows, alike in size but for one row: of at most `batch_size`, if that leaves none
    of a single row, which has no deviation of its own; otherwise one fewer.

    Examples
    --------
    >>> count_batches(201, 200), count_batches(5, 2), count_batches(1, 200)
    (2, 2, 1)
    """
    return max(1, min(-(-n // batch_size), n // 2)) if batch_size > 1 else n


def _check_finite(value: Tensor, epoch: int, recipe: Recipe) -> None:
    if not np.isfinite(float(value.detach())):
        raise ValueError(
            f"Got a loss or weights of {float(value.detach())} in epoch {epoch + 1} of {recipe.n_epochs}, but expected "
            f"finite numbers: training diverged. Use a learning_rate below {recipe.learning_rate:g}, or look for "
            "values of the data that are far from all others."
        )


def all_or_nothing(
    fit: Callable[Concatenate[Any, Arguments], Result],
) -> Callable[Concatenate[Any, Arguments], Result]:
    """Let a method `fit` that ends in an error, or is interrupted, leave its estimator as it was before."""

    @wraps(fit)
    def whole(estimator: Any, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        before = dict(vars(estimator))
        try:
            return fit(estimator, *args, **kwargs)
        except BaseException:
            vars(estimator).clear()
            vars(estimator).update(before)
            raise

    return whole
