"""Traps 9 to 11: where EM begins, and what it honours there."""

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture, Mixture
from mixtura.starts import STARTS, Ground

from .conftest import two_groups

every_family = pytest.mark.parametrize("family", SKLEARN_FAMILIES)
every_start = pytest.mark.parametrize("start", STARTS)
FROM_ROWS = [name for name in STARTS if name != "random"]


def begin(X, n_components=3, sample_weight=None, **parameters) -> Mixture:
    return GaussianMixture(n_components, max_iter=0, **parameters).fit(X, sample_weight=sample_weight).mixture_


def total_covariance(mixture: Mixture) -> np.ndarray:
    """Covariance (D, D) of the whole mixture: within components and between their means."""
    away = mixture.means - mixture.weights @ mixture.means
    parts = [mixture.covariances.matrix(k) + np.outer(m, m) for k, m in enumerate(away)]
    return np.einsum("k,kde->de", mixture.weights, np.stack(parts))


# Trap 9: scikit-learn starts with weights that sum to 0.002, covariances of 1e-6, or a tied covariance of thousands.
@every_family
@pytest.mark.parametrize("start", FROM_ROWS)
@pytest.mark.parametrize("seed", range(3))
def test_a_start_from_rows_accounts_for_all_rows(family, start, seed):
    X = two_groups(d=3, seed=seed) * [1.0, 100.0, 0.01]
    mixture = begin(X, init_params=start, covariance_type=family, random_state=seed)
    assert_allclose(mixture.weights.sum(), 1.0, rtol=1e-12)
    assert mixture.weights.min() >= 1 / len(X)
    assert_allclose(mixture.weights @ mixture.means, X.mean(axis=0), rtol=1e-12)
    total, exact = total_covariance(mixture), np.cov(X.T, bias=True)
    if family == "spherical":
        assert_allclose(np.trace(total), np.trace(exact), rtol=1e-5)
    else:
        assert_allclose(np.diag(total), np.diag(exact), rtol=1e-5)
    if family in ("full", "tied"):
        assert_allclose(total, exact, rtol=1e-5, atol=1e-5 * np.sqrt(np.outer(np.diag(exact), np.diag(exact))).max())


# Trap 9: scikit-learn's "random" starts every component near the global mean.
@every_family
def test_random_components_spread_as_the_rows_do(family):
    X = two_groups()
    mixture = begin(X, 200, init_params="random", covariance_type=family, random_state=0)
    assert_array_equal(mixture.weights, 1 / 200)
    spread, exact = mixture.means.var(axis=0), X.var(axis=0)
    assert_allclose(spread, exact, rtol=0.35)
    for k in (0, 7, 199):
        assert_allclose(mixture.covariances.matrix(k), mixture.covariances.matrix(0), rtol=1e-12)
        assert_allclose(np.trace(mixture.covariances.matrix(k)), exact.sum(), rtol=1e-5)


@every_start
@every_family
def test_a_start_finds_what_there_is_to_find(family, start):
    gmm = GaussianMixture(2, covariance_type=family, init_params=start, n_init=3, tol=1e-6, random_state=0)
    labels = gmm.fit_predict(two_groups(apart=8.0))
    assert adjusted_rand_score(labels, np.repeat([0, 1], 200)) == 1.0


def long_parallel_groups(angle: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    X = np.vstack([rng.normal(size=(300, 2)) * [60, 1] + [0, y] for y in (0, 10)])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return X @ turn.T


# Trap 10: groups 60 times longer than wide; scikit-learn's default start gives an adjusted Rand index near 0.
@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 4])
def test_long_groups_are_found_from_the_default_start(angle):
    labels = GaussianMixture(2, random_state=0).fit_predict(long_parallel_groups(angle))
    assert adjusted_rand_score(labels, np.repeat([0, 1], 300)) == 1.0


# Trap 10: in any direction, from a start that knows a little: three labels in four are right.
@pytest.mark.parametrize("angle", [0.0, 0.5, np.pi / 4])
def test_long_groups_are_found_from_a_rough_start(angle):
    truth = np.repeat([0, 1], 300)
    rough = np.where(np.random.default_rng(0).random(600) < 0.25, 1 - truth, truth)
    gmm = GaussianMixture(2, init_params=rough, tol=1e-6, max_iter=1000)
    assert adjusted_rand_score(gmm.fit_predict(long_parallel_groups(angle)), truth) == 1.0


# Trap 10: the criterion then picks the right number of components.
@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 4])
def test_the_criterion_picks_the_two_long_groups(angle):
    X = long_parallel_groups(angle)
    scores = [GaussianMixture(k, n_init=3, random_state=0).fit(X).bic(X) for k in (1, 2, 3)]
    assert int(np.argmin(scores)) == 1


