r"""Grey levels: what an image of bytes says, and does not say, about intensities.

A byte v stands for the intensity :math:`x = v / 255`, and for all intensities that round to it. A density of the
bytes themselves has no upper bound: in clothes on black ground half of the pixels are exactly 0, and a Gaussian that
is narrow enough on them has any likelihood one likes. So a byte is spread evenly over its own level before a density
is asked for (uniform dequantisation, Theis, van den Oord and Bethge 2016, section 3.1):

.. math:: x = (v + u - 1/2) / 255, \quad u \sim U[0, 1).

The noise is centred on the value that the model was trained on. The form (v + u) / 256 that one reads elsewhere, with
training on (v + 1/2) / 256, differs by one and the same affine map of both; all figures below are then the same.

Training needs no draws: bytes as they are, with the variance of that noise added to every variance of the model, have
the second moments that dequantised images have on average.

Bits that are counted so are an upper bound, twice. By Jensen's inequality the mean log-density of dequantised values,
in units of one level, is at most the log-probability that the model gives the bytes: the mass P(v) on the cube of side
one level around v. And these masses need not sum to one: dequantised images of D pixels fill the box B from -1/510 to
1 + 1/510, and a density on all of R^D, such as a Gaussian mixture, has mass outside of it. The same density restricted
to B gives an image P(v) / P(B), which is no less as P(B) <= 1; so a code for the bytes exists that takes
log2(1 / P(B)) / D fewer bits for a pixel, and the bits without that are its upper bound. P(B) is an integral over D
dimensions that nothing here works out.

References
----------
L. Theis, A. van den Oord, M. Bethge (2016), A note on the evaluation of generative models. ICLR.
"""

from math import log

from mixtura.arrays import ByteArray, FloatArray
from mixtura.mixture import RandomSource

STEPS = 255
"""Steps from black to white."""

ROUNDING_VARIANCE = 1.0 / (12 * STEPS**2)
"""Variance of the intensities that one level stands for: 1.28e-6, a standard deviation of 0.29 levels."""


def dequantise(levels: ByteArray, random: RandomSource) -> FloatArray:
    """Spread bytes (n, D) evenly over their levels; return intensities (n, D), from -1/510 to 1 + 1/510."""
    spread: FloatArray = random.uniform(-0.5, 0.5, size=levels.shape)
    spread += levels
    spread /= STEPS
    return spread


def bits_per_dimension(log_density: float, n_pixels: int) -> float:
    r"""Turn nats for an image in units of intensity into bits for a pixel in units of one level.

    With :math:`y = 255 x` the density is :math:`p_Y(y) = 255^{-D} p_X(y / 255)`, hence

    .. math:: -\tfrac1D \log_2 p_Y = \log_2 255 - \frac{\log p_X}{D \log 2}.

    Examples
    --------
    >>> bits_per_dimension(0.0, n_pixels=784)  # density 1: all intensities from 0 to 1 alike
    7.99...
    """
    return (log(STEPS) - log_density / n_pixels) / log(2)
