r"""Logistic levels: the probability of a grey level, from a logistic distribution that is cut at the ends.

With centre m and scale s of a pixel, and :math:`F(t) = 1 / (1 + e^{-t})`, level v of 0 to 255 has probability

.. math:: P(v) = F\Bigl(\frac{x^+ - m}{s}\Bigr) - F\Bigl(\frac{x^- - m}{s}\Bigr), \quad x^\pm = \frac{v \pm 1/2}{255},

where :math:`x^-` of black is minus and :math:`x^+` of white plus infinity, so that all that lies beyond an end belongs
to it (Salimans et al. 2017, equation 2; their mixture has one part here). It sums to one over the levels: bits of it
are bits of bytes, a pixel that is always black costs nothing, and no narrow pixel can outweigh all others as the
density of a Gaussian does.

References
----------
T. Salimans, A. Karpathy, X. Chen, D. P. Kingma (2017), PixelCNN++: improving the PixelCNN with discretized logistic
mixture likelihood and other modifications. ICLR.
"""

from math import log

from mixtura.images.levels import STEPS
from mixtura.neural.framework import Tensor, load_torch

__all__ = ["draw_levels", "log_probability"]

_LEAST_LOG_SCALE = -7.0  # a quarter of a level


def log_probability(rows: Tensor, centres: Tensor, log_scales: Tensor) -> Tensor:
    """Return the logarithm of the probability of each level; all of shape (n, D), rows as v / 255."""
    torch = load_torch()
    shrink = torch.exp(-log_scales.clamp(min=_LEAST_LOG_SCALE))
    half = 0.5 / STEPS
    above, below = (rows + half - centres) * shrink, (rows - half - centres) * shrink
    # F(b) - F(a) = F(b) F(-a) (1 - exp(a - b)): no digits are lost far out on either side.
    within = (
        torch.nn.functional.logsigmoid(above)
        + torch.nn.functional.logsigmoid(-below)
        + log_of_one_minus_exp(2 * half * shrink)
    )
    black, white = rows < half, rows > 1 - half
    ends = torch.where(black, torch.nn.functional.logsigmoid(above), torch.nn.functional.logsigmoid(-below))
    return torch.where(black | white, ends, within)


def log_of_one_minus_exp(width: Tensor) -> Tensor:
    """Return log(1 - exp(-width)) of positive numbers."""
    torch = load_torch()
    return torch.where(width < log(2), torch.log(-torch.expm1(-width)), torch.log1p(-torch.exp(-width)))


def draw_levels(centres: Tensor, log_scales: Tensor) -> Tensor:
    """Draw levels (n, D), as v / 255."""
    torch = load_torch()
    uniform = torch.rand_like(centres).clamp(1e-6, 1 - 1e-6)
    drawn = centres + torch.exp(log_scales.clamp(min=_LEAST_LOG_SCALE)) * torch.logit(uniform)
    return torch.round(drawn.clamp(0.0, 1.0) * STEPS) / STEPS