# Trap 11.
@every_start
@every_family
def test_no_start_runs_when_all_parameters_are_given(monkeypatch, X, family, start):
    def refuse(*_):
        raise AssertionError("a start ran")

    monkeypatch.setitem(STARTS, start, refuse)
    for method in ("from_points", "from_memberships", "spread"):
        monkeypatch.setattr(Ground, method, refuse)
    unit = {"full": np.stack([np.eye(2)] * 2), "tied": np.eye(2), "diag": np.ones((2, 2)), "spherical": np.ones(2)}
    given = {"weights_init": [0.25, 0.75], "means_init": [[1.0, 0.0], [5.0, 4.0]], "precisions_init": unit[family] * 4}
    gmm = GaussianMixture(2, covariance_type=family, init_params=start, max_iter=0, **given).fit(X)
    assert_array_equal(gmm.weights_, given["weights_init"])
    assert_array_equal(gmm.means_, given["means_init"])
    assert_array_equal(gmm.precisions_, given["precisions_init"])
    assert_array_equal(gmm.covariances_, unit[family] / 4)
    assert gmm.lower_bounds_ == []
    assert gmm.lower_bound_ == pytest.approx(gmm.score(X), rel=1e-12)
    GaussianMixture(2, covariance_type=family, init_params=start, **given).fit(X)


# Trap 11: rows of weight 0 are not there, in any start; the junk is where every start would look.
@every_start
@every_family
def test_a_start_never_looks_at_rows_of_weight_zero(X, family, start):
    junk = np.full((50, 2), [1e6, -1e6]) + np.arange(50)[:, None]
    rows, weights = np.vstack([junk, X]), np.r_[np.zeros(50), np.ones(400)]
    with_junk = begin(rows, sample_weight=weights, covariance_type=family, init_params=start, random_state=0)
    without = begin(X, sample_weight=np.ones(400), covariance_type=family, init_params=start, random_state=0)
    assert_array_equal(with_junk.means, without.means)
    assert_array_equal(with_junk.weights, without.weights)
    assert_array_equal(with_junk.covariances.stored, without.covariances.stored)


# Trap 11: a weight of 2 is the row twice, in any start.
@every_start
@every_family
def test_a_start_counts_rows_by_their_weight(X, family, start):
    counts = np.random.default_rng(0).integers(1, 4, size=len(X))
    weighted = begin(X, sample_weight=counts, covariance_type=family, init_params=start, random_state=0)
    repeated = begin(np.repeat(X, counts, axis=0), covariance_type=family, init_params=start, random_state=0)
    assert_allclose(weighted.means, repeated.means, rtol=1e-10)
    assert_allclose(weighted.weights, repeated.weights, rtol=1e-10)
    assert_allclose(weighted.covariances.stored, repeated.covariances.stored, rtol=1e-10, atol=1e-12)


# Trap 11: also where there are so many rows that a start looks at a sample: nearly all weight is on three of them.
@pytest.mark.parametrize("start", FROM_ROWS)
def test_a_start_from_many_rows_looks_where_the_weight_is(start):
    heavy = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]])
    rows = np.vstack([np.random.default_rng(0).uniform(-20, 20, size=(30_000, 2)), heavy])
    weights = np.r_[np.full(30_000, 1e-9), np.ones(3)]
    for seed in range(5):
        mixture = begin(rows, sample_weight=weights, init_params=start, random_state=seed)
        order = np.lexsort(mixture.means.T)
        assert_allclose(mixture.means[order], heavy, atol=0.01)
        assert_allclose(mixture.weights, 1 / 3, atol=0.01)


# Trap 11: what is given is kept, and the rest of the start goes with it.
@every_family
def test_given_means_bring_the_covariances_of_their_rows(X, family):
    mixture = begin(X, 2, means_init=[[6.0, 6.0], [0.0, 0.0]], covariance_type=family)
    assert_array_equal(mixture.means, [[6.0, 6.0], [0.0, 0.0]])
    assert_array_equal(mixture.weights, 0.5)
    assert_allclose(np.trace(mixture.covariances.matrix(0)), X[200:].var(axis=0).sum(), rtol=0.2)


@pytest.mark.parametrize("start", [name for name in STARTS if name != "hierarchical"])  # which draws nothing
@every_family
def test_the_same_seed_gives_the_same_start_and_another_another(X, family, start):
    first, again, other = (
        begin(X, 5, covariance_type=family, init_params=start, random_state=seed) for seed in (3, 3, 4)
    )
    assert_array_equal(first.means, again.means)
    assert not np.array_equal(first.means, other.means)
