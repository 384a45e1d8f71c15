"""Contests, sketches and what is made of them: the better start wins, spurious ones do not, samples stay bounded."""

import numpy as np
import pytest
from conftest import make_blobs
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture, em
from mixtura.engines.memory import Memory
from mixtura.forms import NotPositiveDefiniteError
from mixtura.starts import STARTS
from mixtura.starts.contest import best_polished
from mixtura.starts.ground import Ground
from mixtura.starts.sketch import Sketch
from mixtura.structures import STRUCTURES


def ground_of(X, weights=None, k=3, name="full", reg_covar="auto"):
    return Ground.survey(Memory(X, weights), STRUCTURES[name], k, reg_covar)


def test_the_truth_wins_over_chance():
    blobs = make_blobs(600)
    ground = ground_of(blobs.X)
    chance = np.random.default_rng(0).integers(3, size=(5, 600))
    starts = [lambda labels=labels: ground.from_memberships(labels) for labels in (*chance, blobs.groups, *chance)]
    won = best_polished(starts, ground, ground)
    truth = em.run(
        ground.engine, ground.structure, starts[5](), em.StoppingRule(1e-6, 500), ground.regularisation
    ).mixture
    np.testing.assert_allclose(np.sort(won.weights), np.sort(truth.weights), atol=0.02)
    assert adjusted_rand_score(ground.engine.assign(won).labels, blobs.groups) > 0.9


def test_a_component_that_ran_onto_a_few_rows_loses_however_likely():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(100, 3)), rng.normal(size=(100, 3)) + 2.5])
    few = np.zeros(200, dtype=int)
    few[[3, 50, 120, 170]] = 1  # four rows in three dimensions: a component without volume
    ground = ground_of(X, k=2)
    likelihoods = []
    for labels in (few, np.repeat([0, 1], 100)):
        start = ground.from_memberships(labels)
        fit = em.run(ground.engine, ground.structure, start, em.StoppingRule(0.0, 30), ground.regularisation)
        likelihoods.append(fit.log_likelihood)
    starts = [lambda: ground.from_memberships(few), lambda: ground.from_memberships(np.repeat([0, 1], 100))]
    won = best_polished(starts, ground, ground)
    assert won.weights.min() > 0.3


def test_only_starts_that_are_all_singular_raise():
    X = np.random.default_rng(0).normal(size=(30, 2))
    ground = ground_of(X, k=2, reg_covar=0.0)
    alone = np.zeros(30, dtype=int)
    alone[0] = 1
    singular, sound = (lambda: ground.from_memberships(alone)), (lambda: ground.from_memberships(np.arange(30) % 2))
    assert best_polished([singular, sound], ground, ground).weights.min() > 0.1
    with pytest.raises(NotPositiveDefiniteError):
        best_polished([singular, singular], ground, ground)


def test_a_sketch_of_few_rows_is_all_of_them_once():
    X = np.repeat(make_blobs(100).X, 2, axis=0)
    sketch = Sketch.of(Memory(X))
    assert sketch.rows.shape == (100, 3)
    assert np.array_equal(sketch.counts, np.ones(100))  # in units of the commonest
    assert np.array_equal(sketch.rows[sketch.places], X)


def test_a_sketch_is_bounded_and_remembered():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 2))
    sketch = Sketch.of(Memory(X))
    assert sketch.rows.shape == (2000, 2)
    assert sketch.places is None
    assert Sketch.of(Memory(X.copy())) is sketch
    assert Sketch.of(Memory(X.copy())).tree is sketch.tree
    assert Sketch.of(Memory(X, rng.uniform(1, 2, 5000))) is not sketch
    for seed in range(6):
        Sketch.of(Memory(rng.normal(size=(20 + seed, 2))))
    assert Sketch.of(Memory(X)) is not sketch


@pytest.mark.parametrize("start", ["auto", "hierarchical", "short-em"])
def test_a_sample_serves_all_rows(start):
    rng = np.random.default_rng(0)
    groups = rng.integers(3, size=9000)
    X = rng.normal(size=(9000, 4)) * [1, 5, 1, 20] + 15 * np.eye(3, 4)[groups]
    mixture = STARTS[start](ground_of(X), np.random.RandomState(0))
    np.testing.assert_allclose(mixture.weights @ mixture.means, X.mean(axis=0), atol=1e-10)
    assert adjusted_rand_score(Memory(X).assign(mixture).labels, groups) > 0.99


def test_auto_begins_one_component_where_it_ends():
    X = make_blobs().X
    gmm = GaussianMixture(1, init_params="auto").fit(X)
    assert gmm.n_iter_ == 2  # the first changes nothing, which ends the run after the second
    assert gmm.lower_bounds_[1] == pytest.approx(gmm.lower_bounds_[0], rel=1e-14)
    np.testing.assert_allclose(gmm.means_[0], X.mean(axis=0))


def test_many_features_are_compared_one_by_one_and_begin_alike():
    rng = np.random.default_rng(0)
    groups = rng.integers(2, size=400)
    X = rng.normal(size=(400, 140)) + 2.0 * groups[:, None]
    for family in ("diag", "tied"):
        mixture = STARTS["auto"](ground_of(X, k=2, name=family), np.random.RandomState(0))
        assert adjusted_rand_score(Memory(X).assign(mixture).labels, groups) == 1.0
