"""The elbow: trees whose number of clusters is known beforehand."""

import numpy as np
import pytest
from scipy.stats import norm

from mixtura.clusters import MergeTree, merge_components
from mixtura.clusters.elbow import ELBOWS, elbow_of_clusters, elbow_of_overlaps, elbow_of_rows


def tree_of(overlaps, entropies=None, rows=None):
    """A tree of which only what elbows look at matters; values from the step to one cluster upwards."""
    steps = len(overlaps)
    pairs = [(0, 1)] if steps else []
    pairs += [(step + 1, steps + step) for step in range(1, steps)]
    entropies = np.arange(steps + 1.0) if entropies is None else entropies
    rows = np.ones(steps) if rows is None else rows
    return MergeTree(np.reshape(pairs, (-1, 2)), np.array(entropies), np.array(rows[::-1]), np.array(overlaps[::-1]))


@pytest.mark.parametrize(
    ("overlaps", "expected"),
    [
        ([], 1),
        ([0.2], 2),  # two hills with a valley between
        ([0.8], 1),  # one hill
        ([0.6, 0.7, 0.9], 1),
        ([1e-9, 1e-4, 1e-3], 4),  # nothing touches
        ([0.01, 0.10, 0.12, 0.15], 2),
        ([1e-30, 0.10, 0.12, 0.15], 2),
        ([1e-30, 0.003, 0.10, 0.12, 0.15], 3),  # what hardly touches is alike, however little it is
        ([0.05, 0.06, 0.07], 4),  # no contrast
        ([0.002, 0.03, 0.08, 0.09, 0.1], 2),  # parts of one cluster overlap by little, others not at all
        ([1e-9, 0.01, 0.02, 0.44, 0.52], 4),
    ],
)
def test_overlaps_fall_where_whole_clusters_are_joined(overlaps, expected):
    assert elbow_of_overlaps(tree_of(overlaps)) == expected


def test_two_lines_break_where_they_meet():
    entropies = [0, 1, 2, 12, 22, 32]
    tree = tree_of([0.1] * 5, entropies)
    assert elbow_of_clusters(tree) == elbow_of_rows(tree) == 3


def test_rows_weigh_the_steps():
    """Against clusters the entropy bends at 5; against rows it is one line up to 6."""
    entropies = [0.0, 1.0, 2.0, 3.0, 4.0, 14.0, 26.0, 38.0]
    assert elbow_of_clusters(tree_of([0.1] * 7, entropies)) == 5
    assert elbow_of_rows(tree_of([0.1] * 7, entropies, rows=[100, 100, 100, 100, 1000, 100, 100])) == 6


@pytest.mark.parametrize("name", ["clusters", "rows"])
def test_two_lines_need_three_points(name):
    assert ELBOWS[name](tree_of([])) == 1
    assert ELBOWS[name](tree_of([0.3])) == 2


@pytest.mark.parametrize(
    ("distance", "times", "overlap"),
    [(2.0, 1, 0.514), (4.25, 1, 0.065), (4.5, 1, 0.048), (4.5, 5, 0.053), (4.5, 20, 0.065)],
)
def test_the_limits_are_those_of_two_gaussians(distance, times, overlap):
    """What the constants of the rule are said to mean: two Gaussians, one so many times the other, on a grid."""
    x = np.linspace(-9, 9 + distance, 20001)
    joint = np.stack([times * norm.pdf(x), norm.pdf(x, distance)], axis=1)
    total = joint.sum(axis=1)
    tree = merge_components(joint / total[:, None], total)
    assert tree.overlaps[0] == pytest.approx(overlap, abs=5e-4)
