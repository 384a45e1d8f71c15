"""What every start owes: the tests walk the list."""

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES, make_blobs

from mixtura.engines.memory import Memory
from mixtura.forms import Diagonal
from mixtura.starts import STARTS, GivenMemberships, GivenParameters
from mixtura.starts.ground import Ground
from mixtura.starts.rows import DistinctRows
from mixtura.structures import STRUCTURES

STARTERS = list(STARTS)
DRAWN = [name for name in STARTERS if name != "hierarchical"]  # which draws nothing, so that no seed changes it


def ground_of(X, weights=None, k=3, name="full", reg_covar="auto"):
    return Ground.survey(Memory(X, weights), STRUCTURES[name], k, reg_covar)


def separated(n=200, seed=0):
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(4), n // 4)
    return rng.normal(size=(n, 2)) + 20 * np.array([[0, 0], [1, 0], [0, 1], [1, 1]])[groups], groups


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("family", SKLEARN_FAMILIES)
def test_a_start_has_the_asked_components_and_structure(name, family):
    blobs = make_blobs()
    ground = ground_of(blobs.X, blobs.weights, name=family)
    mixture = STARTS[name](ground, np.random.RandomState(0))
    assert mixture.n_components == 3
    assert ground.structure.publish(mixture.covariances.stored).shape == ground.structure.shape(3, 3)
    assert mixture.weights.sum() == pytest.approx(1)
    assert (mixture.weights > 0).all()


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_seed_gives_the_same_start(name):
    ground = ground_of(make_blobs().X)
    first, again, other = (STARTS[name](ground, np.random.RandomState(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.means, again.means)
    assert not np.array_equal(first.means, other.means)


@pytest.mark.parametrize("name", STARTERS)
def test_a_start_follows_the_scale_of_the_data(name):
    X = make_blobs().X
    small, large = (STARTS[name](ground_of(X * c), np.random.RandomState(0)) for c in (1e-6, 1e6))
    np.testing.assert_allclose(large.means, small.means * 1e12, rtol=1e-6)
    np.testing.assert_allclose(large.covariances.stored, small.covariances.stored * 1e24, rtol=1e-6)


@pytest.mark.parametrize("name", ["auto", "kmeans", "hierarchical", "k-means++", "random_from_data"])
def test_order_and_multiplicity_of_rows_do_not_matter(name):
    """A weight of 2 is the row twice, wherever the copies stand."""
    rng = np.random.default_rng(0)
    X, weights = make_blobs().X, rng.integers(1, 4, size=120)
    copies = np.repeat(X, weights, axis=0)
    rng.shuffle(copies)
    by_weight = STARTS[name](ground_of(X, weights.astype(float)), np.random.RandomState(0))
    by_copies = STARTS[name](ground_of(copies), np.random.RandomState(0))
    np.testing.assert_allclose(by_weight.means, by_copies.means, rtol=1e-9)
    np.testing.assert_allclose(by_weight.weights, by_copies.weights, rtol=1e-9)


@pytest.mark.parametrize("name", ["auto", "kmeans", "hierarchical", "k-means++"])
def test_far_groups_are_found(name):
    X, groups = separated()
    mixture = STARTS[name](ground_of(X, k=4), np.random.RandomState(0))
    centres = np.stack([X[groups == g].mean(axis=0) for g in range(4)])
    gaps = np.linalg.norm(mixture.means[:, None] - centres, axis=2).min(axis=0)
    assert gaps.max() < 1e-9
    np.testing.assert_allclose(mixture.weights, 0.25)


@pytest.mark.parametrize("name", ["auto", "kmeans", "hierarchical", "k-means++", "random_from_data"])
def test_fewer_distinct_rows_than_components_leave_some_empty(name):
    X = np.repeat([[0.0, 0.0], [1.0, 5.0]], 10, axis=0)
    mixture = STARTS[name](ground_of(X, k=4), np.random.RandomState(0))
    assert (mixture.weights > 0).sum() == 2
    assert mixture.n_components == 4


def test_a_sample_of_many_rows_is_bounded():
    X = np.random.default_rng(0).normal(size=(25_000, 2))
    sample = DistinctRows.of(ground_of(X), np.random.RandomState(0))
    assert len(sample.rows) == 10_000
    assert (sample.weights == 1).all()
    heavy = np.r_[np.full(24_999, 1e-9), 1.0]
    assert DistinctRows.of(ground_of(X, heavy), np.random.RandomState(0)).weights.max() == 1


def test_memberships_start_with_a_maximisation():
    blobs = make_blobs()
    ground = ground_of(blobs.X, reg_covar=0.0)
    mixture = GivenMemberships(lambda random: blobs.groups)(ground, np.random.RandomState(0))
    for k in range(3):
        rows = blobs.X[blobs.groups == k]
        np.testing.assert_allclose(mixture.means[k], rows.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(mixture.covariances.matrix(k), np.cov(rows.T, bias=True), rtol=1e-10)


def fail(ground, random):
    raise AssertionError("no start may run")


def test_with_all_parameters_given_no_start_runs():
    means = np.array([[0.0, 0], [5, 5]])
    given = GivenParameters(np.array([0.3, 0.7]), means, Diagonal(np.ones((2, 2))), otherwise=fail)
    mixture = given(ground_of(separated()[0], k=2, name="diag"), np.random.RandomState(0))
    assert np.array_equal(mixture.means, means)
    assert np.array_equal(mixture.weights, [0.3, 0.7])


def test_given_means_gather_their_own_rows_in_their_own_order():
    X, groups = separated()
    centres = np.stack([X[groups == g].mean(axis=0) for g in (2, 0, 3, 1)])
    mixture = GivenParameters(None, centres, None, otherwise=fail)(ground_of(X, k=4), np.random.RandomState(0))
    assert np.array_equal(mixture.means, centres)
    np.testing.assert_allclose(mixture.weights, 0.25)
    for k, g in enumerate((2, 0, 3, 1)):
        np.testing.assert_allclose(mixture.covariances.matrix(k), np.cov(X[groups == g].T, bias=True), atol=1e-3)


@pytest.mark.parametrize("with_weights", [True, False])
def test_without_means_given_covariances_go_where_they_fit(with_weights):
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(300, 2)) * [1, 5], rng.normal(size=(100, 2)) * [5, 1] + 60])
    truth = {True: (np.diag([1.0, 25.0]), 0.75), False: (np.diag([25.0, 1.0]), 0.25)}  # by whether the mean is near 0
    for order in ([True, False], [False, True]):
        form = STRUCTURES["full"].form(np.stack([truth[near][0] for near in order]), len(order), 2)
        weights = np.array([truth[near][1] for near in order]) if with_weights else None
        start = GivenParameters(weights, None, form, otherwise=STARTS["kmeans"])
        mixture = start(ground_of(X, k=2), np.random.RandomState(0))
        for k in range(2):
            near = bool(np.linalg.norm(mixture.means[k]) < 10)
            assert np.array_equal(mixture.covariances.matrix(k), truth[near][0])
            assert mixture.weights[k] == pytest.approx(truth[near][1])


