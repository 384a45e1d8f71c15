"""Traps 18 to 22: samples, the order of labels, the meaning of weights, counts of parameters, and memory."""

import tracemalloc

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES
from numpy.testing import assert_allclose, assert_array_equal
from threadpoolctl import threadpool_limits

from mixtura import GaussianMixture, Mixture
from mixtura.engines.memory import Memory
from mixtura.structures import STRUCTURES

from .conftest import two_groups

every_family = pytest.mark.parametrize("family", SKLEARN_FAMILIES)

WEIGHTS = np.array([0.6, 0.3, 0.1])
MEANS = np.array([[0.0, 0.0, 0.0], [30.0, 0.0, -30.0], [0.0, 40.0, 40.0]])
COVARIANCES = {
    "full": np.array(
        [
            [[4.0, 1.0, 0.0], [1.0, 1.0, 0.2], [0.0, 0.2, 9.0]],
            [[1.0, -0.5, 0.0], [-0.5, 1.0, 0.0], [0.0, 0.0, 0.01]],
            np.eye(3) * 16,
        ]
    ),
    "tied": np.array([[4.0, 1.0, 0.0], [1.0, 1.0, 0.2], [0.0, 0.2, 9.0]]),
    "diag": np.array([[4.0, 0.01, 25.0], [1.0, 100.0, 1.0], [0.04, 9.0, 1.0]]),
    "spherical": np.array([4.0, 0.01, 25.0]),
}


def known(family: str) -> GaussianMixture:
    """An estimator that holds the parameters above, having done no iteration."""
    form = STRUCTURES[family].form(COVARIANCES[family], 3, 3)
    precisions = STRUCTURES[family].publish(form.precisions)
    given = {"weights_init": WEIGHTS, "means_init": MEANS, "precisions_init": precisions}
    return GaussianMixture(3, covariance_type=family, max_iter=0, **given).fit(MEANS)


# Trap 18: pomegranate draws with variances as deviations.
@every_family
def test_samples_have_the_moments_of_their_component(family):
    gmm = known(family)
    X, labels = gmm.sample(60_000, random_state=0)
    assert_allclose(np.bincount(labels) / len(X), WEIGHTS, atol=5 * np.sqrt(0.25 / len(X)))
    for k in range(3):
        rows, matrix = X[labels == k], gmm.mixture_.covariances.matrix(k)
        deviations = np.sqrt(np.diag(matrix))
        assert (np.abs(rows.mean(axis=0) - MEANS[k]) < 5 * deviations / np.sqrt(len(rows))).all()
        error = np.cov(rows.T) - matrix
        assert (np.abs(error) < 6 * np.sqrt(2 / len(rows)) * np.outer(deviations, deviations)).all()
    assert_array_equal(gmm.predict(X), labels)  # the components are far apart


# Trap 18: an old scikit-learn drew 665 of 1000.
@pytest.mark.parametrize("n", [1, 2, 7, 665, 1000])
def test_a_sample_has_exactly_the_rows_that_were_asked_for(n):
    third = Mixture(np.full(3, 1 / 3), MEANS, STRUCTURES["diag"].form(COVARIANCES["diag"], 3, 3))
    for seed in range(5):
        X, labels = third.sample(n, np.random.default_rng(seed))
        assert (X.shape, labels.shape) == ((n, 3), (n,))


# Trap 18: counts vary from draw to draw as they should, instead of being rounded shares.
def test_counts_of_a_sample_vary_as_a_multinomial():
    gmm = known("diag")
    counts = np.array([np.bincount(gmm.sample(100, random_state=s)[1], minlength=3) for s in range(400)])
    assert_allclose(counts.mean(axis=0), 100 * WEIGHTS, atol=1.0)
    assert_allclose(counts.var(axis=0), 100 * WEIGHTS * (1 - WEIGHTS), rtol=0.25)


