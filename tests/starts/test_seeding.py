"""Where k-means begins among many rows."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.engines.memory import Memory
from mixtura.needs import TRACE
from mixtura.starts import kmeans, lloyd, seeding
from mixtura.starts.ground import Ground
from mixtura.starts.rows import DistinctRows
from mixtura.structures import STRUCTURES

PORTABLE = pytest.mark.parametrize("portable", [False, True])


def many_groups(n_rows=9000, n_features=8, n_groups=30):
    rng = np.random.default_rng(0)
    groups = rng.integers(n_groups, size=n_rows)
    return rng.normal(size=(n_rows, n_features)) + 6 * rng.normal(size=(n_groups, n_features))[groups], groups


@PORTABLE
def test_no_group_is_missed(portable, monkeypatch):
    """Centres drawn far apart among all rows miss some, and Lloyd's steps do not mend it."""
    if portable:
        monkeypatch.setattr("mixtura.starts.lloyd.compiled", lambda: None)
    X, groups = many_groups()
    merged, drawn = [], []
    for seed in range(6):
        begin = seeding.merged_centres(X, np.ones(len(X)), 30, np.random.RandomState(seed))
        merged.append(adjusted_rand_score(lloyd.move_centres(X, np.ones(len(X)), begin, 20)[1], groups))
        random = np.random.RandomState(seed)
        drawn.append(adjusted_rand_score(lloyd.find_centres(X, np.ones(len(X)), 30, 20, random)[1], groups))
    assert min(merged) > 0.999
    assert min(drawn) < 0.97


def test_a_fit_with_default_settings_finds_every_group():
    X, groups = many_groups()
    gmm = GaussianMixture(30, covariance_type="spherical", random_state=0).fit(X)
    assert adjusted_rand_score(gmm.predict(X), groups) > 0.999


def test_a_heavy_row_moves_the_centre_that_it_belongs_to():
    X, _ = many_groups(n_groups=2)
    weights = np.ones(len(X))
    light = seeding.merged_centres(X, weights, 2, np.random.RandomState(0))
    far = np.argmax(X[:, 0])
    weights[:] = 1e-6
    weights[far] = 1e6
    heavy = [seeding.merged_centres(X, weights, 2, np.random.RandomState(seed)) for seed in range(8)]
    nearest = [np.abs(centres - X[far]).max(axis=1).min() for centres in heavy]
    assert min(nearest) < 1e-6  # of the samples that it is in
    assert np.abs(light - X[far]).max(axis=1).min() > 1


def test_fewer_places_than_centres():
    X = np.repeat(np.arange(3.0)[:, None], 2000, axis=0)
    begin = seeding.merged_centres(X, np.ones(len(X)), 5, np.random.RandomState(0))
    assert begin.shape == (5, 1)
    np.testing.assert_allclose(begin, np.round(begin), atol=1e-12)
    moved, labels = lloyd.move_centres(X, np.ones(len(X)), begin, 20)
    np.testing.assert_allclose(np.unique(np.round(moved, 9)), [0, 1, 2])
    assert all(len(np.unique(X[labels == k])) <= 1 for k in range(5))  # two places are never one cluster


@PORTABLE
def test_given_centres_move_as_those_of_scikit_learn(portable, monkeypatch):
    if portable:
        monkeypatch.setattr("mixtura.starts.lloyd.compiled", lambda: None)
    X, _ = many_groups(500, 3, 4)
    weights = np.random.default_rng(1).uniform(0.5, 2, size=500)
    begin = X[:4].copy()
    centres, labels = lloyd.move_centres(X, weights, begin, 5)
    model = KMeans(4, init=X[:4], n_init=1, max_iter=5).fit(X, sample_weight=weights)
    np.testing.assert_allclose(centres, model.cluster_centers_, rtol=1e-9)
    assert np.array_equal(labels, model.labels_)
    assert np.array_equal(begin, X[:4])  # what was given stays


@pytest.mark.parametrize("weighted", [False, True])
def test_rows_that_differ_in_the_first_feature_are_sorted_without_a_search_for_copies(weighted):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3))
    weights = rng.uniform(1, 2, size=50) if weighted else None
    ground = Ground.survey(Memory(X, weights), STRUCTURES["full"], 2, "auto")
    quick = DistinctRows.of(ground, np.random.RandomState(0))
    distinct, places = np.unique(X, axis=0, return_index=True)
    assert np.array_equal(quick.rows, distinct)
    shares = np.ones(50) if weights is None else weights[places]
    assert np.array_equal(quick.weights, shares / shares.max())


def test_a_cell_of_few_rows_of_a_sample_is_not_praised_for_fitting_them(monkeypatch):
    """Two groups in one cell, and 30 rows of 80 features in another: a likelihood without bound among so few."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(8), 1000)
    X = rng.normal(size=(8000, 80)) + 2.0 * rng.normal(size=(8, 80))[groups]
    ground = Ground.survey(Memory(X), STRUCTURES["full"], 8, "auto")
    likelihoods = []

    def cells(sample, metric, ground, random):
        labels = (sample.rows[:, None, ::8] - X.reshape(8, 1000, 80).mean(axis=1)[:, ::8]) ** 2
        labels = labels.sum(axis=2).argmin(axis=1)
        if not likelihoods:
            labels[labels == 7] = 6
            labels[np.flatnonzero(labels == 0)[:30]] = 7
        mixture = replace(ground, engine=Memory(sample.rows)).from_memberships(labels)
        likelihoods.append(Memory(sample.rows).sweep(mixture, TRACE).mean_log_likelihood)
        return np.stack([sample.rows[labels == k].mean(axis=0) for k in range(8)]), labels

    metric = kmeans.metrics_of(ground.whole.covariances)[0]
    monkeypatch.setattr(kmeans, "metrics_of", lambda whole: [metric, metric])
    monkeypatch.setattr(kmeans, "k_means_cells", cells)
    start = kmeans.k_means(ground, np.random.RandomState(0))
    assert likelihoods[0] > likelihoods[1]
    np.testing.assert_allclose(start.weights, 1 / 8, atol=1e-3)
