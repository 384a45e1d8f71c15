"""MergedGaussianMixture: groups of any shape, and the estimator's public contract."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture as TheirMixture
from sklearn.utils.estimator_checks import parametrize_with_checks

from mixtura import GaussianMixture, MergedGaussianMixture
from mixtura.datasets import two_blobs, two_moons


@parametrize_with_checks([MergedGaussianMixture(n_components=3, random_state=0)])
def test_conventions_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def moons():
    return two_moons(random_state=7)


@pytest.fixture(scope="module")
def merged(moons):
    return MergedGaussianMixture(n_components=range(6, 10), random_state=0).fit(moons[0])


def test_two_moons_are_two_clusters_of_several_components(moons, merged):
    assert merged.n_clusters_ == 2
    assert merged.mixture_.n_components > 4
    assert adjusted_rand_score(moons[1], merged.labels_) >= 0.98


def test_a_new_point_belongs_to_the_cluster_of_its_components(moons, merged):
    grid = np.random.default_rng(0).uniform(-1.5, 2.5, size=(50, 2))
    shares = merged.estimator_.predict_proba(grid)
    for cluster in (0, 1):
        mine = merged.cluster_of_component_ == cluster
        np.testing.assert_allclose(merged.predict_proba(grid)[:, cluster], shares[:, mine].sum(axis=1), rtol=1e-12)
    np.testing.assert_array_equal(merged.predict(moons[0]), merged.labels_)
    np.testing.assert_allclose(merged.uncertainty(grid), 1 - merged.predict_proba(grid).max(axis=1), atol=1e-15)


def test_the_density_is_that_of_the_mixture(moons, merged):
    np.testing.assert_array_equal(merged.score_samples(moons[0]), merged.estimator_.score_samples(moons[0]))
    assert merged.score(moons[0]) == merged.estimator_.score(moons[0])


def test_criteria_are_those_of_the_mixture_but_icl_counts_clusters(moons, merged):
    X, mixture = moons[0], merged.estimator_
    weights = np.tile([2.0, 1.0, 1.0, 0.0], 50)
    for given in (None, weights):
        assert merged.bic(X, sample_weight=given) == mixture.bic(X, sample_weight=given)
        assert merged.aic(X, sample_weight=given) == mixture.aic(X, sample_weight=given)
        assert merged.icl(X, sample_weight=given) == merged.summary(X, sample_weight=given).icl
        assert merged.bic(X, sample_weight=given) <= merged.icl(X, sample_weight=given)
        assert merged.icl(X, sample_weight=given) < mixture.icl(X, sample_weight=given) - 1
    charged = -2 * np.log(merged.predict_proba(X).max(axis=1)).sum()
    assert merged.icl(X) == pytest.approx(merged.bic(X) + charged, rel=1e-12)
    with pytest.raises(NotFittedError):
        MergedGaussianMixture().icl(X)


def test_the_picture_is_that_of_the_entropy(merged):
    display = merged.plot()
    assert display.ax_.get_ylabel() == "entropy in nats"
    display.close()
    with pytest.raises(NotFittedError):
        MergedGaussianMixture().plot()


def test_samples_carry_their_cluster(merged):
    X, labels = merged.sample(500, random_state=1)
    assert adjusted_rand_score(labels, merged.predict(X)) > 0.97


def test_separate_groups_are_left_apart():
    X, y = two_blobs(sizes=(80, 80, 80), centres=((0, 0), (9, 0), (0, 9)), spreads=(1, 1, 1), random_state=0)
    merged = MergedGaussianMixture(n_components=range(1, 6), random_state=0).fit(X)
    assert merged.n_clusters_ == 3
    assert adjusted_rand_score(y, merged.labels_) == 1


def test_one_round_group_is_one_cluster():
    X = np.random.default_rng(0).normal(size=(200, 2))
    assert MergedGaussianMixture(n_components=range(1, 5), random_state=0).fit(X).n_clusters_ == 1


def test_a_fitted_mixture_is_used_as_it_is(moons):
    gmm = GaussianMixture(8, random_state=0).fit(moons[0])
    merged = MergedGaussianMixture(2, estimator=gmm).fit(moons[0])
    assert merged.estimator_ is gmm
    assert merged.mixture_ is gmm.mixture_
    unfitted = MergedGaussianMixture(2, estimator=clone(gmm)).fit(moons[0])
    np.testing.assert_array_equal(unfitted.labels_, merged.labels_)
    assert unfitted.estimator_ is not unfitted.estimator


def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row(moons):
    X = moons[0]
    weights = np.tile([2, 1, 1, 0], 50)
    weighted = MergedGaussianMixture(n_components=range(6, 11), random_state=0).fit(X, sample_weight=weights)
    repeated = MergedGaussianMixture(n_components=range(6, 11), random_state=0).fit(np.repeat(X, weights, axis=0))
    assert weighted.mixture_.n_components == repeated.mixture_.n_components
    np.testing.assert_allclose(weighted.merge_tree_.entropies, repeated.merge_tree_.entropies, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(weighted.predict(X), repeated.predict(X))


def test_outliers_belong_to_no_cluster(moons):
    rng = np.random.default_rng(0)
    X = np.concatenate([moons[0], rng.uniform(-4, 5, size=(40, 2))])
    groups = np.append(moons[1], np.full(40, -1))
    merged = MergedGaussianMixture(n_components=range(5, 11), noise="auto", random_state=0).fit(X)
    assert merged.n_clusters_ == 2
    assert adjusted_rand_score(groups, merged.labels_) > 0.85
    assert merged.predict_proba(X).shape == (240, 3)
    np.testing.assert_allclose(merged.predict_proba(X).sum(axis=1), 1.0)
    np.testing.assert_array_equal(merged.predict(X), merged.labels_)
    assert set(merged.sample(300, random_state=0)[1]) == {-1, 0, 1}


def test_names_of_features_are_kept(moons):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(moons[0], columns=["a", "b"])
    merged = MergedGaussianMixture(2, n_components=4, random_state=0).fit(frame)
    assert list(merged.feature_names_in_) == ["a", "b"]
    assert merged.predict(frame).shape == (200,)
    merged.fit(moons[0])
    assert not hasattr(merged, "feature_names_in_")


def test_no_number_below_that_of_clusters_is_tried(moons):
    assert MergedGaussianMixture(4, n_components=2, random_state=0).fit(moons[0]).mixture_.n_components == 4


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_clusters": 4, "estimator": GaussianMixture(3)}, "Got n_clusters=4 and a mixture of 3 components"),
        ({"n_components": []}, "without a number"),
        ({"n_clusters": 0}, "The 'n_clusters' parameter"),
        ({"elbow": "knee"}, "The 'elbow' parameter"),
        ({"covariance_type": "round"}, "Got covariance_type='round'"),
    ],
)
def test_errors_come_before_anything_is_kept(moons, parameters, message):
    merged = MergedGaussianMixture(**parameters)
    with pytest.raises(ValueError, match=message):
        merged.fit(moons[0])
    assert not [name for name in vars(merged) if name.endswith("_")]


def test_groups_five_deviations_apart_stay_apart():
    """One far group makes the others no nearer to each other: what hardly overlaps is joined by no contrast."""
    centres = 5.0 * np.array([[0, 0], [1, 0], [0, 1], [6, 6]])
    for seed in range(3):
        X = np.repeat(centres, 70, axis=0) + np.random.default_rng(seed).normal(size=(280, 2))
        assert MergedGaussianMixture(n_components=range(2, 6), random_state=0).fit(X).n_clusters_ == 4


@pytest.mark.parametrize("estimator", [TheirMixture(2), GaussianMixture, MergedGaussianMixture()])
def test_an_estimator_of_another_kind_is_refused(moons, estimator):
    with pytest.raises(TypeError, match=r"expected a GaussianMixture, FactorMixture or .*from_sklearn"):
        MergedGaussianMixture(estimator=estimator).fit(moons[0])


@pytest.mark.filterwarnings("ignore:The best number of components")
def test_two_moons_over_twenty_seeds():
    """BIC chooses 7 to 10 of 1 to 20 components here; only 5 to 12 are tried, to save time."""
    agreement, found = [], []
    for seed in range(20):
        X, arcs = two_moons(random_state=seed)
        merged = MergedGaussianMixture(n_components=range(5, 13), random_state=0).fit(X)
        found.append(merged.n_clusters_)
        memberships = merged.merge_tree_.combine(merged.estimator_.predict_proba(X), 2)
        agreement.append(adjusted_rand_score(arcs, memberships.argmax(axis=1)))
    assert found.count(2) >= 18
    assert np.median(agreement) >= 0.98
    assert min(agreement) >= 0.9
