r"""Fitting the density of a class: EM whose latents are drawn (Wei and Tanner 1990), with shrinkage.

An iteration draws latents of all images within their boxes (`boxes`), from a pair of a shape and a scale that is
drawn in proportion to what it says of the image; then it maximises as if they had been seen. With r_nj the share of
each scale in the shape that was drawn, an image has weight :math:`\omega_n = \sum_j r_{nj} / s_j`, and

.. math:: \mu_k = \frac{\sum_n \omega_n z_n}{\sum_n \omega_n}, \qquad
          \Sigma_k = \frac{\sum_n \omega_n (z_n - \mu_k)(z_n - \mu_k)^T + \nu\, T}{n_k + \nu},

where T is what shapes are shrunk towards: the covariance of the class for its shapes, and for the class itself the
mean correlation of all classes with the variances of this one. ν counts in images. A class of 6000 images and 784
pixels has 50 numbers for each of its covariance's, and correlations between neighbouring pixels are alike in all
clothes.

Shapes begin as equal parts of the images in the order of their scale, from plain to printed: what differs most
between the correlations of images of one class is how strong its texture is.

References
----------
G. C. G. Wei, M. A. Tanner (1990), A Monte Carlo implementation of the EM algorithm and the poor man's data augmentation
algorithms. Journal of the American Statistical Association 85, 699-704.
"""

from dataclasses import replace

import numpy as np
from scipy.special import logsumexp

from mixtura.arrays import ByteArray, FloatArray, IntArray
from mixtura.images.copula.boxes import draw_between
from mixtura.images.copula.class_density import ClassDensity
from mixtura.images.copula.margins import Margins
from mixtura.mixture import RandomSource

_WIDE = 60.0
"""Pairs so many nats below the best for the latest latents are not tried again."""

_OWN_SHARE = 0.002
"""Share of independent noise in every covariance, which keeps it positive definite."""

_FIRST_SHARE = 0.02
_ROUNDS = 3


def first_density(levels: ByteArray, background: FloatArray, random: RandomSource) -> ClassDensity:
    """Fit one Gaussian to the latents of images (n, D): what all else begins with."""
    margins = Margins.of(levels, background)
    order = np.argsort((levels == 0).mean(axis=0), kind="stable")
    margins = Margins(margins.thresholds[order])
    lower, upper = margins.intervals(levels[:, order])
    latents = draw_between(lower, upper, random)[0]
    one = np.ones(1)
    for round_ in range(_ROUNDS):
        covariance = np.atleast_2d(np.cov(latents.T, bias=True))
        factor = _cholesky(_with_own(covariance, _FIRST_SHARE))
        density = ClassDensity(order, margins, one[None], latents.mean(axis=0)[None], factor[None], one)
        if round_ + 1 < _ROUNDS:
            latents = density.explain(lower, upper, np.ones((len(levels), 1, 1), dtype=bool), random)[1]
    return density


def correlation_of(density: ClassDensity) -> FloatArray:
    """Return the correlations (D, D) of a density of one Gaussian, pixels in their places."""
    covariance = density.factors[0] @ density.factors[0].T
    deviations = np.sqrt(np.diagonal(covariance))
    places = np.argsort(density.order)
    correlation: FloatArray = (covariance / np.outer(deviations, deviations))[np.ix_(places, places)]
    return correlation


