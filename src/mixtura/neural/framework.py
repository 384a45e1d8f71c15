"""The framework: the one file that imports PyTorch, when the first network is built and not before."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, TypeAlias

from mixtura.extras import require

__all__ = ["Network", "Tensor", "load_torch", "perceptron", "seeded"]

Tensor: TypeAlias = Any
"""``torch.Tensor``, whose types are not known where PyTorch is not installed."""

Network: TypeAlias = Any
"""``torch.nn.Module``."""


def load_torch() -> Any:
    """Return PyTorch.

    Raises
    ------
    MissingExtraError
        Where it is not installed.
    """
    return require("torch", extra="neural", purpose="neural networks")


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Fix what PyTorch draws in the block, and leave the state of its generator outside as it was."""
    torch = load_torch()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def perceptron(sizes: Sequence[int], dtype: Any) -> Network:
    """Build a network of linear layers of these sizes, with smooth rectifiers (SiLU) between them."""
    torch = load_torch()
    layers: list[Any] = []
    for before, after in pairwise(sizes):
        layers += [torch.nn.Linear(before, after, dtype=dtype), torch.nn.SiLU()]
    return torch.nn.Sequential(*layers[:-1])