# Trap 18.
def test_draws_are_fresh_unless_they_are_seeded(X):
    unseeded, seeded = GaussianMixture(2).fit(X), GaussianMixture(2, random_state=5).fit(X)
    assert not np.array_equal(unseeded.sample(5)[0], unseeded.sample(5)[0])
    assert_array_equal(seeded.sample(5)[0], seeded.sample(5)[0])
    assert_array_equal(unseeded.sample(5, random_state=1)[0], unseeded.sample(5, random_state=1)[0])
    assert not np.array_equal(seeded.sample(5, random_state=1)[0], seeded.sample(5, random_state=2)[0])
    generator = np.random.default_rng(0)
    assert not np.array_equal(seeded.sample(5, random_state=generator)[0], seeded.sample(5, random_state=generator)[0])


# Trap 18: the order of the rows says nothing of their component.
def test_rows_of_a_sample_come_in_random_order():
    labels = known("full").sample(1000, random_state=0)[1]
    assert (np.diff(labels) < 0).sum() > 100


# Trap 18.
@pytest.mark.parametrize("n", [0, -3])
def test_a_sample_of_nothing_is_refused(X, n):
    with pytest.raises(ValueError, match=f"'n_samples': {n}.*at least 1"):
        GaussianMixture(2, random_state=0).fit(X).sample(n)


# Trap 18.
@pytest.mark.parametrize("n", [2.5, "3", None])
def test_a_number_of_samples_that_is_no_whole_number_is_refused(X, n):
    with pytest.raises((TypeError, ValueError), match="n_samples"):
        GaussianMixture(2, random_state=0).fit(X).sample(n)


# Trap 19: the order of components is arbitrary, and everything that belongs to one moves with it.
@every_family
def test_components_move_as_a_whole(X, family):
    unit = {"full": np.stack([np.eye(2), 2 * np.eye(2)]), "tied": np.eye(2), "diag": [[1, 1], [2, 2]]}
    precisions = np.asarray(unit.get(family, [1.0, 2.0]))
    given = {"weights_init": np.array([0.3, 0.7]), "means_init": np.array([[1.0, 1.0], [5.0, 5.0]])}
    one = GaussianMixture(2, covariance_type=family, precisions_init=precisions, **given).fit(X)
    turned = {name: value[::-1] for name, value in given.items()}
    precisions = precisions if family == "tied" else precisions[::-1]
    other = GaussianMixture(2, covariance_type=family, precisions_init=precisions, **turned).fit(X)
    assert_allclose(other.weights_[::-1], one.weights_, rtol=1e-12)
    assert_allclose(other.means_[::-1], one.means_, rtol=1e-10, atol=1e-12)
    covariances = other.covariances_ if family == "tied" else other.covariances_[::-1]
    assert_allclose(covariances, one.covariances_, rtol=1e-10, atol=1e-12)
    assert_allclose(other.predict_proba(X)[:, ::-1], one.predict_proba(X), rtol=1e-9, atol=1e-12)
    assert_allclose(other.score_samples(X), one.score_samples(X), rtol=1e-12)


# Trap 19.
@every_family
def test_a_permuted_mixture_is_the_same_density(X, family):
    mixture = known(family).mixture_
    permuted = mixture.permute([2, 0, 1])
    rows = mixture.sample(200, np.random.default_rng(0))[0]
    assert_allclose(permuted.log_density(rows), mixture.log_density(rows), rtol=1e-14)
    assert_array_equal(permuted.weights, mixture.weights[[2, 0, 1]])
    assert_array_equal(permuted.means, MEANS[[2, 0, 1]])
    assert_array_equal(permuted.covariances.matrix(0), mixture.covariances.matrix(2))


def fit(X, family, sample_weight=None, **parameters) -> GaussianMixture:
    parameters = {"tol": 1e-6, "random_state": 0} | parameters
    return GaussianMixture(2, covariance_type=family, **parameters).fit(X, sample_weight=sample_weight)


