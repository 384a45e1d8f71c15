"""The merge tree: against a plain double loop, and what must hold of any tree."""

import pickle

import numpy as np
import pytest
from scipy.cluster.hierarchy import dendrogram, is_valid_linkage

from mixtura.clusters import MergeTree, merge_components


def memberships(n=80, k=6, seed=0, sharpness=0.3):
    return np.random.default_rng(seed).dirichlet(np.full(k, sharpness), size=n)


def entropy(shares, weights):
    return -sum(w * sum(t * np.log(t) for t in row if t > 0) for row, w in zip(shares, weights, strict=True))


def plain_merge(shares, weights):
    """Try every pair, keep the one whose union has the least entropy: groups and entropies at every number."""
    groups = [[k] for k in range(shares.shape[1])]
    levels = [(groups, entropy(shares, weights))]
    while len(groups) > 1:
        candidates = []
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                joined = [*groups[:i], sorted(groups[i] + groups[j]), *groups[i + 1 : j], *groups[j + 1 :]]
                combined = np.stack([shares[:, group].sum(axis=1) for group in joined], axis=1)
                candidates.append((entropy(combined, weights), joined))
        lowest, groups = min(candidates, key=lambda candidate: candidate[0])
        levels.append((groups, lowest))
    return levels[::-1]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("weighted", [False, True])
def test_the_tree_is_that_of_a_plain_double_loop(seed, weighted):
    shares = memberships(seed=seed, k=5)
    weights = np.random.default_rng(seed).uniform(0.5, 2, size=len(shares)) if weighted else np.ones(len(shares))
    tree = merge_components(shares, weights if weighted else None)
    for n_clusters, (groups, expected) in enumerate(plain_merge(shares, weights), start=1):
        assert tree.members(n_clusters) == tuple(sorted(tuple(group) for group in groups))
        assert tree.entropies[n_clusters - 1] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_entropy_falls_with_every_step_to_nothing():
    tree = merge_components(memberships(k=8))
    assert (np.diff(tree.entropies) > 0).all()
    assert tree.entropies[0] == pytest.approx(0, abs=1e-12)


def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row():
    shares = memberships()
    weights = np.tile([2, 1, 0, 1], 20)
    weighted, repeated = merge_components(shares, weights), merge_components(np.repeat(shares, weights, axis=0))
    np.testing.assert_array_equal(weighted.pairs, repeated.pairs)
    for name in ("entropies", "rows", "overlaps"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-12, atol=1e-12)


def test_permuted_components_give_the_same_clusters():
    shares = memberships(k=6, seed=3)
    order = np.array([3, 0, 5, 1, 4, 2])
    one, other = merge_components(shares), merge_components(shares[:, order])
    for n_clusters in range(1, 7):
        named = {tuple(sorted(int(order[k]) for k in group)) for group in other.members(n_clusters)}
        assert named == set(one.members(n_clusters))


def test_equal_components_overlap_wholly_and_certain_rows_not_at_all():
    same = np.full((10, 2), 0.5)
    apart = np.eye(2)[np.repeat([0, 1], 5)]
    assert merge_components(same).overlaps == pytest.approx([1.0])
    assert merge_components(apart).overlaps == pytest.approx([0.0])


@pytest.mark.parametrize("share", [0.5, 0.9, 0.999])
def test_components_in_one_proportion_everywhere_overlap_wholly_whatever_it_is(share):
    same = np.tile([share, 1 - share], (100, 1))
    assert merge_components(same).overlaps == pytest.approx([1.0])


def test_the_overlap_is_what_stays_unknown_of_the_component():
    """The entropy of the memberships, as a part of that where only the sizes are known."""
    for seed in range(5):
        shares = memberships(k=2, seed=seed)
        sizes = shares.mean(axis=0, keepdims=True)
        known, unknown = entropy(shares, np.ones(80)), entropy(sizes, [80.0])
        assert merge_components(shares).overlaps == pytest.approx([known / unknown], rel=1e-12)


def test_overlaps_are_between_nothing_and_all():
    for sharpness in (0.01, 0.3, 5.0):
        tree = merge_components(memberships(k=8, sharpness=sharpness), np.random.default_rng(0).uniform(0, 2, size=80))
        assert (tree.overlaps >= 0).all()
        assert (tree.overlaps <= 1).all()


def test_pairs_that_barely_touch_are_told_apart():
    """Differences of entropies would be lost in rounding here."""
    shares = np.array([[1.0, 1e-20, 0.0], [0.0, 1.0, 1e-18], [0.0, 0.0, 1.0]])
    assert merge_components(shares).members(2) == ((0,), (1, 2))


def test_a_subnormal_membership_does_no_harm():
    shares = np.array([[1.0, 5e-324], [0.0, 1.0]])
    tree = merge_components(shares)
    assert np.isfinite(tree.entropies).all()
    assert np.isfinite(tree.overlaps).all()


def test_scipy_draws_the_tree():
    tree = merge_components(memberships(k=7, seed=2))
    assert is_valid_linkage(tree.linkage, throw=True)
    assert sorted(dendrogram(tree.linkage, no_plot=True)["leaves"]) == list(range(7))
    assert tree.linkage[-1, 2] == pytest.approx(tree.entropies[-1])
    assert tree.linkage[-1, 3] == 7


def test_memberships_of_clusters_are_sums():
    shares = memberships()
    tree = merge_components(shares)
    combined = tree.combine(shares, 3)
    np.testing.assert_allclose(combined.sum(axis=1), 1.0)
    for column, group in zip(combined.T, tree.members(3), strict=True):
        np.testing.assert_allclose(column, shares[:, list(group)].sum(axis=1))
    assert tree.cluster_of(3)[list(tree.members(3)[1])].tolist() == [1] * len(tree.members(3)[1])


def test_one_component_is_a_tree_without_steps():
    tree = merge_components(np.ones((4, 1)))
    assert tree.n_components == 1
    assert tree.members(1) == ((0,),)
    assert tree.linkage.shape == (0, 4)


def test_a_tree_is_frozen_and_can_be_copied():
    tree = merge_components(memberships(k=3))
    with pytest.raises(ValueError, match="read-only"):
        tree.entropies[0] = 1.0
    again = pickle.loads(pickle.dumps(tree))
    np.testing.assert_array_equal(again.pairs, tree.pairs)
    with pytest.raises(ValueError, match="read-only"):
        again.pairs[0] = 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: merge_components(np.ones(3)), r"Got responsibilities of shape \(3,\), expected \(N, K\)"),
        (lambda: merge_components(np.array([[-0.1, 1.1]])), "entries of at least 0"),
        (lambda: merge_components(np.array([[np.nan, 1.0]])), "finite"),
        (lambda: merge_components(np.ones((2, 1)), [1.0]), r"Got sample_weight of shape \(1,\), expected \(2,\)"),
        (lambda: merge_components(np.ones((2, 1))).members(2), "Got n_clusters=2, expected 1 to 1"),
        (lambda: merge_components(np.ones((2, 1))).combine(np.ones((2, 3)), 1), r"expected \(N, 1\)"),
        (lambda: MergeTree(np.zeros((1, 2)), np.zeros(3), np.zeros(1), np.zeros(1)), "for 1 steps, expected"),
    ],
)
def test_errors_say_what_came_and_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()
