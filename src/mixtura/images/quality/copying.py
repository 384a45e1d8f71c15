r"""Memorisation: are generated images nearer to the training images than real new ones are?

For each generated and each held-out image take the distance d to the nearest training image. If the model has learned
by heart, generated distances are smaller. The statistic is the share of pairs (generated, held out) in which they are,
ties counted half, and its standard score under the hypothesis of no difference (Mann and Whitney 1947; as a test of
data copying Meehan, Chaudhuri and Dasgupta 2020, section 3, whose score is below 0 for copying; so is ours).

Floor: 0.5, score 0, for images that nobody can tell from held-out ones: `Assessor.floor` sets one half of the test
images against the other, and has a share of .499 on Fashion-MNIST. Pitfalls: blurred images are near to everything
without being copies, so on pixels a smooth model seems to copy; on features of a classifier less so. Bad images are far
from everything and hide copies among them: one score is a mean over the whole set.

References
----------
C. Meehan, K. Chaudhuri, S. Dasgupta (2020), A non-parametric test to detect data-copying in generative models. AISTATS.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import pairwise_distances_argmin_min

from mixtura.arrays import FloatArray
from mixtura.images.quality.rows import check_rows, read_pair
from mixtura.images.quality.stacks import parts

__all__ = ["Memorisation", "memorisation"]


@dataclass(frozen=True)
class Memorisation:
    """How near generated images are to training images.

    Attributes
    ----------
    nearer : float
        Share of pairs in which the generated image is nearer to the training images than the held-out one is.
    score : float
        Standard score: below -3 speaks of copying, above 3 of images that are unlike the training images.
    generated, held_out : float
        Median distance to the nearest training image.
    """

    nearer: float
    score: float
    generated: float
    held_out: float


def memorisation(training: Any, held_out: Any, generated: Any) -> Memorisation:
    """Compare how near generated and held-out rows are to the nearest training row.

    Parameters
    ----------
    training, held_out, generated : array-like (n, F), (m, F) and (l, F)
        Features of images, or pixels laid out as rows.

    Raises
    ------
    ValueError
        For no rows, numbers that are not finite, or unlike numbers of features.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(900, 4))
    >>> copies = points[:300] + 0.01
    >>> memorisation(points[:300], points[300:600], copies).score < -10
    True
    >>> abs(memorisation(points[:300], points[300:600], points[600:]).score) < 3
    True
    """
    known, new = read_pair(training, held_out, least=1)
    _, drawn = read_pair(training, check_rows("generated", generated, 1), least=1)
    origin: FloatArray = known.mean(axis=0)  # squared distances lose digits with the square of the distance from zero
    known = known - origin
    ours, theirs = _nearest(known, drawn, origin), _nearest(known, new, origin)
    n, m = len(ours), len(theirs)
    together = np.concatenate([ours, theirs])
    ranks = rankdata(together)
    above = float(ranks[:n].sum()) - n * (n + 1) / 2  # pairs in which the generated one is farther
    _, ties = np.unique(together, return_counts=True)
    shrunk = 1.0 - float((ties.astype(float) ** 3 - ties).sum()) / max(1, (n + m) ** 3 - (n + m))
    deviation = np.sqrt(n * m * (n + m + 1) / 12 * shrunk)
    score = (above - n * m / 2) / deviation if deviation > 0 else 0.0
    return Memorisation(1.0 - above / (n * m), float(score), float(np.median(ours)), float(np.median(theirs)))


def _nearest(known: FloatArray, asked: FloatArray, origin: FloatArray) -> FloatArray:
    """Return the distance from each row asked (m, F), less the origin (F,), to the nearest known row (m,)."""
    found = np.empty(len(asked))
    for part in parts(len(asked), asked.shape[1]):
        found[part] = pairwise_distances_argmin_min(asked[part] - origin, known)[1]
    return found
