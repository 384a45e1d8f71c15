"""The contract of a kernel: what it does with the rows that one thread was given.

A kernel sees rows, a mixture's form and moments to fill. It validates nothing, knows no names, allocates nothing that
grows with the number of rows, and works through the rows in blocks of its own. It looks up every few hundredths of a
second (``wanted.py``), so that work of any length may be ended. It may have threads of its own to share out a sweep,
where those of the interpreter would be too slow.

Invariants, each a test that walks the list of kernels: all kernels agree to rounding, for every form, need, type and
layout of rows; the same rows give the same bits; the same shards, too, whoever shares them out.
"""

from dataclasses import dataclass
from typing import Protocol

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import Need

__all__ = ["Assignment", "Kernel", "SharedSweep"]


@dataclass(frozen=True, eq=False)
class Assignment:
    """What a mixture says of each row.

    Parameters
    ----------
    log_densities : ndarray of shape (N,)
        log p(x), in nats.
    labels : ndarray of shape (N,)
        The most probable component.
    confidences : ndarray of shape (N,)
        The responsibility of that component, between 1/K and 1.
    """

    log_densities: FloatArray  # (N,)
    labels: IntArray  # (N,)
    confidences: FloatArray  # (N,)

    def part(self, rows: slice) -> "Assignment":
        """Return views of some rows, to be filled."""
        return Assignment(self.log_densities[rows], self.labels[rows], self.confidences[rows])


class SharedSweep(Protocol):
    """A sweep that shares out its rows, N of D features, over threads of its own."""

    def __call__(
        self,
        rows: Array,
        weights: FloatArray | None,
        mixture: Mixture,
        moments: Moments,
        bounds: IntArray,
        n_threads: int,
    ) -> None:
        """Fill ``moments``, of zeros, with those of each run of rows between bounds, added as ``ordered_sum`` does."""
        ...


class Kernel(Protocol):
    """Works through n rows of D features; ``rows`` are float32 or float64 of any strides, all sums float64."""

    @property
    def name(self) -> str:
        """What a user reads of it."""
        ...

    def sweep(self, rows: Array, weights: FloatArray | None, mixture: Mixture, moments: Moments) -> None:
        """Add ``rows`` (n, D) of ``weights`` (n,), under the responsibilities of ``mixture``, to ``moments``."""
        ...

    def shared_sweep(self, mixture: Mixture, need: Need) -> SharedSweep | None:
        """Return a sweep over threads of its own for such mixtures and needs, or None."""
        ...

    def gather(self, rows: Array, weights: FloatArray | None, memberships: Array, moments: Moments) -> None:
        """Add ``rows`` (n, D) under given labels (n,) or responsibilities (n, K) to ``moments``."""
        ...

    def assign(self, rows: Array, mixture: Mixture, out: Assignment) -> None:
        """Fill ``out`` with the log-density, the most probable component and its responsibility of each row."""
        ...

    def responsibilities(self, rows: Array, mixture: Mixture, out: FloatArray) -> None:
        """Fill ``out`` (n, K) with responsibilities."""
        ...
