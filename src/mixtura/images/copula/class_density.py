r"""ClassDensity: the distribution of the images of one class.

Latents are a mixture of Gaussians, each of K shapes at each of J scales,

.. math:: z \sim \sum_{k,j} \pi_{kj} N(\mu_k, s_j \Sigma_k),

and a byte says between which thresholds its latent lies (`margins`). The probability of an image is that of a box
under the mixture (`boxes`), a sum over pairs of a shape and a scale. It is a proper distribution of images of bytes:
summed over all 256^D images it is one, so its negative logarithm in base 2, over D, is bits per dimension with
nothing to convert.

Scales are what a plain shirt and a printed one differ in: all their correlations are alike, and their contrast is
not. They are the discrete form of a Gaussian scale mixture (Wainwright and Simoncelli 2000).

References
----------
M. J. Wainwright, E. P. Simoncelli (2000), Scale mixtures of Gaussians and the statistics of natural images. NeurIPS.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

from mixtura.arrays import ByteArray, FloatArray
from mixtura.images.copula.boxes import draw_in_boxes
from mixtura.images.copula.contract import BoolArray, Density, Explanation
from mixtura.mixture import RandomSource


@dataclass(frozen=True, eq=False)
class ClassDensity(Density):
    """Attributes, beside those of every `Density`.

    means : array (K, D)
    factors : array (K, D, D)
        Lower triangular, with L Lᵀ = Σ.
    scales : array (J,)
    """

    means: FloatArray
    factors: FloatArray
    scales: FloatArray

    def glance(self, levels: ByteArray, random: RandomSource) -> FloatArray:
        """Return an estimate by the heaviest shape at all of its scales.

        Its scales are needed: of 784 pixels the right class at a wrong scale is hundreds of nats away. Where there is
        but one scale, shapes differ in contrast as scales would, and all are asked.
        """
        lower, upper = self.margins.intervals(levels[:, self.order])
        pairs = np.zeros((len(levels), *self.weights.shape), dtype=bool)
        pairs[:, np.argmax(self.weights.sum(axis=1)) if len(self.scales) > 1 else slice(None)] = True
        glance: FloatArray = logsumexp(self.explain(lower, upper, pairs, random).shares, axis=(1, 2))
        return glance

    def explain(
        self, lower: FloatArray, upper: FloatArray, pairs: BoolArray, random: RandomSource, n_draws: int = 1
    ) -> Explanation:
        shares = np.full(pairs.shape, -np.inf)
        latents, best = np.zeros(lower.shape), np.full(len(lower), -np.inf)
        chosen = np.zeros((2, len(lower)), dtype=np.intp)
        for k, j in np.argwhere(pairs.any(axis=0)):
            rows = np.flatnonzero(pairs[:, k, j])
            factor = self.factors[k] * np.sqrt(self.scales[j])
            for _ in range(n_draws):
                white, logs = draw_in_boxes(lower[rows], upper[rows], self.means[k], factor, random)
                logs += np.log(self.weights[k, j] / n_draws)
                shares[rows, k, j] = np.logaddexp(shares[rows, k, j], logs)
                raced = logs + random.gumbel(size=len(rows))  # the largest of these is a draw in proportion
                won = raced > best[rows]
                best[rows[won]] = raced[won]
                latents[rows[won]] = self.means[k] + white[won] @ factor.T
                chosen[:, rows[won]] = [[k], [j]]
        return Explanation(shares, latents, *chosen)

    def log_joint(self, latents: FloatArray) -> FloatArray:
        joint = np.empty((len(latents), *self.weights.shape))
        for k, (mean, factor) in enumerate(zip(self.means, self.factors, strict=True)):
            white = solve_triangular(factor, (latents - mean).T, lower=True, check_finite=False)
            squares = np.einsum("dn,dn->n", white, white)
            joint[:, k] = -0.5 * squares[:, None] / self.scales - np.log(np.diagonal(factor)).sum()
        joint += np.log(self.weights) - 0.5 * latents.shape[1] * np.log(self.scales)
        return joint

    def draw_latents(self, n: int, random: RandomSource) -> FloatArray:
        chosen = random.choice(self.weights.size, size=n, p=self.weights.ravel() / self.weights.sum())
        shapes, scales = np.divmod(chosen, len(self.scales))
        latents = random.standard_normal(size=(n, len(self.order)))
        latents *= np.sqrt(self.scales[scales])[:, None]
        for k in np.unique(shapes):
            rows = shapes == k
            latents[rows] = self.means[k] + latents[rows] @ self.factors[k].T
        return latents
