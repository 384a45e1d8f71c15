"""Starts from rows: components begin at rows of the data, drawn evenly or far apart.

Every row then belongs to the nearest of them, so the start has sensible weights and covariances from the beginning.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from sklearn.cluster import kmeans_plusplus

from mixtura.arrays import FloatArray
from mixtura.mixture import Mixture
from mixtura.starts.ground import Ground

__all__ = ["DistinctRows", "at_random", "k_means_plus_plus", "random_rows"]

_SAMPLE_ROWS = 10_000
_FEWEST_ROWS = 5_000
_SAMPLE_NUMBERS = 2**19
"""Rows of many features are fewer, so that a sample holds 4 MiB, and no more than the fewest rows need."""


@dataclass(frozen=True, eq=False)
class DistinctRows:
    """Distinct rows in a fixed order, with the weight of all their copies.

    A start that draws from these depends neither on the order of the rows nor on whether a weight of 2 is written as
    two rows. From more than 10,000 rows (5,000 of many features, 200 per component) a sample is drawn
    first, heavy rows more often.
    """

    rows: FloatArray  # (n, D)
    weights: FloatArray  # (n,)

    @classmethod
    def of(cls, ground: Ground, random: RandomState) -> "DistinctRows":
        """Collect the distinct rows of the ground, or of a sample of it."""
        rows, weights = ground.engine.rows, ground.engine.weights
        held = min(_SAMPLE_ROWS, _SAMPLE_NUMBERS // rows.shape[1])
        most = max(_FEWEST_ROWS, held, 200 * ground.n_components)
        if len(rows) > most:
            if weights is None:
                # Of very many, drawn twice is as good as drawn once, and costs nothing that grows with the rows.
                many = len(rows) > 10 * most
                chosen = random.randint(len(rows), size=most) if many else random.permutation(len(rows))[:most]
                chosen = np.unique(chosen)
            else:
                draws = random.multinomial(most, weights / weights.sum())
                chosen = np.flatnonzero(draws)
                weights = draws[chosen].astype(np.float64)
            rows = rows[chosen]
        rows = rows.astype(np.float64)
        order = np.argsort(rows[:, 0])
        if (np.diff(rows[order, 0]) > 0).all():  # no two are alike, as their first numbers tell
            shares = np.ones(len(rows)) if weights is None else weights[order]
            return cls(rows[order], shares / shares.max())
        distinct, copies = np.unique(rows, axis=0, return_inverse=True)
        shares = np.bincount(copies.ravel(), weights=weights, minlength=len(distinct)).astype(np.float64)
        return cls(distinct, shares / shares.max())

    def fill(self, points: FloatArray, n_components: int) -> FloatArray:
        """Repeat the last of fewer ``points`` (m, D) than components: the copies will hold no rows."""
        return points[np.minimum(np.arange(n_components), len(points) - 1)]


def random_rows(ground: Ground, random: RandomState) -> Mixture:
    """Begin at distinct rows drawn without replacement, in proportion to their weights."""
    return at_random(DistinctRows.of(ground, random), ground, random)


def at_random(sample: DistinctRows, ground: Ground, random: RandomState) -> Mixture:
    """Begin at rows of ``sample``, where that was taken before."""
    n_points = min(ground.n_components, len(sample.rows))
    chosen = random.choice(len(sample.rows), n_points, replace=False, p=sample.weights / sample.weights.sum())
    return ground.from_points(sample.fill(sample.rows[chosen], ground.n_components))


def k_means_plus_plus(ground: Ground, random: RandomState) -> Mixture:
    """Begin at rows that are drawn far apart.

    Each next row is drawn in proportion to its squared distance from those before it, features scaled to unit
    variance (Arthur and Vassilvitskii 2007, "k-means++", section 2.2).
    """
    sample = DistinctRows.of(ground, random)
    n_points = min(ground.n_components, len(sample.rows))
    scaled = (sample.rows - ground.whole.means[0]) / np.sqrt(ground.whole.covariances.variances[0])
    _, chosen = kmeans_plusplus(scaled, n_points, sample_weight=sample.weights, random_state=random)
    return ground.from_points(sample.fill(sample.rows[chosen], ground.n_components))