def assert_same(one, other, exactly=False):
    compare = assert_array_equal if exactly else assert_allclose
    tolerance = {} if exactly else {"rtol": 1e-9, "atol": 1e-11}
    for name in ("weights_", "means_", "covariances_", "lower_bound_", "lower_bounds_"):
        compare(getattr(one, name), getattr(other, name), **tolerance)


# Trap 20.
@every_family
def test_weights_of_one_are_no_weights(X, family):
    assert_same(fit(X, family, np.ones(len(X))), fit(X, family))


# Trap 20.
@every_family
def test_a_weight_of_two_is_the_row_twice(X, family):
    counts = np.random.default_rng(1).integers(1, 4, size=len(X))
    weighted, repeated = fit(X, family, counts), fit(np.repeat(X, counts, axis=0), family)
    assert_same(weighted, repeated)
    assert_allclose(weighted.score(X, sample_weight=counts), repeated.score(np.repeat(X, counts, axis=0)), rtol=1e-12)


# Trap 20.
@every_family
def test_a_weight_of_zero_is_no_row(X, family):
    junk = np.vstack([X, [[1e9, -1e9], [1e200, 1e200]]])
    weights = np.r_[np.full(len(X), 0.7), 0.0, 0.0]
    ours, without = fit(junk, family, weights), fit(X, family, weights[:-2])
    assert_same(ours, without, exactly=True)
    assert ours.score(junk, sample_weight=weights) == pytest.approx(without.score(X), rel=1e-12)


# Trap 20.
@every_family
@pytest.mark.parametrize("factor", [1e-300, 1e-12, 0.1, 7.0, 1e12, 1e300])
def test_a_common_factor_of_the_weights_changes_nothing(X, family, factor):
    weights = np.random.default_rng(2).uniform(0.5, 2.0, size=len(X))
    assert_same(fit(X, family, weights * factor), fit(X, family, weights))
    gmm = fit(X, family)
    assert gmm.score(X, sample_weight=weights * factor) == pytest.approx(gmm.score(X, sample_weight=weights), rel=1e-12)


# Trap 20: weights as far apart as numbers can be leave nothing but the heavy rows.
@pytest.mark.parametrize("start", ["kmeans", "k-means++", "random_from_data", "random"])
def test_weights_that_are_worlds_apart_are_no_crash(X, start):
    weights = np.r_[np.full(40, 1e200), np.full(320, 1e-200), np.full(40, 1e200)]
    gmm = fit(X, "full", weights, init_params=start)
    heavy = X[weights > 1]
    assert_allclose(gmm.mixture_.weights @ gmm.means_, heavy.mean(axis=0), rtol=1e-9)


# Trap 20.
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(399), r"shape \(399,\), expected \(400,\)"),
        (np.ones((400, 1)), r"shape \(400, 1\), expected \(400,\)"),
        (np.r_[-1.0, np.ones(399)], "negative entries"),
        (np.r_[np.nan, np.ones(399)], "NaN"),
        (np.r_[np.inf, np.ones(399)], "infinite"),
        (np.zeros(400), "every weight is zero"),
    ],
    ids=["short", "matrix", "negative", "NaN", "infinity", "zeros"],
)
def test_weights_that_are_none_are_refused(X, weights, message):
    gmm = GaussianMixture(2, random_state=0).fit(X)
    for method in (gmm.fit, gmm.fit_predict, gmm.score):
        with pytest.raises(ValueError, match=message):
            method(X, sample_weight=weights)


