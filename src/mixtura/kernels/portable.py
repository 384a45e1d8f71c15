"""The portable kernel: blocks of rows in NumPy, always there.

Symbols: n rows of a block, D features, K components. Responsibilities are laid out (K, n), so that what is done for
one component touches memory in order. ``Scratch`` holds all that a block needs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from mixtura.arrays import Array, FloatArray
from mixtura.kernels.blocks import BLOCK_NUMBERS, NEGLIGIBLE, block_rows, blocks
from mixtura.kernels.contract import Assignment
from mixtura.kernels.wanted import look_up
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL, POOLED, TRACE, Need, Projected

__all__ = ["PortableKernel", "Scratch", "accumulate", "expect"]


@dataclass(frozen=True)
class PortableKernel:
    """NumPy, one block of ``block_numbers`` numbers at a time."""

    block_numbers: int = BLOCK_NUMBERS
    name: str = "portable"

    def sweep(self, rows: Array, weights: FloatArray | None, mixture: Mixture, moments: Moments) -> None:
        """Add ``rows`` (n, D) under the responsibilities of ``mixture`` to ``moments``."""
        for block, scratch in self._blocks(rows, mixture.n_components):
            share = None if weights is None else weights[block]
            responsibilities, densities = expect(rows[block], mixture, scratch)
            accumulate(rows[block], responsibilities, share, moments, scratch)
            moments.log_likelihood[...] += densities.sum() if share is None else share @ densities
            moments.weight[...] += len(rows[block]) if share is None else share.sum()

    def shared_sweep(self, mixture: Mixture, need: Need) -> None:
        """Return None: there are no threads here."""

    def gather(self, rows: Array, weights: FloatArray | None, memberships: Array, moments: Moments) -> None:
        """Add ``rows`` (n, D) under given labels (n,) or responsibilities (n, K) to ``moments``."""
        components = np.arange(len(moments.counts))[:, None]
        for block, scratch in self._blocks(rows, len(components)):
            share = None if weights is None else weights[block]
            given = memberships[block]
            responsibilities = given.T if given.ndim == 2 else (given == components).astype(np.float64)
            accumulate(rows[block], responsibilities, share, moments, scratch)
            moments.weight[...] += len(given) if share is None else share.sum()

    def assign(self, rows: Array, mixture: Mixture, out: Assignment) -> None:
        """Fill ``out`` with the log-density, the most probable component and its responsibility of each row."""
        for block, scratch in self._blocks(rows, mixture.n_components):
            responsibilities, densities = expect(rows[block], mixture, scratch)
            out.log_densities[block] = densities
            out.labels[block] = responsibilities.argmax(axis=0)
            out.confidences[block] = responsibilities.max(axis=0)

    def responsibilities(self, rows: Array, mixture: Mixture, out: FloatArray) -> None:
        """Fill ``out`` (n, K) with responsibilities."""
        for block, scratch in self._blocks(rows, mixture.n_components):
            out[block] = expect(rows[block], mixture, scratch)[0].T

    def _blocks(self, rows: Array, n_components: int) -> Iterator[tuple[slice, "Scratch"]]:
        """Cut rows into blocks, with room to work on each."""
        n_rows, n_features = rows.shape
        size = block_rows(n_features, n_components, self.block_numbers)
        scratch = Scratch.allocate(min(size, n_rows), n_components, n_features)
        for block in blocks(n_rows, size):
            look_up()
            yield block, scratch


@dataclass(frozen=True, eq=False)
class Scratch:
    """Memory for blocks of up to n rows: two arrays (n, D) and one (K, n)."""

    centred: FloatArray  # (n, D)
    white: FloatArray  # (n, D)
    joint: FloatArray  # (K, n)

    @classmethod
    def allocate(cls, n_rows: int, n_components: int, n_features: int) -> "Scratch":
        """Make scratch for blocks of up to ``n_rows`` rows."""
        return cls(np.empty((n_rows, n_features)), np.empty((n_rows, n_features)), np.empty((n_components, n_rows)))


def expect(rows: Array, mixture: Mixture, scratch: Scratch) -> tuple[FloatArray, FloatArray]:
    """Return responsibilities (K, n), a view of the scratch, and log-densities (n,) of ``rows`` (n, D)."""
    n = len(rows)
    joint = scratch.joint[:, :n]
    with np.errstate(over="ignore", invalid="ignore"):  # far rows are mended below
        for k, mean in enumerate(mixture.means):
            np.subtract(rows, mean, out=scratch.centred[:n])
            mixture.covariances.squared_distances(k, scratch.centred[:n], scratch.white[:n], joint[k])
        joint *= -0.5
        joint += mixture.log_scales[:, None]
        peak = joint.max(axis=0)  # (n,)
    far = np.flatnonzero(~np.isfinite(peak))
    if far.size:
        _settle_far_rows(np.asarray(rows[far], dtype=np.float64), far, mixture, joint)
        peak[far] = 0.0
    joint -= peak
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)  # (n,)
    joint /= total
    density = np.log(total, out=total)
    density += peak
    density[far] = -np.inf
    return joint, density


def _settle_far_rows(rows: FloatArray, far: Array, mixture: Mixture, joint: FloatArray) -> None:
    """Give rows whose squared distances overflow (m, D) to the components that are nearest in smaller units.

    Their log-density is below the least float64; their responsibilities are still well defined. In these units neither
    rows nor means have numbers above 1, and the least deviation is 1.
    """
    unit = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.abs(mixture.means).max())  # (m, 1)
    form = mixture.covariances
    least = np.sqrt((form.noise if isinstance(form, LowRank) else form.variances).min())
    distances = np.empty((mixture.n_components, len(rows)))
    scratch = np.empty_like(rows)
    for k, mean in enumerate(mixture.means):
        mixture.covariances.squared_distances(k, (rows / unit - mean / unit) * least, scratch, distances[k])
    distances[mixture.weights == 0] = np.inf
    joint[:, far] = np.where(distances == distances.min(axis=0), 0.0, -np.inf)


def accumulate(
    rows: Array, responsibilities: FloatArray, weights: FloatArray | None, moments: Moments, scratch: Scratch
) -> None:
    """Add ``rows`` (n, D) with ``responsibilities`` (K, n) and ``weights`` (n,) to ``moments``, in place."""
    add = _add_projected(moments.need) if isinstance(moments.need, Projected) else _SECOND[moments.need]
    for k, centre in enumerate(moments.centres):
        chosen = np.flatnonzero(responsibilities[k] > NEGLIGIBLE)
        if not chosen.size:
            continue
        everyone = chosen.size == len(rows)
        r = responsibilities[k] if everyone else responsibilities[k, chosen]  # (m,)
        if weights is not None:
            r = r * (weights if everyone else weights[chosen])
        centred = scratch.centred[: chosen.size]  # (m, D)
        np.subtract(rows if everyone else rows[chosen], centre, out=centred)
        moments.counts[k] += r.sum()
        moments.first[k] += r @ centred
        add(moments.second, k, r, centred, scratch.white[: chosen.size])


def _add_trace(second: FloatArray, k: int, r: FloatArray, centred: FloatArray, white: FloatArray) -> None:
    second[k] += r @ np.einsum("nd,nd->n", centred, centred)


def _add_diagonal(second: FloatArray, k: int, r: FloatArray, centred: FloatArray, white: FloatArray) -> None:
    second[k] += r @ np.square(centred, out=white)


def _add_pooled(second: FloatArray, k: int, r: FloatArray, centred: FloatArray, white: FloatArray) -> None:
    scaled = np.multiply(centred, np.sqrt(r)[:, None], out=white)
    second += scaled.T @ scaled


def _add_full(second: FloatArray, k: int, r: FloatArray, centred: FloatArray, white: FloatArray) -> None:
    _add_pooled(second[k], k, r, centred, white)


def _add_projected(need: Projected) -> Callable[[FloatArray, int, FloatArray, FloatArray, FloatArray], None]:
    def add(second: FloatArray, k: int, r: FloatArray, centred: FloatArray, white: FloatArray) -> None:
        second[k, 0] += r @ np.square(centred, out=white)
        along = centred @ need.directions[k].T  # (m, Q)
        along *= r[:, None]
        second[k, 1:] += along.T @ centred

    return add


_SECOND = {TRACE: _add_trace, DIAGONAL: _add_diagonal, POOLED: _add_pooled, FULL: _add_full}
NEEDS: tuple[Need, ...] = tuple(_SECOND)