def test_given_weights_alone_go_to_the_groups_of_that_size():
    X = np.vstack([separated()[0][:50], separated()[0][150:]])[:70]
    start = GivenParameters(np.array([0.25, 0.75]), None, None, otherwise=STARTS["kmeans"])
    mixture = start(ground_of(X, k=2), np.random.RandomState(0))
    assert mixture.weights[np.linalg.norm(mixture.means, axis=1).argmin()] == 0.75


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("family", ["full", "diag", "VEI"])  # the last maximises several times under one partition
@pytest.mark.parametrize(("d", "offset"), [(2, 0.0), (3, 1e6), (40, 0.0), (40, 1e6)])
def test_each_row_belongs_to_the_nearest_point(d, offset, family, single):
    """One sweep of tight components, or labels: against distances written out."""
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(3000, d)) * np.geomspace(0.1, 10, d) + offset).astype(np.float32 if single else np.float64)
    weights = rng.uniform(0.5, 2, size=3000)
    ground = ground_of(X, weights, k=5, name=family)
    points = X[:5].astype(np.float64)
    scaled = (X[:, None] - points) / np.sqrt(ground.whole.covariances.variances[0])
    expected = ground.from_memberships((scaled**2).sum(axis=2).argmin(axis=1))
    found = ground.from_points(points)
    np.testing.assert_allclose(found.weights, expected.weights, rtol=1e-12)
    np.testing.assert_allclose(found.means, expected.means, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.covariances.stored, expected.covariances.stored, rtol=1e-8, atol=1e-9)
