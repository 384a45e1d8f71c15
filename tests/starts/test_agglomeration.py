"""Merging groups: against the criterion written out over all partitions of one merge fewer, and its symmetries."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mixtura.starts.agglomeration import CRITERIA, Groups, agglomerate
from mixtura.starts.transformations import TRANSFORMATIONS
from mixtura.starts.tree import Tree

every_criterion = pytest.mark.parametrize("criterion", CRITERIA)


def rows_of(n=24, d=2, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) * rng.uniform(0.5, 2, size=d) + 4 * rng.integers(3, size=(n, 1))


def term(criterion: str, group: np.ndarray, alpha: float) -> float:
    """The term of one group, from its rows, in plain steps."""
    n, d = group.shape
    centred = group - group.mean(axis=0)
    trace = (centred**2).sum()
    if criterion == "EII":
        return trace
    inside = (trace + alpha) / n
    if criterion == "VVV" and n > d:
        inside += np.linalg.det(centred.T @ centred / n)
    return n * np.log(inside)


@every_criterion
@pytest.mark.parametrize("d", [1, 2, 4])
def test_every_merge_is_the_cheapest_of_all(criterion, d):
    rows = rows_of(d=d)
    alpha = rows.var(axis=0).mean()
    pairs = agglomerate(Groups.of(rows, np.ones(len(rows)), np.arange(len(rows))), CRITERIA[criterion])
    members = {i: [i] for i in range(len(rows))}
    for first, second in pairs:
        costs = {
            (i, j): term(criterion, rows[members[i] + members[j]], alpha)
            - term(criterion, rows[members[i]], alpha)
            - term(criterion, rows[members[j]], alpha)
            for i, j in combinations(sorted(members), 2)
        }
        assert costs[first, second] == pytest.approx(min(costs.values()), abs=1e-9)
        members[int(first)] += members.pop(int(second))
    assert sorted(members[0]) == list(range(len(rows)))


@every_criterion
def test_a_count_of_two_is_the_row_twice(criterion):
    rows = rows_of(seed=3)
    counts = np.random.default_rng(0).integers(1, 4, size=len(rows))
    copies = np.repeat(np.arange(len(rows)), counts)
    by_count = Groups.of(rows, counts.astype(float), np.arange(len(rows)))
    by_copies = Groups.of(rows[copies], np.ones(len(copies)), copies)
    np.testing.assert_allclose(by_count.counts, by_copies.counts)
    np.testing.assert_allclose(by_count.scatters, by_copies.scatters, atol=1e-12)
    assert np.array_equal(
        agglomerate(by_count, CRITERIA[criterion])[:-3], agglomerate(by_copies, CRITERIA[criterion])[:-3]
    )


@pytest.mark.parametrize("use", ["STD", "SPH", "PCR", "SVD"])
def test_units_do_not_matter(use):
    rows = rows_of(60, 3)
    ones = np.ones(60)
    tree = Tree.of(rows, ones, use)
    units = np.array([1.0, 1.0, 1.0]) * 1e-6 if use == "SPH" else np.array([1e-6, 1.0, 1e6])
    assert np.array_equal(tree.cut(5), Tree.of(rows * units + 3.0 * units, ones, use).cut(5))


def test_transformations_are_what_their_names_say():
    rows, counts = rows_of(50, 3), np.random.default_rng(1).integers(1, 4, 50).astype(float)
    spread = {
        use: np.cov(transform(rows, counts).T, fweights=counts.astype(int))
        for use, transform in TRANSFORMATIONS.items()
    }
    np.testing.assert_allclose(np.diag(spread["STD"]), 1.0)
    np.testing.assert_allclose(spread["SPH"] * (1 - 1 / counts.sum()), np.eye(3), atol=1e-12)
    for use, like in (("PCS", "VARS"), ("PCR", "STD")):
        np.testing.assert_allclose(np.sort(np.diag(spread[use])), np.linalg.eigvalsh(spread[like]))
        np.testing.assert_allclose(spread[use], np.diag(np.diag(spread[use])), atol=1e-12)
    np.testing.assert_allclose(np.diag(spread["SVD"]), np.sqrt(np.diag(spread["PCR"]) / (counts.sum() - 1)))


def test_a_constant_feature_and_equal_rows_have_a_tree_too():
    rows = np.column_stack([rows_of(30, 1), np.full(30, 7.0)])
    for use in TRANSFORMATIONS:
        assert len(np.unique(Tree.of(rows, np.ones(30), use).cut(3))) == 3
        assert np.array_equal(Tree.of(rows[:1], np.ones(1), use).cut(3), [0])


def test_cuts_are_nested_and_numbered_as_they_appear():
    tree = Tree.of(rows_of(80), np.ones(80))
    for k in range(1, 30):
        coarse, fine = tree.cut(k), tree.cut(k + 1)
        _, first = np.unique(fine, return_index=True)
        assert len(first) == k + 1
        assert (np.diff(first) > 0).all()
        assert all(len(np.unique(coarse[fine == group])) == 1 for group in range(k + 1))


def test_equal_costs_are_decided_alike_whatever_the_rounding():
    """Points of a lattice, in other units and elsewhere: many costs are equal but for rounding."""
    grid = np.stack(np.meshgrid(np.arange(6.0), np.arange(5.0), indexing="ij"), axis=-1).reshape(-1, 2)
    trees = [Tree.of(grid * unit + shift, np.ones(30), "STD") for unit, shift in ((1.0, 0.0), (0.1, 0.3), (7.7, -1e3))]
    for tree in trees[1:]:
        assert np.array_equal(tree.pairs, trees[0].pairs)


def test_many_rows_keep_their_groups():
    rng = np.random.default_rng(0)
    groups = rng.integers(4, size=1500)
    rows = rng.normal(size=(1500, 3)) * np.exp(rng.normal(size=(4, 3)))[groups] + 12 * np.eye(4, 3)[groups]
    trees = {coarse: Tree.of(rows, np.ones(1500), coarse=coarse) for coarse in (False, True)}
    assert len(trees[False].pairs) == 1499
    assert len(trees[True].pairs) < 200
    assert [adjusted_rand_score(groups, tree.cut(4)) > 0.98 for tree in trees.values()] == [True, True]
