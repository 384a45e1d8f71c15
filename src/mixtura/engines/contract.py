"""The contract of an engine: something that holds rows and sweeps them.

Invariants, each a test:

* A sweep returns the same moments, to rounding, whatever the block size, and the same bits whatever the number of
  threads.
* No array of N rows is made inside a sweep.
* An engine never asks which structure it serves: it knows a mixture's form and a need.
"""

from typing import Protocol

from mixtura.arrays import Array, FloatArray
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import Need

__all__ = ["Engine"]


class Engine(Protocol):
    """Sweeps N rows of D features."""

    def sweep(self, mixture: Mixture, need: Need, centres: FloatArray | None = None) -> Moments:
        """Return moments under the responsibilities of ``mixture``, about ``centres`` (K, D) or its own means."""
        ...

    def gather(self, memberships: Array, need: Need, centres: FloatArray) -> Moments:
        """Return moments about ``centres`` (K, D) under given memberships: labels (N,) or responsibilities (N, K)."""
        ...
