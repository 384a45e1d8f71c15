r"""Boxes: the probability of a box under a Gaussian, and a draw from the Gaussian within it.

With Σ = L Lᵀ a latent is z = μ + L e with independent e. Given e_1 to e_(d-1), that z_d lies in its interval is an
interval of e_d, of probability w_d; drawing e_d within it, one pixel after another, gives a latent z in the box and

.. math:: E\Big[\prod_d w_d\Big] = P(z \in box),

exactly: the simulator of Geweke, Hajivassiliou and Keane. Its logarithm is on average too low (Jensen), so bits that
are counted with it are an upper bound of the bits of the model, and the mean of several draws before the logarithm
comes nearer. The draw is the dequantisation that the model itself makes: it knows all pixels before it, where uniform
noise knows none. The bound is the tighter the more of the early pixels have short intervals, so whoever calls sorts
pixels by how often they are black.

References
----------
V. Hajivassiliou, D. McFadden, P. Ruud (1996), Simulation of multivariate normal rectangle probabilities and their
derivatives. Journal of Econometrics 72, 85-134.
"""

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from mixtura.arrays import FloatArray
from mixtura.mixture import RandomSource

_BLOCK = 32
"""Pixels whose dependence on all earlier blocks is one matrix product."""

_TINY = 1e-280


def draw_in_boxes(
    lower: FloatArray, upper: FloatArray, mean: FloatArray, factor: FloatArray, random: RandomSource
) -> tuple[FloatArray, FloatArray]:
    """Draw latents in boxes and say how probable those are.

    Parameters
    ----------
    lower, upper : array (n, D)
        The boxes.
    mean : array (D,)
    factor : array (D, D)
        L, lower triangular.
    random : Generator or RandomState

    Returns
    -------
    array (n, D)
        White draws e; latents are ``mean + e @ factor.T``.
    array (n,)
        Logarithms of unbiased estimates of the probability of each box.
    """
    n, d = lower.shape
    white, log_probability = np.zeros((n, d)), np.zeros(n)
    for start in range(0, d, _BLOCK):
        stop = min(start + _BLOCK, d)
        centres = mean[start:stop] + white[:, :start] @ factor[start:stop, :start].T
        for pixel in range(start, stop):
            row = factor[pixel]
            centre = centres[:, pixel - start] + white[:, start:pixel] @ row[start:pixel]
            ends = (lower[:, pixel] - centre) / row[pixel], (upper[:, pixel] - centre) / row[pixel]
            white[:, pixel], logs = draw_between(*ends, random)
            log_probability += logs
    return white, log_probability


def draw_between(lower: FloatArray, upper: FloatArray, random: RandomSource) -> tuple[FloatArray, FloatArray]:
    """Draw standard normal numbers within intervals; return them and the logarithms of the probabilities of those."""
    mirrored = lower > 0  # the lower tail has digits that the upper one has not
    low, high = np.where(mirrored, -upper, lower), np.where(mirrored, -lower, upper)
    base, top = ndtr(low), ndtr(high)
    width = top - base
    with np.errstate(divide="ignore"):
        logs, draws = np.log(width), ndtri(base + random.uniform(size=lower.shape) * width)
    lost = width < _TINY
    if lost.any():  # so far out that the draw is the nearer end, and only the logarithm is still a number
        near, far = log_ndtr(high[lost]), log_ndtr(low[lost])
        logs[lost] = near + np.log(-np.expm1(np.minimum(far - near, -1e-12)))
        draws[lost] = high[lost]
    draws = np.clip(draws, low, high)
    return np.where(mirrored, -draws, draws), logs