# Trap 21: mclust's own counts (VVV, EEE, VVI, VII), with K - 1 weights and K D means.
@pytest.mark.parametrize(
    ("family", "n_components", "n_features", "count"),
    [
        ("full", 1, 1, 2),
        ("full", 2, 3, 1 + 6 + 12),
        ("full", 25, 100, 24 + 2500 + 25 * 5050),
        ("tied", 2, 3, 1 + 6 + 6),
        ("tied", 4, 1, 3 + 4 + 1),
        ("diag", 2, 3, 1 + 6 + 6),
        ("diag", 3, 1, 2 + 3 + 3),
        ("spherical", 2, 3, 1 + 6 + 2),
        ("spherical", 1, 5, 0 + 5 + 1),
    ],
)
def test_free_parameters_are_counted(family, n_components, n_features, count):
    X = np.random.default_rng(0).normal(size=(60, n_features))
    gmm = GaussianMixture(n_components, covariance_type=family, max_iter=0, random_state=0).fit(X)
    assert gmm.n_parameters_ == gmm._n_parameters() == count


# Trap 21: mclust maximises its criterion; here, as in scikit-learn, the lowest wins.
@every_family
def test_criteria_are_minimised(family):
    X = two_groups(apart=8.0)
    fits = [GaussianMixture(k, covariance_type=family, random_state=0).fit(X) for k in (1, 2, 6)]
    for criterion in ("bic", "icl"):
        assert int(np.argmin([getattr(gmm, criterion)(X) for gmm in fits])) == 1
    gmm = fits[1]
    total = gmm.score_samples(X).sum()
    assert_allclose(gmm.bic(X), gmm.n_parameters_ * np.log(400) - 2 * total, rtol=1e-12)
    assert_allclose(gmm.aic(X), gmm.n_parameters_ * 2 - 2 * total, rtol=1e-12)
    charge = -2 * np.log(gmm.predict_proba(X).max(axis=1)).sum()
    assert charge >= 0
    assert_allclose(gmm.icl(X), gmm.bic(X) + charge, rtol=1e-12)


# Trap 22: scikit-learn makes several N x K arrays in each iteration; pygmmis took 60 GB for 20,000 rows of 7.
@every_family
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_an_iteration_makes_no_array_as_long_as_the_data(family, dtype):
    rows = np.random.default_rng(0).normal(size=(1_000_000, 2)).astype(dtype)
    mixture = Mixture(np.full(8, 1 / 8), np.eye(8)[:, :2], STRUCTURES[family].form(unit_covariances(family), 8, 2))
    engine = Memory(rows)
    one_number_per_row = 8 * len(rows)
    with threadpool_limits(1):  # each thread has blocks of its own
        assert peak(lambda: engine.sweep(mixture, STRUCTURES[family].need)) < 0.5 * one_number_per_row


# Trap 22: four times the rows take no more memory, only more time.
@every_family
def test_an_iteration_takes_the_same_memory_for_any_number_of_rows(family):
    rows = np.random.default_rng(0).normal(size=(1_000_000, 2))
    structure = STRUCTURES[family]
    mixture = Mixture(np.full(8, 1 / 8), rows[:8], structure.form(unit_covariances(family), 8, 2))
    with threadpool_limits(1):
        few, many = (peak(lambda n=n: Memory(rows[:n]).sweep(mixture, structure.need)) for n in (250_000, 1_000_000))
    assert many - few < 0.02 * 8 * 750_000


# Trap 22: nor does all the rest of a fit from given parameters, with weights.
def test_a_fit_makes_no_array_as_long_as_the_data():
    rows = np.random.default_rng(0).normal(size=(1_000_000, 2))
    given = {"weights_init": np.full(8, 1 / 8), "means_init": rows[:8], "precisions_init": np.stack([np.eye(2)] * 8)}
    gmm = GaussianMixture(8, tol=1.0, **given)
    weights, one_number_per_row = np.full(len(rows), 2.0), 8 * len(rows)
    with threadpool_limits(1):
        assert peak(lambda: gmm.fit(rows, sample_weight=weights)) < 0.5 * one_number_per_row


def unit_covariances(family: str) -> np.ndarray:
    shapes = {"full": np.stack([np.eye(2)] * 8), "tied": np.eye(2), "diag": np.ones((8, 2)), "spherical": np.ones(8)}
    return shapes[family]


def peak(work) -> int:
    """The most memory, in bytes, that was taken meanwhile."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
