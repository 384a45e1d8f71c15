"""The memory engine: rows in one array, shared out over threads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import prod

import numpy as np

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.engines.threads import n_threads, ordered_map, ordered_sum
from mixtura.kernels.choice import best_kernel
from mixtura.kernels.contract import Assignment, Kernel
from mixtura.kernels.noisy import serving
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import Need

__all__ = ["Memory"]

_SHARD_NUMBERS = 2**19
"""Numbers of rows and responsibilities that are worth a shard of their own."""

_TOGETHER = 4
"""Shards come in multiples of this, so that two or four threads have as much to do."""

_MOST = 64
"""Shards of a sweep."""

_MOMENT_NUMBERS = 2**21
"""Numbers in all moments that a sweep may hold at once: 16 MiB."""


@dataclass(frozen=True, eq=False)
class Memory:
    """Rows in memory.

    Parameters
    ----------
    rows : ndarray of shape (N, D)
        float64 or float32, any strides; sums are in float64.
    weights : ndarray of shape (N,), optional
        Positive; without it every row weighs 1.
    kernel : Kernel, optional
        The best of this installation by default.
    """

    rows: Array  # (N, D)
    weights: FloatArray | None = None  # (N,)
    kernel: Kernel = field(default_factory=best_kernel)

    @property
    def weight(self) -> float:
        """How many rows there are, each counted as often as its weight says."""
        return float(len(self.rows) if self.weights is None else self.weights.sum())

    def sweep(self, mixture: Mixture, need: Need, centres: FloatArray | None = None) -> Moments:
        """Return moments under the responsibilities of ``mixture``, about ``centres`` (K, D) or its own means."""
        kernel = serving(self.kernel, mixture)
        centres = mixture.means if centres is None else centres
        if (shared_sweep := kernel.shared_sweep(mixture, need)) is not None:
            moments = Moments.zeros(need, centres)
            shared_sweep(self.rows, self.weights, mixture, moments, self._bounds_of_sums(need, centres), n_threads())
            return moments

        def visit(shard: slice, moments: Moments) -> None:
            kernel.sweep(self.rows[shard], self._weights(shard), mixture, moments)

        return self._sum(visit, need, centres)

    def gather(self, memberships: Array, need: Need, centres: FloatArray) -> Moments:
        """Return moments about ``centres`` (K, D) under given memberships: labels (N,) or responsibilities (N, K)."""

        def visit(shard: slice, moments: Moments) -> None:
            self.kernel.gather(self.rows[shard], self._weights(shard), memberships[shard], moments)

        return self._sum(visit, need, centres)

    def assign(self, mixture: Mixture) -> Assignment:
        """Return log-density, most probable component (-1 is noise) and its responsibility for each row."""
        kernel = serving(self.kernel, mixture)
        n_rows = len(self.rows)
        out = Assignment(np.empty(n_rows), np.empty(n_rows, dtype=np.int64), np.empty(n_rows))

        def visit(shard: slice) -> None:
            kernel.assign(self.rows[shard], mixture, out.part(shard))

        ordered_map(visit, self._shards(mixture.n_components))
        return out

    def responsibilities(self, mixture: Mixture) -> FloatArray:
        """Return the responsibilities (N, K) of each component for each row; with noise (N, K + 1), noise last."""
        kernel = serving(self.kernel, mixture)
        out = np.empty((len(self.rows), mixture.n_components + (mixture.noise is not None)))

        def visit(shard: slice) -> None:
            kernel.responsibilities(self.rows[shard], mixture, out[shard])

        ordered_map(visit, self._shards(mixture.n_components))
        return out

    def _weights(self, shard: slice) -> FloatArray | None:
        return None if self.weights is None else self.weights[shard]

    def _sum(self, visit: Callable[[slice, Moments], None], need: Need, centres: FloatArray) -> Moments:
        """Visit all shards, each with moments of its own, and add those in order."""

        def visit_shard(shard: slice) -> Moments:
            moments = Moments.zeros(need, centres)
            visit(shard, moments)
            return moments

        return ordered_sum(visit_shard, _runs(self._bounds_of_sums(need, centres)))

    def _bounds_of_sums(self, need: Need, centres: FloatArray) -> IntArray:
        """Return bounds of shards that all have moments of their own."""
        n_components, n_features = centres.shape
        numbers = n_components * (n_features + 1) + prod(need.shape(n_components, n_features))
        most = min(max(_MOMENT_NUMBERS // numbers, 2), _MOST)
        return _bounds(len(self.rows), n_features, n_components, most)

    def _shards(self, n_components: int) -> list[slice]:
        return _runs(_bounds(*self.rows.shape, n_components, _MOST))


@lru_cache  # every sweep of a fit asks
def _bounds(n_rows: int, n_features: int, n_components: int, most: int) -> IntArray:
    """Cut rows into at most ``most`` shards: by the problem alone, so sums keep their order anywhere."""
    worth = n_rows * (n_features + n_components) // _SHARD_NUMBERS
    count = max(min(-(-worth // _TOGETHER) * _TOGETHER, most), 1)
    bounds = np.linspace(0, n_rows, count + 1).astype(np.int64)
    bounds.setflags(write=False)
    return bounds


def _runs(bounds: IntArray) -> list[slice]:
    return [slice(first, last) for first, last in pairwise(bounds.tolist())]
