"""The noisy kernel: wraps any kernel, for mixtures with a noise component.

With l the log-density of a row under the Gaussians and s / V the height of the noise, a row is noise with probability
r = (s / V) / (s / V + (1 - s) exp l). Its responsibilities are those of the Gaussians times 1 - r, so a sweep is the
wrapped kernel's, with the weights of its rows multiplied. No kernel has to know of noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mixtura.arrays import Array, FloatArray
from mixtura.kernels.blocks import NEGLIGIBLE, block_rows, blocks
from mixtura.kernels.contract import Assignment, Kernel
from mixtura.kernels.wanted import look_up
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import Need
from mixtura.uniform_noise import UniformNoise

__all__ = ["NoisyKernel", "serving"]


def serving(kernel: Kernel, mixture: Mixture) -> Kernel:
    """Return the kernel that serves a mixture: itself, or wrapped where the mixture has noise."""
    return kernel if mixture.noise is None else NoisyKernel(kernel, mixture.noise)


@dataclass(frozen=True, eq=False)
class NoisyKernel:
    """A kernel whose rows may be noise."""

    kernel: Kernel
    noise: UniformNoise

    @property
    def name(self) -> str:
        """What a user reads of it."""
        return f"{self.kernel.name}, with noise"

    def sweep(self, rows: Array, weights: FloatArray | None, mixture: Mixture, moments: Moments) -> None:
        """Add ``rows`` (n, D) of ``weights`` (n,) to ``moments``, what is noise to ``moments.noise``."""
        for block, given in self._blocks(rows, mixture):
            self.kernel.assign(rows[block], mixture, given)
            densities, shares, noise = self.noise.split(given.log_densities)
            weight = np.ones(len(densities)) if weights is None else weights[block]
            moments.log_likelihood[...] += weight @ densities
            moments.weight[...] += weight.sum()
            moments.noise[...] += weight @ noise
            own = replace(moments, log_likelihood=np.zeros(()), weight=np.zeros(()))  # shares the other sums
            kept = shares > NEGLIGIBLE
            if kept.all():
                self.kernel.sweep(rows[block], weight * shares, mixture, own)
            elif kept.any():
                self.kernel.sweep(rows[block][kept], (weight * shares)[kept], mixture, own)

    def shared_sweep(self, mixture: Mixture, need: Need) -> None:
        """Return None: each block is swept twice, and there are no threads here."""

    def gather(self, rows: Array, weights: FloatArray | None, memberships: Array, moments: Moments) -> None:
        """Add ``rows`` (n, D) under given labels (n,) or responsibilities (n, K) to ``moments``: noise has no part."""
        self.kernel.gather(rows, weights, memberships, moments)

    def assign(self, rows: Array, mixture: Mixture, out: Assignment) -> None:
        """Fill ``out`` with the log-density, the most probable component or -1, and its responsibility of each row."""
        for block, given in self._blocks(rows, mixture):
            self.kernel.assign(rows[block], mixture, given)
            densities, shares, noise = self.noise.split(given.log_densities)
            own = given.confidences * shares
            out.log_densities[block] = densities
            out.labels[block] = np.where(noise > own, -1, given.labels)
            out.confidences[block] = np.maximum(noise, own)

    def responsibilities(self, rows: Array, mixture: Mixture, out: FloatArray) -> None:
        """Fill ``out`` (n, K + 1) with responsibilities, those of noise in the last column."""
        for block, given in self._blocks(rows, mixture):
            self.kernel.assign(rows[block], mixture, given)
            _, shares, noise = self.noise.split(given.log_densities)
            own = np.empty((len(shares), mixture.n_components))
            self.kernel.responsibilities(rows[block], mixture, own)
            np.multiply(own, shares[:, None], out=out[block, :-1])
            out[block, -1] = noise

    def _blocks(self, rows: Array, mixture: Mixture) -> Iterator[tuple[slice, Assignment]]:
        """Cut rows into blocks, with room for what is said of each."""
        n_rows, n_features = rows.shape
        size = block_rows(n_features, mixture.n_components)
        room = Assignment(np.empty(size), np.empty(size, dtype=np.int64), np.empty(size))
        for block in blocks(n_rows, size):
            look_up()
            yield block, room.part(slice(0, min(size, n_rows - block.start)))
