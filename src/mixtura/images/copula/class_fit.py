r"""Fitting the density of a class: EM whose latents are drawn (Wei and Tanner 1990), with shrinkage.

An iteration draws for each image a pair of a shape and a scale, in proportion to what they say of it, and latents
within its box from that pair (`boxes`): together a draw from what the model says of the image. Then it maximises as if
shape, scale and latents had been seen. With :math:`\omega_n = 1 / s_j` of the scale that was drawn, and sums over the
images of a shape,

.. math:: \mu_k = \frac{\sum_n \omega_n z_n}{\sum_n \omega_n}, \qquad
          \Sigma_k = \frac{\sum_n \omega_n (z_n - \mu_k)(z_n - \mu_k)^T + \nu\, T}{n_k + \nu},

where T is what shapes are shrunk towards: the covariance of the class for its shapes, and for the class itself the
mean correlation of all classes with the variances of this one. ν counts in images. A class of 6000 images and 784
pixels has 15 numbers for each of its covariance's, and correlations between neighbouring pixels are alike in all
clothes.

Shares of pairs are means of what pairs say of the images, estimated by the same draws.

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
from mixtura.images.copula.class_density import ClassDensity
from mixtura.images.copula.contract import Explanation
from mixtura.images.copula.intervals import Intervals
from mixtura.images.copula.margins import Margins
from mixtura.mixture import RandomSource

WIDE = 60.0
"""Scales so many nats below the best of their shape for the latest latents are not tried again.

Latents that were drawn at one scale are hundreds of nats away from another, so that an image keeps to its scale, or to
its neighbours; every shape stays open to it, at the scale that suits the latents. If shapes had to compete too, an
image would keep to its first one, which costs 0.009 bits and saves two fifths of the time; trying all pairs again and
again takes twice as long for 0.001 bits (held-out T-shirts, shirts and bags, fitted to 5,400 images of each).
"""

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
    latents = Intervals.between(lower, upper).draw(random)
    one = np.ones(1)
    for round_ in range(_ROUNDS):
        covariance = np.atleast_2d(np.cov(latents.T, bias=True))
        factor = _cholesky(_with_own(covariance, _FIRST_SHARE))
        density = ClassDensity(order, margins, one[None], latents.mean(axis=0)[None], factor[None], one)
        if round_ + 1 < _ROUNDS:
            latents = density.explain(lower, upper, np.ones((len(levels), 1, 1), dtype=bool), random).latents
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
        drawn = density.explain(lower, upper, pairs, random, n_draws)
        shares = np.exp(drawn.shares - logsumexp(drawn.shares, axis=(1, 2), keepdims=True))  # (n, K, J)
        if iteration == 0:
            shapes = _by_scale(shares[:, 0] @ np.log(scales), n_shapes)
            shares = np.where(np.eye(n_shapes, dtype=bool)[shapes][:, :, None], shares, 0.0)
            drawn = replace(drawn, shapes=shapes)
        density = _maximised(density, drawn, shares, pooled, shrinkage)
        joint = density.log_joint(drawn.latents)
        pairs = joint > joint.max(axis=2, keepdims=True) - WIDE
    return density


def _by_scale(logarithms: FloatArray, n_shapes: int) -> IntArray:
    """Return n_shapes equal parts (n,) of images in the order of their scale."""
    ranks = np.argsort(np.argsort(logarithms, kind="stable"), kind="stable")
    parts: IntArray = ranks * n_shapes // len(ranks)
    return parts


def _maximised(
    density: ClassDensity, drawn: Explanation, shares: FloatArray, pooled: FloatArray, shrinkage: float
) -> ClassDensity:
    """Return the density that maximises for what was drawn, with shares (n, K, J) of all pairs."""
    n, n_shapes, n_scales = shares.shape
    d = drawn.latents.shape[1]
    emphasis = 1.0 / density.scales[drawn.scales]  # (n,)
    means = np.empty((n_shapes, d))
    scatters = np.empty((n_shapes, d, d))
    counts = np.bincount(drawn.shapes, minlength=n_shapes)
    for k in range(n_shapes):
        rows = drawn.shapes == k
        weights, chosen = emphasis[rows], drawn.latents[rows]
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
