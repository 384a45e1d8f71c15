"""The k-means start: clusters of the rows in several units, of which the likelihood chooses."""

from dataclasses import replace

import numpy as np
from numpy.random import RandomState

from mixtura.arrays import FloatArray, IntArray
from mixtura.engines.memory import Memory
from mixtura.forms import Dense, Diagonal, Form, NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.needs import TRACE
from mixtura.starts.ground import Ground
from mixtura.starts.lloyd import find_centres, move_centres
from mixtura.starts.rows import DistinctRows
from mixtura.starts.seeding import merged_centres, sample_size

__all__ = ["k_means", "k_means_cells", "metrics_of"]

_ITERATIONS = 20
"""Enough for a start: EM moves the borders further than the last iterations of k-means would."""


def k_means(ground: Ground, random: RandomState) -> Mixture:
    """Begin with the cells of k-means centres among the distinct rows (``lloyd``).

    K-means depends on units, so it is tried in several, and the start of the highest likelihood is kept: features as
    they are, which serves where units are alike; features scaled to unit variance, where units differ; and, where the
    family has correlations, in the covariance of all rows, where groups are long and parallel. Fewer distinct rows than
    components leave components without rows; EM's outcome says so. The contest is held among the distinct rows, or a
    sample of many, so that its cost is bounded; all rows then gather around the centres that won. Of a sample, cells
    with too few rows for their parameters are praised for fitting them too well, so the start with fewer of those comes
    first.
    """
    sample = DistinctRows.of(ground, random)
    every_row = len(ground.engine.rows) <= len(sample.rows)
    small = replace(ground, engine=Memory(sample.rows, sample.weights))
    tried: list[tuple[int, float, Mixture | None, FloatArray, Form]] = []
    singular = None
    for metric in metrics_of(ground.whole.covariances):
        centres, labels = k_means_cells(sample, metric, ground, random)
        try:
            start = small.from_memberships(labels)
        except NotPositiveDefiniteError as error:
            singular = error
        else:
            likelihood = small.engine.sweep(start, TRACE).mean_log_likelihood
            starved = 0 if every_row else _starved(labels, ground)
            tried.append((starved, likelihood, start if every_row else None, centres, metric))
    if singular is not None and not tried:
        raise singular
    fewest = min(starved for starved, *_ in tried)
    most = max(likelihood for starved, likelihood, *_ in tried if starved == fewest)
    enough = most - 1e-9 * abs(most)  # starts alike but for rounding: the first, always
    won = next(attempt for attempt in tried if attempt[0] == fewest and attempt[1] >= enough)
    _, _, begun, centres, metric = won
    return begun or ground.from_points(centres, metric)


def _starved(labels: IntArray, ground: Ground) -> int:
    """Return how many cells have fewer than two numbers for each parameter that a component adds."""
    count, n_features = ground.n_components, ground.whole.n_features
    added = ground.structure.n_parameters(count + 1, n_features) - ground.structure.n_parameters(count, n_features)
    return int((np.bincount(labels, minlength=count) * n_features < 2 * added).sum())


def metrics_of(whole: Form) -> list[Form]:
    """Return covariances to measure distances in: a ball, the variances of all rows, their covariance; no two alike.

    Variances within a factor of four are nearly a ball: k-means then finds the same groups in both.
    """
    variances = whole.variances  # (1, D)
    metrics: list[Form] = [Diagonal(np.full_like(variances, variances.max()))]
    if variances.max() > 4.0 * variances.min():
        metrics.append(Diagonal(variances))
    if isinstance(whole, Dense) and whole.n_features > 1:  # in that of a few directions, those alone would count
        metrics.append(whole)
    return metrics


def k_means_cells(
    sample: DistinctRows, metric: Form, ground: Ground, random: RandomState
) -> tuple[FloatArray, IntArray]:
    """Return k-means centres (K, D) of rows that are white in ``metric``, and the nearest to each row (n,)."""
    middle = ground.whole.means[0]
    n_clusters = min(ground.n_components, len(sample.rows))
    white = metric.whiten(0, sample.rows - middle)
    if n_clusters > 1 and len(white) > 2 * sample_size(n_clusters):
        begin = merged_centres(white, sample.weights, n_clusters, random)
        centres, labels = move_centres(white, sample.weights, begin, _ITERATIONS)
    else:
        centres, labels = find_centres(white, sample.weights, n_clusters, _ITERATIONS, random)
    return sample.fill(metric.colour(0, centres) + middle, ground.n_components), labels
