"""The automatic start: cheap guesses of unlike kinds, of which the likelihood chooses after a few iterations."""

from collections.abc import Callable

from numpy.random import RandomState

from mixtura import em
from mixtura.forms import Form
from mixtura.mixture import Mixture
from mixtura.starts.contest import best_polished
from mixtura.starts.ground import Ground
from mixtura.starts.kmeans import _centres, _metrics
from mixtura.starts.rows import DistinctRows
from mixtura.starts.sketch import Sketch

__all__ = ["automatic"]


def automatic(ground: Ground, random: RandomState) -> Mixture:
    """Begin with the best of a hierarchical clustering and of k-means in several metrics, each polished by EM.

    All of it happens on a sample of at most 2,000 rows.
    """
    sketch = Sketch.of(ground.engine)
    small = sketch.ground(ground)
    if ground.n_components == 1:
        return ground.whole
    sample = DistinctRows.of(small, random)

    def cells(metric: Form) -> Callable[[], Mixture]:
        return lambda: small.from_points(_centres(sample, metric, small, random), metric)

    starts = [cells(metric) for metric in _metrics(ground.whole.covariances)]
    starts.append(lambda: small.from_memberships(sketch.tree.cut(ground.n_components)))
    best = best_polished(starts, small)
    moments = em.expect(ground.engine, best, ground.structure.need)
    return em.maximise(ground.structure, moments, best, ground.regularisation)
