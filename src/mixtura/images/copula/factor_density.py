r"""FactorDensity: the distribution of the images of one class, by many shapes of few directions each.

Latents are a mixture of factor analysers,

.. math:: z \sim \sum_k \pi_k N(\mu_k, \Lambda_k^T \Lambda_k + diag(\psi_k)),

and a byte says between which thresholds its latent lies, as in `class_density`. With many shapes, contrast is one of
the things that they differ in, so there is one scale. All is done shape by shape with N D Q² operations at the most
(`factor_boxes`), and no matrix (D, D) is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import logsumexp
from sklearn.utils import gen_batches

from mixtura.arrays import ByteArray, FloatArray, IntArray
from mixtura.images.copula.contract import BoolArray, Density, Explanation
from mixtura.images.copula.factor_boxes import Analyser, Integrand
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture, RandomSource

__all__ = ["FactorDensity"]

_BLOCK = 250
"""Images whose boxes stay in a processor's cache while Newton's method works on them."""


@dataclass(frozen=True, eq=False)
class FactorDensity(Density):
    """Attributes, beside those of every `Density`; its weights are (K, 1).

    means : array (K, D)
    loadings : array (K, Q, D)
    noise : array (K, D)
        Variances.
    """

    means: FloatArray
    loadings: FloatArray
    noise: FloatArray

    @cached_property
    def analysers(self) -> tuple[Analyser, ...]:
        """The K shapes."""
        return tuple(map(Analyser, self.means, self.loadings, np.sqrt(self.noise)))

    def explain(
        self, lower: FloatArray, upper: FloatArray, pairs: BoolArray, random: RandomSource, n_draws: int = 1
    ) -> Explanation:
        n, q = len(lower), self.loadings.shape[1]
        shares, best = np.full(pairs.shape, -np.inf), np.full(n, -np.inf)
        factors, shapes = np.zeros((n, q)), np.zeros(n, dtype=np.intp)
        for k, rows, integrand in self._integrands(lower, upper, pairs):
            for _ in range(n_draws):
                drawn, logs = integrand.draw(random)
                logs += np.log(self.weights[k, 0] / n_draws)
                shares[rows, k, 0] = np.logaddexp(shares[rows, k, 0], logs)
                raced = logs + random.gumbel(size=len(rows))  # the largest of these is a draw in proportion
                won = raced > best[rows]
                best[rows[won]], factors[rows[won]], shapes[rows[won]] = raced[won], drawn[won], k
        latents = np.empty(lower.shape)
        for k, analyser in enumerate(self.analysers):
            rows = shapes == k
            noise = analyser.noise_within(lower[rows], upper[rows], factors[rows]).draw(random)
            latents[rows] = analyser.latents(factors[rows], noise)
        return Explanation(shares, latents, shapes, np.zeros(n, dtype=np.intp))

    def glance(self, levels: ByteArray, random: RandomSource) -> FloatArray:
        """Return Laplace's approximation; nothing is drawn."""
        lower, upper = self.margins.intervals(levels[:, self.order])
        logs = np.empty((len(levels), len(self.weights)))
        for k, rows, integrand in self._integrands(lower, upper, np.ones((*logs.shape, 1), dtype=bool)):
            logs[rows, k] = integrand.laplace() + np.log(self.weights[k, 0])
        glance: FloatArray = logsumexp(logs, axis=1)
        return glance

    def log_joint(self, latents: FloatArray) -> FloatArray:
        mixture = Mixture(
            self.weights[:, 0], self.means, LowRank(np.concatenate([self.noise[:, None], self.loadings], axis=1))
        )
        joint = np.empty((len(latents), *self.weights.shape))
        scratch = np.empty(latents.shape)
        for k, mean in enumerate(self.means):
            squares = mixture.covariances.squared_distances(k, latents - mean, scratch, np.empty(len(latents)))
            joint[:, k, 0] = mixture.log_scales[k] - 0.5 * squares
        return joint

    def draw_latents(self, n: int, random: RandomSource) -> FloatArray:
        shapes = random.choice(len(self.weights), size=n, p=self.weights[:, 0] / self.weights.sum())
        factors = random.standard_normal(size=(n, self.loadings.shape[1]))
        latents = random.standard_normal(size=(n, len(self.order)))
        for k in np.unique(shapes):
            rows = shapes == k
            latents[rows] = self.analysers[k].latents(factors[rows], latents[rows])
        return latents

    def _integrands(
        self, lower: FloatArray, upper: FloatArray, pairs: BoolArray
    ) -> Iterator[tuple[int, IntArray, Integrand]]:
        """Go through the pairs (n, K, 1) of an image and a shape: yield shapes, numbers of images, and integrands."""
        for block in gen_batches(len(lower), _BLOCK):
            for k, analyser in enumerate(self.analysers):
                rows = block.start + np.flatnonzero(pairs[block, k, 0])
                if rows.size:
                    yield k, rows, Integrand.of(analyser, lower[rows], upper[rows])
