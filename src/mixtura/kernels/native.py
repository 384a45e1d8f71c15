"""The compiled kernel: C++ for the best instruction set of this processor, behind the same contract.

The kernels are in ``native/include/mixtura``; this file hands them contiguous arrays and nothing else.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.forms import Dense
from mixtura.kernels import _native, low_rank, wanted
from mixtura.kernels.contract import Assignment, SharedSweep
from mixtura.kernels.narrow import suffices
from mixtura.kernels.portable import PortableKernel
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import COMPILED_NUMBERS, Need, Projected

__all__ = ["INSTRUCTION_SETS", "NativeKernel"]

INSTRUCTION_SETS: tuple[str, ...] = tuple(_native.instruction_sets())
"""Instruction sets that this processor and this build share, the widest last."""


@dataclass(frozen=True)
class NativeKernel:
    """Compiled for one instruction set; lets go of the interpreter's lock while it works."""

    instruction_set: str = INSTRUCTION_SETS[-1]

    @property
    def name(self) -> str:
        """What a user reads of it."""
        return f"native ({self.instruction_set})"

    def sweep(self, rows: Array, weights: FloatArray | None, mixture: Mixture, moments: Moments) -> None:
        """Add ``rows`` (n, D) under the responsibilities of ``mixture`` to ``moments``."""
        factors = isinstance(mixture.covariances, LowRank)
        if factors and low_rank.serves(moments.need):
            low_rank.sweep(self.instruction_set, rows, weights, mixture, moments)
            return
        if factors or isinstance(moments.need, Projected):  # nobody asks for these in a fit
            PortableKernel().sweep(rows, weights, mixture, moments)
            return
        self._sweep_shards(rows, weights, mixture, moments, np.array([0, len(rows)]), 1)

    def shared_sweep(self, mixture: Mixture, need: Need) -> SharedSweep | None:
        """Return the sweep of all shards at once, for all but low-rank covariances."""
        served = not isinstance(mixture.covariances, LowRank) and need in COMPILED_NUMBERS
        return self._sweep_shards if served else None

    def _sweep_shards(
        self,
        rows: Array,
        weights: FloatArray | None,
        mixture: Mixture,
        moments: Moments,
        bounds: IntArray,
        n_threads: int,
    ) -> None:
        _native.sweep(
            self.instruction_set,
            rows,
            weights,
            **_model(mixture),
            narrow=weights is None and suffices(rows, mixture),
            **_sums(moments),
            bounds=bounds,
            n_threads=n_threads,
            wanted=wanted.flag(),
        )

    def gather(self, rows: Array, weights: FloatArray | None, memberships: Array, moments: Moments) -> None:
        """Add ``rows`` (n, D) under given labels (n,) or responsibilities (n, K) to ``moments``."""
        if memberships.ndim == 2:  # once, at a start: NumPy does it well
            PortableKernel().gather(rows, weights, memberships, moments)
            return
        labels = np.ascontiguousarray(memberships, dtype=np.int64)
        if isinstance(moments.need, Projected):
            low_rank.gather(self.instruction_set, rows, weights, labels, moments)
            return
        _native.gather(self.instruction_set, rows, weights, labels, **_sums(moments), wanted=wanted.flag())

    def assign(self, rows: Array, mixture: Mixture, out: Assignment) -> None:
        """Fill ``out`` with the log-density, the most probable component and its responsibility of each row."""
        if isinstance(mixture.covariances, LowRank):
            low_rank.assign(self.instruction_set, rows, mixture, out)
            return
        _native.assign(
            self.instruction_set,
            rows,
            **_model(mixture),
            densities=out.log_densities,
            labels=out.labels,
            confidences=out.confidences,
            wanted=wanted.flag(),
        )

    def responsibilities(self, rows: Array, mixture: Mixture, out: FloatArray) -> None:
        """Fill ``out`` (n, K) with responsibilities."""
        if isinstance(mixture.covariances, LowRank):
            low_rank.responsibilities(self.instruction_set, rows, mixture, out)
            return
        _native.responsibilities(self.instruction_set, rows, **_model(mixture), out=out, wanted=wanted.flag())


def _model(mixture: Mixture) -> dict[str, Any]:
    form = mixture.covariances
    return {
        "means": np.ascontiguousarray(mixture.means),
        "whiteners": np.ascontiguousarray(form.whiteners),
        "log_scales": np.ascontiguousarray(mixture.log_scales),
        "dense": isinstance(form, Dense),
        "shared": form.shared,
    }


def _sums(moments: Moments) -> dict[str, Any]:
    return {
        "need": COMPILED_NUMBERS[moments.need],
        "centres": np.ascontiguousarray(moments.centres),
        "counts": moments.counts,
        "first": moments.first,
        "second": moments.second,
        "log_likelihood": moments.log_likelihood,
        "weight": moments.weight,
    }
