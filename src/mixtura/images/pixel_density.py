r"""The density of images: a mixture along the basis, noise across it.

Let m (D,) be the mean image, C (Q, D) the basis and R (D - Q, D) any basis of the directions that were left out. An
image x in [0, 1]^D has coefficients z = C (x - m) and residual e = R (x - m). The model draws both, independently:

.. math:: z \sim \sum_c \pi_c \sum_k w_{ck}\, N(\mu_{ck}, \Sigma_{ck}), \qquad e \sim N(0, \sigma^2 I).

The map from x to (z, e) is a shift and a rotation, because the rows of C and R together are orthonormal. Its Jacobian
determinant is 1 in absolute value, so densities simply multiply:

.. math:: \log p(x) = \log \sum_c \pi_c p_c(z) - \tfrac{D - Q}2 \log(2 \pi \sigma^2) - \frac{|e|^2}{2 \sigma^2},

in nats, with respect to volume in units of intensity: a pixel goes from 0 to 1. It is a density on all of R^D, and part
of its mass lies beyond black and white, so that probabilities of images of bytes sum to less than one, and bits are an
upper bound (`levels` has the argument). R itself is never needed, since
:math:`|e| = |x - m - C^T z|`. In units of one grey level, where a pixel goes from 0 to 255, log p is smaller by
D log 255.

Given :math:`m` and C, :math:`\sigma^2` has its greatest likelihood at the mean of the eigenvalues that were left out,
as in probabilistic principal components (Tipping and Bishop 1999, eq. 8). With one component that model is this one.

References
----------
M. E. Tipping, C. M. Bishop (1999), Probabilistic principal component analysis. Journal of the Royal Statistical
Society B 61(3), 611-622.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class PixelDensity:
    """The density above.

    Attributes
    ----------
    mean : array (D,)
        m, the mean image.
    basis : array (Q, D)
        C, with orthonormal rows.
    residual_variance : float
        Squared intensity, above 0 unless Q = D.
    mixtures : tuple of C GaussianMixture
        Fitted to coefficients (n, Q), one for each class.
    class_weights : array (C,)
        Above 0, summing to one.
    """

    mean: FloatArray
    basis: FloatArray
    residual_variance: float
    mixtures: tuple[GaussianMixture, ...]
    class_weights: FloatArray

    def log_density(self, blocks: Iterable[FloatArray]) -> FloatArray:
        """Return log p(x) in nats (n,) of intensities that come in blocks (b, D), which are overwritten."""
        parts = [self._split(block) for block in blocks]
        coefficients = np.concatenate([part[0] for part in parts])  # (n, Q)
        squares = np.concatenate([part[1] for part in parts])  # (n,)
        joint = np.empty((len(self.mixtures), len(squares)))  # (C, n)
        for c, mixture in enumerate(self.mixtures):
            joint[c] = np.log(self.class_weights[c]) + mixture.score_samples(coefficients)
        density: FloatArray = logsumexp(joint, axis=0)
        left_out = self.basis.shape[1] - self.basis.shape[0]
        if left_out:
            density -= 0.5 * left_out * np.log(2 * np.pi * self.residual_variance)
            density -= squares / (2 * self.residual_variance)
        return density

    def _split(self, block: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return coefficients (b, Q) and squared lengths of the residuals (b,); the block is overwritten."""
        block -= self.mean
        coefficients = block @ self.basis.T
        # Subtracting squared lengths instead would be quicker, and lose its digits where little is left out.
        block -= coefficients @ self.basis
        return coefficients, np.einsum("nd,nd->n", block, block)

    def residuals(self, normal: FloatArray) -> FloatArray:
        """Turn independent standard normal rows (n, D) into residuals (n, D), in place."""
        normal -= (normal @ self.basis.T) @ self.basis
        normal *= np.sqrt(self.residual_variance)
        return normal
