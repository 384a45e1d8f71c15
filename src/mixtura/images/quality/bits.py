r"""Held-out bits: how many bits for a pixel does the model's density take, on images that it has not seen?

.. math:: b = \log_2 255 - \frac1{D \log 2} \frac1n \sum_n \log p(x_n), \qquad x_n = (v_n + u_n - \tfrac12) / 255

with u uniform in [0, 1): bytes are spread evenly over their level and the density is taken in units of one level
(`mixtura.images.levels` derives it; Theis, van den Oord and Bethge 2016, section 3.1). The draws of u hardly matter for
many images; several show how little.

They are an upper bound of the bits of the bytes themselves: by Jensen's inequality for the spreading, and, for a
density on all of R^D, because the mass that it has outside of the box of images counts for nothing. Restriction to the
box would only raise the density (`mixtura.images.levels`).

Floor: the entropy of the images, for a pixel. Nobody knows it, and test images set against training images do not tell,
for a set of images has no density. It is at most what any code takes, on the test images of Fashion-MNIST 3.28 in print
and 3.304 here (`images.best_density_model`; ``mixtura study --reproduce bits`` measures it again). The figure of the
training images is no floor either: it lies below the truth as far as the model has learned them by heart. What no model
needs is 8. Pitfalls: un-dequantised pixels have an unbounded density. Bits are about every level of every pixel, so
noise that nobody sees weighs as much as shape: a model may draw bad images at good bits, and the reverse. It is the one
measure here that sees overfitting.

References
----------
L. Theis, A. van den Oord, M. Bethge (2016), A note on the evaluation of generative models. ICLR.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.checks import check_count
from mixtura.images.contract import ImageDensity
from mixtura.mixture import random_source

__all__ = ["HeldOutBits", "held_out_bits"]


@dataclass(frozen=True)
class HeldOutBits:
    """Bits per dimension.

    Attributes
    ----------
    value : float
        Mean over draws.
    spread : float
        Standard deviation over draws; NaN where there is one.
    n_images, n_draws : int
        How many.
    """

    value: float
    spread: float
    n_images: int
    n_draws: int


def held_out_bits(model: ImageDensity, images: Any, *, n_draws: int = 3, random_state: Any = None) -> HeldOutBits:
    """Ask a model for its bits per dimension, several times, each time with fresh noise.

    Parameters
    ----------
    model : fitted ImageMixture, or another with ``bits_per_dim``
    images : array-like of uint8 (n, height, width) or (n, height, width, channels)
        That the model was not fitted to.
    n_draws : int, default=3
        Passes over the images.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the draws.

    Raises
    ------
    ValueError
        For images that are not uint8, or that the model does not fit.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> from mixtura.images import ImageMixture
    >>> model = ImageMixture(16, 4, random_state=0).fit(load_digits_images().images)
    >>> found = held_out_bits(model, load_digits_images("test").images, random_state=0)
    >>> found.value < 8, found.spread < 0.01
    (True, True)
    """
    n_draws = check_count("n_draws", n_draws, 1)
    random = random_source(random_state)
    values = [float(model.bits_per_dim(images, random_state=random)) for _ in range(n_draws)]
    spread = float(np.std(values, ddof=1)) if n_draws > 1 else float("nan")
    return HeldOutBits(float(np.mean(values)), spread, len(images), n_draws)
