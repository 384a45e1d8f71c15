"""Precision and recall: how many generated images are like real ones, and how many real ones are like generated ones?

Each set stands for its manifold: the union of balls around its features, each reaching to the k-th nearest neighbour
in its own set. Precision is the share of generated images in the manifold of the real ones, recall the share of real
images in that of the generated ones (Kynkaanniemi et al. 2019, equation 1, with their k = 3).

Floor: what real test images and as many training images get, ``precision_recall(features(test), features(train))`` or
`Assessor.floor`. It has no closed form, and is well below 1 for small k: on Fashion-MNIST, with k = 3 and 10,000 images
on either side, .836 and .829 on the features of `ImageClassifier`. Pitfalls: one real outlier has a large ball, and one
generated outlier raises recall with a ball that covers much; `coverage` is made against that. Both depend on how many
images there are: give as many of each. Blurred images lie amid all and have high precision.

References
----------
T. Kynkaanniemi, T. Karras, S. Laine, J. Lehtinen, T. Aila (2019), Improved precision and recall metric for assessing
generative models. NeurIPS.
"""

from dataclasses import dataclass
from typing import Any

from mixtura.checks import check_count
from mixtura.images.quality.balls import Balls
from mixtura.images.quality.rows import read_pair

__all__ = ["PrecisionRecall", "precision_recall"]


@dataclass(frozen=True)
class PrecisionRecall:
    """Both shares, from 0 to 1.

    Attributes
    ----------
    precision : float
        Generated images that are like real ones: fidelity.
    recall : float
        Real images that are like generated ones: variety.
    """

    precision: float
    recall: float


def precision_recall(real: Any, generated: Any, *, n_neighbours: int = 3) -> PrecisionRecall:
    """Measure how far the manifolds of real and generated features hold one another.

    Parameters
    ----------
    real, generated : array-like (n, F) and (m, F)
        Features of real and of generated images; as many of each. The time is that of 4 n^2 distances.
    n_neighbours : int, default=3
        k.

    Raises
    ------
    ValueError
        For k rows or fewer, numbers that are not finite, or unlike numbers of features.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(800, 2))
    >>> found = precision_recall(points[:400], points[400:] / 10)
    >>> found.precision, found.recall < 0.1
    (1.0, True)
    """
    n_neighbours = check_count("n_neighbours", n_neighbours, 1)
    first, second = read_pair(real, generated, least=n_neighbours + 1)
    within = Balls.around(first, n_neighbours).holding(second)
    without = Balls.around(second, n_neighbours).holding(first)
    return PrecisionRecall(float((within.balls > 0).mean()), float((without.balls > 0).mean()))
