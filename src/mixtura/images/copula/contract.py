"""Density: what the distribution of the images of one class offers, whatever its shapes are made of."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from mixtura.arrays import ByteArray, FloatArray, IntArray
from mixtura.images.copula.margins import Margins
from mixtura.mixture import RandomSource

__all__ = ["BoolArray", "Density", "Explanation"]

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a density says of boxes, and one draw from what it says.

    Attributes
    ----------
    shares : array (n, K, J)
        Logarithms of pi_kj P(box | k, j), estimated; minus infinity for pairs that were left out.
    latents : array (n, D)
        Within the boxes, drawn from a pair of a shape and a scale that was drawn in proportion to its share.
    shapes, scales : array (n,)
        Numbers of that pair.
    """

    shares: FloatArray
    latents: FloatArray
    shapes: IntArray
    scales: IntArray


@dataclass(frozen=True, eq=False)
class Density(ABC):
    """Latents that are a mixture of K shapes at J scales, and thresholds that make bytes of them.

    ``exp(log_probability(v))`` has a mean that sums to one over all images v, and is the share of v among samples.

    Attributes
    ----------
    order : array (D,)
        Where each pixel comes from: within, those that are black least often come first.
    margins : Margins
    weights : array (K, J)
        Positive, summing to one.
    """

    order: IntArray
    margins: Margins
    weights: FloatArray

    @abstractmethod
    def explain(
        self, lower: FloatArray, upper: FloatArray, pairs: BoolArray, random: RandomSource, n_draws: int = 1
    ) -> Explanation:
        """Say how probable boxes (n, D) are under each pair of a shape and a scale, and draw latents in them.

        With more draws the latent is chosen among them by their weights, and comes nearer to the posterior.

        Where ``pairs`` (n, K, J) is false the pair is left out.
        """

    @abstractmethod
    def glance(self, levels: ByteArray, random: RandomSource) -> FloatArray:
        """Return rough logarithms of the probability of images (n, D): enough to rule classes out."""

    @abstractmethod
    def log_joint(self, latents: FloatArray) -> FloatArray:
        """Return log π_kj N(z; μ_k, s_j Σ_k) of latents (n, D), up to a constant: (n, K, J)."""

    @abstractmethod
    def draw_latents(self, n: int, random: RandomSource) -> FloatArray:
        """Draw latents (n, D)."""

    def log_probability(self, levels: ByteArray, random: RandomSource, n_draws: int = 1) -> FloatArray:
        """Return logarithms (n,) of unbiased estimates of the probability of images (n, D)."""
        lower, upper = self.margins.intervals(levels[:, self.order])
        pairs = np.ones((len(levels), *self.weights.shape), dtype=bool)
        total: FloatArray = logsumexp(self.explain(lower, upper, pairs, random, n_draws).shares, axis=(1, 2))
        return total

    def sample(self, n: int, random: RandomSource) -> ByteArray:
        """Draw images (n, D)."""
        images = np.empty((n, len(self.order)), dtype=np.uint8)
        images[:, self.order] = self.margins.levels(self.draw_latents(n, random))
        return images
