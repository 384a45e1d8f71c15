"""The automatic start: cheap guesses of unlike kinds, of which the likelihood chooses after a few iterations."""

from collections.abc import Callable

from numpy.random import RandomState

from mixtura.arrays import FloatArray, IntArray
from mixtura.forms import Form
from mixtura.mixture import Mixture
from mixtura.starts.contest import best_polished
from mixtura.starts.directions import Projection
from mixtura.starts.ground import Ground
from mixtura.starts.kmeans import k_means_cells, metrics_of
from mixtura.starts.lloyd import find_centres
from mixtura.starts.rows import DistinctRows, at_random
from mixtura.starts.sketch import Sketch

__all__ = ["automatic"]

_RANDOM = 8
"""Random starts beside the others."""

_ITERATIONS = 300
"""Of k-means on lines, at most: on few it takes few."""


def automatic(ground: Ground, random: RandomState) -> Mixture:
    """Begin with the best of several starts after a contest, all on a sample of at most 2,000 rows.

    K-means in up to three metrics finds compact groups; k-means on the lines on which rows fall apart (``directions``)
    finds long parallel ones; a hierarchical clustering finds groups of unequal size and shape; a few random starts
    find what all those overlook. Components that ran onto a few rows lose, however high their likelihood.
    """
    if ground.n_components == 1:
        return ground.whole
    sketch = Sketch.of(ground.engine)
    small = sketch.ground(ground)
    sample = DistinctRows(sketch.rows, sketch.counts)

    def cells(metric: Form) -> Callable[[], Mixture]:
        return lambda: small.from_points(k_means_cells(sample, metric, small, random)[0], metric)

    def lines(count: int) -> Callable[[], Mixture]:
        return lambda: small.from_memberships(_groups(sketch.lines.places[:, :count], sketch.counts, small, random))

    starts = [cells(metric) for metric in metrics_of(ground.whole.covariances)]
    starts += [lines(count) for count in _line_counts(sketch.lines, ground.n_components)]
    starts += [lambda: small.from_memberships(sketch.coarse_tree.cut(ground.n_components))]
    starts += [lambda: at_random(sample, small, random)] * _RANDOM
    return best_polished(starts, small, ground)


def _line_counts(lines: Projection, n_components: int) -> list[int]:
    """Return on how many lines to look at once: the clearest, all with groups, and as many as part K groups."""
    most = len(lines.gains)
    return sorted({min(count, most) for count in (1, int((lines.gains > 0.0).sum()), n_components - 1)} - {0})


def _groups(places: FloatArray, counts: FloatArray, ground: Ground, random: RandomState) -> IntArray:
    """Return labels (n,) of k-means clusters of ``places`` (n, m)."""
    return find_centres(places, counts, min(ground.n_components, len(places)), _ITERATIONS, random)[1]
