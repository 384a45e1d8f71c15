"""Fitting a class by factor analysers: many shapes of few directions each, instead of few with full covariances.

Latents of all images are drawn within their boxes from one Gaussian (`class_fit`), a mixture of factor analysers is
fitted to them by `mixtura.FactorMixture`, latents are drawn again from it, and so on. Shapes are found by k-means of
the latents. They have one scale: with many shapes, contrast is one of the things that they differ in.

The fit of the mixture makes no matrix (D, D). The density does, one for each shape: `boxes` draws one pixel after
another given those before, for which `class_density` holds a Cholesky factor of each covariance, 8 K D^2 bytes.
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from mixtura import FactorMixture
from mixtura.arrays import ByteArray
from mixtura.images.copula.class_density import ClassDensity
from mixtura.images.copula.class_fit import WIDE
from mixtura.mixture import RandomSource

_STEPS = 10
"""Iterations of EM between two draws of the latents."""


def fit_factors(
    first: ClassDensity, levels: ByteArray, n_shapes: int, n_factors: int, n_iter: int, random: RandomSource
) -> ClassDensity:
    """Fit factor analysers to images (n, D), from one Gaussian."""
    lower, upper = first.margins.intervals(levels[:, first.order])
    density, pairs = first, np.ones((len(levels), 1, 1), dtype=bool)
    seed = int(random.uniform() * 2**31)
    for iteration in range(n_iter):
        drawn = density.explain(lower, upper, pairs, random)
        mixture = FactorMixture(
            n_shapes, n_factors, init_params=drawn.shapes if iteration else "kmeans", max_iter=_STEPS, random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the next draw of latents moves it on anyway
            mixture.fit(drawn.latents)
        with threadpool_limits(1, user_api="blas"):
            factors = [np.linalg.cholesky(mixture.get_covariance(k)) for k in range(n_shapes)]
        weights = np.maximum(mixture.weights_, 0.5 / len(levels))[:, None]
        density = ClassDensity(
            first.order, first.margins, weights / weights.sum(), mixture.means_, np.stack(factors), np.ones(1)
        )
        joint = density.log_joint(drawn.latents)
        pairs = joint > joint.max(axis=(1, 2), keepdims=True) - WIDE  # other shapes are not tried again
    return density
