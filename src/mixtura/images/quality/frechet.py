r"""Frechet distance: how far apart are the Gaussians of real and of generated features?

With mean m and covariance C of the features of both sets, it is the squared 2-Wasserstein distance of these Gaussians,

.. math:: d^2 = |m_1 - m_2|^2 + \operatorname{tr}\bigl(C_1 + C_2 - 2 (C_1 C_2)^{1/2}\bigr)

(Frechet 1957; on features of a trained network Heusel et al. 2017, equation 6). Here the features are those of
`ImageClassifier`, so figures compare with one another and with no figure in print, which use another network.

Floor: that of real test images against as many training images; it is above 0, since covariances of finite samples
differ, and the fewer the images the larger (Chong and Forsyth 2020). State the number of images. `Assessor.floor` takes
it: on Fashion-MNIST 0.9 with 10,000 images on either side, 2.5 with 3,000 of three classes, 7.8 with 1,000 pullovers.

Pitfalls: never on pixels or their principal components: a mixture with full covariances has the mean and the covariance
of its training images exactly, so the distance is near 0 even for one Gaussian, and says nothing. On features it sees
two moments only. A model that hands out its training images passes.

References
----------
M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler, S. Hochreiter (2017), GANs trained by a two time-scale update rule
converge to a local Nash equilibrium. NeurIPS.

M. J. Chong, D. Forsyth (2020), Effectively unbiased FID and Inception score and where to find them. CVPR.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from mixtura.arrays import FloatArray
from mixtura.images.quality.rows import read_pair

__all__ = ["FrechetDistance", "frechet_distance"]


@dataclass(frozen=True)
class FrechetDistance:
    """The distance, and its two parts.

    Attributes
    ----------
    means : float
        Squared distance of the means.
    covariances : float
        What the covariances add.
    n_real, n_generated : int
        Images on either side.
    """

    means: float
    covariances: float
    n_real: int
    n_generated: int

    @property
    def value(self) -> float:
        """The whole, d squared; 0 for equal Gaussians."""
        return self.means + self.covariances


def frechet_distance(real: Any, generated: Any) -> FrechetDistance:
    """Measure the distance between the Gaussians of two sets of features.

    Parameters
    ----------
    real, generated : array-like (n, F) and (m, F)
        Features of real and of generated images; many more rows than F.

    Raises
    ------
    ValueError
        For fewer than two rows, numbers that are not finite, or unlike numbers of features.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(1000, 3))
    >>> round(frechet_distance(points, points + [3.0, 0.0, 4.0]).value, 6)
    25.0
    """
    first, second = read_pair(real, generated, least=2)
    shift = first.mean(axis=0) - second.mean(axis=0)
    one, other = (np.atleast_2d(np.cov(rows.T)) for rows in (first, second))
    # The eigenvalues of C1 C2 are the squared singular values of R1' R2, with C = R R': real, and never negative.
    with threadpool_limits(1, user_api="blas"):  # a second thread gains little, and costs tenfold on shared cores
        shared = np.linalg.svd(_root(one) @ _root(other), compute_uv=False)
    apart = float(np.trace(one) + np.trace(other) - 2.0 * shared.sum())
    return FrechetDistance(float(shift @ shift), max(0.0, apart), len(first), len(second))


def _root(covariance: FloatArray) -> FloatArray:
    """Return the symmetric square root (F, F) of a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    root: FloatArray = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root