def fit_density(
    first: ClassDensity,
    levels: ByteArray,
    pooled: FloatArray,
    n_shapes: int,
    scales: FloatArray,
    shrinkage: float,
    n_iter: int,
    random: RandomSource,
    n_draws: int = 1,
) -> ClassDensity:
    """Fit shapes and scales to images (n, D), from one Gaussian and the pooled correlations (D, D)."""
    pooled = pooled[np.ix_(first.order, first.order)]
    lower, upper = first.margins.intervals(levels[:, first.order])
    n, j = len(levels), len(scales)
    covariance = first.factors[0] @ first.factors[0].T
    covariance = _shrunk(n * covariance, n, _scaled(pooled, covariance), shrinkage)
    density = replace(
        first, weights=np.full((1, j), 1.0 / j), scales=scales, factors=_cholesky(_with_own(covariance))[None]
    )
    pairs = np.ones((n, 1, j), dtype=bool)
    for iteration in range(n_iter):
        logs, latents, shapes = density.explain(lower, upper, pairs, random, n_draws)
        shares = np.exp(logs - logsumexp(logs, axis=(1, 2), keepdims=True))  # (n, K, J)
        if iteration == 0:
            shapes = _by_scale(shares[:, 0] @ np.log(scales), n_shapes)
            shares = np.where(np.eye(n_shapes, dtype=bool)[shapes][:, :, None], shares, 0.0)
        density = _maximised(density, latents, shares, shapes, pooled, shrinkage)
        joint = density.log_joint(latents)
        pairs = joint > joint.max(axis=(1, 2), keepdims=True) - _WIDE
    return density


def _by_scale(logarithms: FloatArray, n_shapes: int) -> IntArray:
    """Return n_shapes equal parts (n,) of images in the order of their scale."""
    ranks = np.argsort(np.argsort(logarithms, kind="stable"), kind="stable")
    parts: IntArray = ranks * n_shapes // len(ranks)
    return parts


def _maximised(
    density: ClassDensity,
    latents: FloatArray,
    shares: FloatArray,
    shapes: IntArray,
    pooled: FloatArray,
    shrinkage: float,
) -> ClassDensity:
    """Return the density that maximises for latents (n, D) of ``shapes`` (n,), with shares (n, K, J) of all pairs."""
    n, n_shapes, n_scales = shares.shape
    own = shares[np.arange(n), shapes] + np.finfo(np.float64).tiny  # (n, J)
    emphasis = (own / own.sum(axis=1, keepdims=True) / density.scales).sum(axis=1)  # (n,)
    means = np.empty((n_shapes, latents.shape[1]))
    scatters = np.empty((n_shapes, latents.shape[1], latents.shape[1]))
    counts = np.bincount(shapes, minlength=n_shapes)
    for k in range(n_shapes):
        rows = shapes == k
        weights, chosen = emphasis[rows], latents[rows]
        means[k] = weights @ chosen / weights.sum() if len(chosen) else density.means[0]
        centred = (chosen - means[k]) * np.sqrt(weights)[:, None]
        scatters[k] = centred.T @ centred
    within = scatters.sum(axis=0)
    whole = _shrunk(within, n, _scaled(pooled, within / n), shrinkage)
    factors = [
        _cholesky(_with_own(whole if n_shapes == 1 else _shrunk(scatters[k], counts[k], whole, shrinkage)))
        for k in range(n_shapes)
    ]
    half = 0.5  # of an image for each pair, so that none is ruled out for ever
    weights = (shares.sum(axis=0) + half) / (n + half * n_shapes * n_scales)
    return replace(density, weights=weights, means=means, factors=np.stack(factors))


def _shrunk(scatter: FloatArray, count: float, target: FloatArray, shrinkage: float) -> FloatArray:
    shrunk: FloatArray = (scatter + shrinkage * target) / (count + shrinkage)
    return shrunk


def _scaled(correlation: FloatArray, like: FloatArray) -> FloatArray:
    """Return correlations (D, D) with the variances of the covariance ``like`` (D, D)."""
    deviations = np.sqrt(np.diagonal(like))
    scaled: FloatArray = correlation * np.outer(deviations, deviations)
    return scaled


def _with_own(covariance: FloatArray, share: float = _OWN_SHARE) -> FloatArray:
    """Return a covariance with a share of independent noise of the same variances."""
    variances = np.diagonal(covariance)
    mixed: FloatArray = (1.0 - share) * covariance
    mixed[np.diag_indices_from(mixed)] += share * variances + 1e-9
    return mixed


def _cholesky(covariance: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
