"""Seeding: where k-means begins among many rows: more centres than wanted, of small samples, merged as Ward has it.

Centres drawn far apart miss some of many groups and put two into others, and Lloyd's steps hardly mend that. Twice as
many miss none, and a hierarchy over the few of them sees which belong together. All of that costs less than drawing
centres among all rows. Related: Bradley and Fayyad (1998), "Refining initial points for k-means clustering", who pool
the centres of several samples too, and Ward (1963), "Hierarchical grouping to optimize an objective function".
"""

import numpy as np
from numpy.random import RandomState

from mixtura.arrays import FloatArray
from mixtura.starts.lloyd import find_centres
from mixtura.starts.ward import ward_groups

__all__ = ["merged_centres", "sample_size"]

_SAMPLES = 3
_SURPLUS = 2
"""How many times more centres than wanted are found in each sample."""

_ITERATIONS = 3


def sample_size(n_clusters: int) -> int:
    """Return how many rows a sample has: enough to see every group."""
    return max(2000, 40 * n_clusters)


def merged_centres(rows: FloatArray, weights: FloatArray, n_clusters: int, random: RandomState) -> FloatArray:
    """Return centres (K, D) to begin k-means with among ``rows`` (n, D) of ``weights`` (n,), more than a sample has."""
    pool, masses = [], []
    for _ in range(_SAMPLES):
        chosen = random.choice(len(rows), sample_size(n_clusters), replace=False)
        centres, labels = find_centres(
            rows[chosen], weights[chosen], _SURPLUS * n_clusters, _ITERATIONS, random, trials=2
        )
        pool.append(centres)
        masses.append(np.bincount(labels, weights=weights[chosen], minlength=len(centres)))
    centres, mass = np.concatenate(pool), np.concatenate(masses)
    groups = ward_groups(centres, n_clusters)
    members = (groups == np.arange(n_clusters)[:, None]) * np.maximum(mass, np.finfo(float).tiny)  # (K, centres)
    members[groups.max() + 1 :, 0] = 1.0  # k-means moves a centre that is there twice
    merged: FloatArray = members @ centres / members.sum(axis=1, keepdims=True)
    return merged
