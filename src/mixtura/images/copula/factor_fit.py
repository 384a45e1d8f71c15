"""Fitting a class by factor analysers: many shapes of few directions each, instead of few with full covariances.

Latents of all images are drawn within their boxes from one Gaussian (`class_fit`), a mixture of factor analysers is
fitted to them by `mixtura.FactorMixture`, latents are drawn again from it, and so on. Shapes are found by k-means of
the latents.

The one Gaussian of the class has a matrix (D, D). Shapes have none, neither in their fit nor in their density
(`factor_boxes`).
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from mixtura import FactorMixture
from mixtura.arrays import ByteArray
from mixtura.images.copula.class_density import ClassDensity
from mixtura.images.copula.class_fit import WIDE
from mixtura.images.copula.contract import Density
from mixtura.images.copula.factor_density import FactorDensity
from mixtura.mixture import RandomSource

_STEPS = 10
"""Iterations of EM between two draws of the latents."""


def fit_factors(
    first: ClassDensity, levels: ByteArray, n_shapes: int, n_factors: int, n_iter: int, random: RandomSource
) -> FactorDensity:
    """Fit factor analysers to images (n, D), from one Gaussian."""
    lower, upper = first.margins.intervals(levels[:, first.order])
    density: Density = first
    pairs = np.ones((len(levels), 1, 1), dtype=bool)
    seed = int(random.uniform() * 2**31)
    for iteration in range(n_iter):
        with threadpool_limits(1, user_api="blas"):
            drawn = density.explain(lower, upper, pairs, random)
        mixture = FactorMixture(
            n_shapes, n_factors, init_params=drawn.shapes if iteration else "kmeans", max_iter=_STEPS, random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the next draw of latents moves it on anyway
            mixture.fit(drawn.latents)
        weights = np.maximum(mixture.weights_, 0.5 / len(levels))[:, None]
        fitted = mixture.means_, mixture.loadings_, mixture.noise_variances_
        density = latest = FactorDensity(first.order, first.margins, weights / weights.sum(), *fitted)
        with threadpool_limits(1, user_api="blas"):
            joint = density.log_joint(drawn.latents)
        pairs = joint > joint.max(axis=(1, 2), keepdims=True) - WIDE  # other shapes are not tried again
    return latest
