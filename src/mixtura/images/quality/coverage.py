r"""Density and coverage: precision and recall that outliers cannot lift.

With balls around the n real features alone, each reaching to its k-th nearest real neighbour: density counts in how
many balls a generated image lies, coverage in how many balls any generated image lies (Naeem et al. 2020, section 3.2,
with their k = 5),

.. math:: \text{density} = \frac1{k m} \sum_{j=1}^m \sum_{i=1}^n [y_j \in B_i], \qquad
          \text{coverage} = \frac1n \sum_{i=1}^n [\exists j: y_j \in B_i].

Floor: for two samples of one distribution, of equal size, density is 1 and coverage 1 - 2^-k, nearly (their section
3.3: 0.97 for k = 5). On Fashion-MNIST `Assessor.floor`, 10,000 test images against as many training images on the
features of `ImageClassifier`, has 1.02 and .970. Pitfalls: density above 1 means images huddled where real ones are
densest, not better ones. Coverage depends on the number of generated images: give as many as real ones.

References
----------
M. F. Naeem, S. J. Oh, Y. Uh, Y. Choi, J. Yoo (2020), Reliable fidelity and diversity metrics for generative
models. ICML.
"""

from dataclasses import dataclass
from typing import Any

from mixtura.checks import check_count
from mixtura.images.quality.balls import Balls
from mixtura.images.quality.rows import read_pair

__all__ = ["DensityCoverage", "density_coverage"]


@dataclass(frozen=True)
class DensityCoverage:
    """Both measures.

    Attributes
    ----------
    density : float
        Fidelity: 1 in expectation for real images, and may exceed it.
    coverage : float
        Variety: the share of real images with a generated one nearby.
    """

    density: float
    coverage: float


def density_coverage(real: Any, generated: Any, *, n_neighbours: int = 5) -> DensityCoverage:
    """Measure how densely, and how completely, generated features fill the balls around real ones.

    Parameters
    ----------
    real, generated : array-like (n, F) and (m, F)
        Features of real and of generated images; as many of each. The time is that of 2 n^2 distances.
    n_neighbours : int, default=5
        k.

    Raises
    ------
    ValueError
        For k rows or fewer, numbers that are not finite, or unlike numbers of features.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(2000, 2))
    >>> found = density_coverage(points[:1000], points[1000:])
    >>> round(found.density), round(found.coverage, 1)
    (1, 1.0)
    """
    n_neighbours = check_count("n_neighbours", n_neighbours, 1)
    first, second = read_pair(real, generated, least=n_neighbours + 1)
    found = Balls.around(first, n_neighbours).holding(second)
    return DensityCoverage(float(found.balls.mean()) / n_neighbours, float((found.points > 0).mean()))
