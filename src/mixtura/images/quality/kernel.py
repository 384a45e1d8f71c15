r"""Kernel distance: how far apart are real and generated features, in all moments up to the third?

The squared maximum mean discrepancy (Gretton et al. 2012, equation 4) with the kernel

.. math:: k(x, y) = \Bigl( \frac{x^T y}{F} + 1 \Bigr)^3

of features of length F (Binkowski et al. 2018, section 4). It is unbiased for any number of images, as the Frechet
distance is not; the value is the mean over `n_subsets` pairs of subsets. These overlap, so that their spread alone says
how sure the mean over all subsets is, and not how sure the distance of the distributions. The standard error is that of
the jackknife which leaves out all rows but those of a subset (Shao and Wu 1989, section 2): with subsets of s of n rows
and a standard deviation v over b subsets

.. math:: \Bigl(v^2 \frac{s}{n - s} + \frac{v^2}{b}\Bigr)^{1/2}.

Where real and generated features do not differ the spread falls faster with n than that, and the error is overstated.

Floor: 0, up to the standard error; the value may be below 0. On Fashion-MNIST `Assessor.floor`, 10,000 test images
against as many training images, has -1.6 with a standard error of 1.0, where models have 20 to 600. Pitfalls: the scale
is that of the features, so only figures on one classifier compare. A model that hands out its training images passes.

References
----------
M. Binkowski, D. J. Sutherland, M. Arbel, A. Gretton (2018), Demystifying MMD GANs. ICLR.

J. Shao, C. F. J. Wu (1989), A general theory for jackknife variance estimation. The Annals of Statistics 17.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.checks import check_count
from mixtura.images.quality.rows import read_pair
from mixtura.mixture import random_source

__all__ = ["KernelDistance", "kernel_distance"]


@dataclass(frozen=True)
class KernelDistance:
    """The distance, and how sure it is.

    Attributes
    ----------
    value : float
        0 in expectation where both sets come from one distribution.
    standard_error : float
        Of the value; NaN where a subset holds all rows of either set, and where there is one subset.
    """

    value: float
    standard_error: float


def kernel_distance(
    real: Any, generated: Any, *, n_subsets: int = 50, subset_size: int = 1000, random_state: Any = None
) -> KernelDistance:
    """Measure the maximum mean discrepancy of two sets of features with a cubic kernel.

    Parameters
    ----------
    real, generated : array-like (n, F) and (m, F)
        Features of real and of generated images.
    n_subsets : int, default=50
        Pairs of subsets; one where they are all rows of both.
    subset_size : int, default=1000
        Rows of each, at most n and m.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the subsets.

    Raises
    ------
    ValueError
        For fewer than two rows, numbers that are not finite, or unlike numbers of features.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(2000, 3))
    >>> few = {"n_subsets": 5, "random_state": 0}
    >>> found = kernel_distance(points[:1000], points[1000:], **few)
    >>> abs(found.value) < 0.1 < kernel_distance(points[:1000], 2 * points[1000:], **few).value
    True
    """
    first, second = read_pair(real, generated, least=2)
    n_subsets = check_count("n_subsets", n_subsets, 1)
    size = min(check_count("subset_size", subset_size, 2), len(first), len(second))
    if size == len(first) == len(second):
        n_subsets = 1  # the others would be the same rows in another order
    random = random_source(random_state)
    values = np.empty(n_subsets)
    for number in range(n_subsets):
        chosen = [rows[random.choice(len(rows), size, replace=False)] for rows in (first, second)]
        values[number] = _discrepancy(*chosen)
    left_out = min(len(first), len(second)) - size
    known = n_subsets > 1 and left_out > 0
    error = float(values.std(ddof=1)) * sqrt(size / left_out + 1 / n_subsets) if known else float("nan")
    return KernelDistance(float(values.mean()), error)


def _discrepancy(x: FloatArray, y: FloatArray) -> float:
    """Return the unbiased estimate from as many rows of each (n, F)."""
    n = len(x)
    inner = [_kernel(one, one) for one in (x, y)]
    alike = sum((float(kernel.sum()) - float(np.trace(kernel))) / (n * (n - 1)) for kernel in inner)
    return alike - 2.0 * float(_kernel(x, y).mean())


def _kernel(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the kernel of all pairs (n, m)."""
    base: FloatArray = x @ y.T
    base /= x.shape[1]
    base += 1.0
    return base * base * base  # a general power takes ten times as long
