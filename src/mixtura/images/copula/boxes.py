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

from mixtura.arrays import FloatArray
from mixtura.images.copula.intervals import Intervals
from mixtura.mixture import RandomSource

_BLOCK = 32
"""Pixels whose dependence on all earlier blocks is one matrix product."""


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
            intervals = Intervals.between(*ends)
            white[:, pixel] = intervals.draw(random)
            log_probability += intervals.logs
    return white, log_probability
