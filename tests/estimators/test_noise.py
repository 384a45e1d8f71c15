"""GaussianMixture with a noise component: the oracle, what must hold of EM, outliers, and the public contract."""

import numpy as np
import pytest
from conftest import make_blobs, matrices
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from mixtura import GaussianMixture, GaussianMixtureSearch, Outcome, UniformNoise, load_model, reference, save_model

FAMILIES = ("full", "tied", "diag", "spherical")


def scattered_groups(n=300, n_outliers=45, d=2, seed=0, distance=8.0):
    """Two groups, and outliers evenly over a box 40 wide: rows (N, D), groups (N,) with -1 for outliers."""
    rng = np.random.default_rng(seed)
    groups = rng.integers(2, size=n)
    X = rng.normal(size=(n, d)) * np.where(groups[:, None] == 1, 0.5, 1.0)
    X[:, 0] += distance * groups
    return np.concatenate([X, rng.uniform(-20, 20, size=(n_outliers, d))]), np.append(groups, np.full(n_outliers, -1))


def quick(X, labels, weights=None, **parameters):
    settings = {"noise": "auto", "tol": 0, "max_iter": 6, "init_params": labels, "reg_covar": 0.0} | parameters
    with pytest.warns(ConvergenceWarning):
        return GaussianMixture(2, **settings).fit(X, sample_weight=weights)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("weighted", [False, True])
def test_em_follows_the_oracle(family, weighted):
    X, groups = scattered_groups(n=80, n_outliers=15)
    weights = np.random.default_rng(0).uniform(0.5, 2, size=len(X)) if weighted else None
    shares = np.full((len(X), 3), 0.1)
    shares[np.arange(len(X)), groups] += 0.7
    gmm = quick(X, shares, weights, covariance_type=family, noise=1600.0)
    expected = reference.fit_with_noise(X, shares, family, 6, 1600.0, weights)
    np.testing.assert_allclose(gmm.lower_bounds_, expected[4][1:], rtol=1e-11)
    np.testing.assert_allclose(gmm.weights_, expected[0], rtol=1e-9)
    np.testing.assert_allclose(gmm.means_, expected[1], rtol=1e-8)
    np.testing.assert_allclose(matrices(gmm.mixture_), expected[2], rtol=1e-8, atol=1e-10)
    assert gmm.noise_share_ == pytest.approx(expected[3], rel=1e-9)
    assert gmm.score(X, sample_weight=weights) == pytest.approx(gmm.lower_bound_, rel=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_the_likelihood_never_falls(family, seed):
    blobs = make_blobs(n=150, seed=seed)
    settings = {"covariance_type": family, "noise": "auto", "reg_covar": 0.0, "tol": 1e-11, "max_iter": 500}
    gmm = GaussianMixture(3, random_state=seed, **settings).fit(blobs.X)
    assert np.diff(gmm.lower_bounds_).min(initial=0) >= -1e-12 * abs(gmm.lower_bound_)


@pytest.mark.parametrize("d", [1, 2, 6])
@pytest.mark.parametrize("seed", range(3))
def test_outliers_are_found_and_the_groups_keep_their_shape(d, seed):
    X, groups = scattered_groups(d=d, seed=seed, n_outliers=60)
    gmm = GaussianMixture(2, noise="auto", random_state=0, tol=1e-6, max_iter=500).fit(X)
    away = np.minimum(np.linalg.norm(X, axis=1), np.linalg.norm(X - 8 * np.eye(d)[0], axis=1)) > 4.5 + d / 2
    assert (gmm.predict(X[(groups < 0) & away]) == -1).all()
    kept = groups >= 0
    assert adjusted_rand_score(groups[kept], gmm.predict(X[kept])) > (0.8 if d == 1 else 0.95)
    order = gmm.means_[:, 0].argsort()
    np.testing.assert_allclose(gmm.means_[order, 0], [0, 8], atol=0.3)
    deviations = np.sqrt([np.diag(matrix).mean() for matrix in matrices(gmm.mixture_)])[order]
    np.testing.assert_allclose(deviations, [1.0, 0.5], atol=0.15)
    assert gmm.noise_share_ == pytest.approx(60 / 360, abs=0.06)


def test_without_outliers_noise_takes_little():
    X, _ = scattered_groups(n_outliers=0)
    plain, noisy = (GaussianMixture(2, noise=noise, random_state=0).fit(X) for noise in (None, "auto"))
    assert noisy.noise_share_ < 0.03
    assert (noisy.predict(X) == -1).mean() < 0.02
    assert noisy.bic(X) > plain.bic(X)


@pytest.mark.parametrize("factor", [1e-6, 1e5])
@pytest.mark.parametrize("shift", [0.0, 1e4])
def test_a_change_of_unit_or_origin_changes_nothing_else(factor, shift):
    X, groups = scattered_groups()
    one = quick(X, groups, reg_covar="auto")
    other = quick((X + shift) * factor, groups, reg_covar="auto")
    np.testing.assert_allclose(other.means_, (one.means_ + shift) * factor, rtol=1e-9, atol=1e-9 * factor)
    assert other.mixture_.noise.volume == pytest.approx(one.mixture_.noise.volume * factor**2, rel=1e-8)
    assert other.noise_share_ == pytest.approx(one.noise_share_, rel=1e-7)
    np.testing.assert_array_equal(other.predict((X + shift) * factor), one.predict(X))


def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row():
    X, groups = scattered_groups(n_outliers=47)
    weights = np.random.default_rng(0).integers(0, 3, size=len(X))
    for start in (groups, None):
        given = {} if start is None else {"init_params": start}
        twice = {} if start is None else {"init_params": np.repeat(start, weights)}
        settings = {"noise": "auto", "random_state": 0, "tol": 1e-9, "max_iter": 300}
        one = GaussianMixture(2, **settings, **given).fit(X, sample_weight=weights)
        other = GaussianMixture(2, **settings, **twice).fit(np.repeat(X, weights, axis=0))
        assert one.noise_share_ == pytest.approx(other.noise_share_, rel=1e-5)
        assert one.mixture_.noise.volume == pytest.approx(other.mixture_.noise.volume, rel=1e-9)
        assert one.score(X, sample_weight=weights) == pytest.approx(other.lower_bound_, rel=1e-9)


def test_rows_of_noise_are_labelled_minus_one_in_the_last_column():
    X, _ = scattered_groups()
    gmm = GaussianMixture(2, noise="auto", random_state=0)
    labels = gmm.fit_predict(X)
    shares = gmm.predict_proba(X)
    assert shares.shape == (len(X), 3)
    assert set(labels) == {-1, 0, 1}
    np.testing.assert_array_equal(shares[np.arange(len(X)), labels], shares.max(axis=1))
    np.testing.assert_allclose(gmm.uncertainty(X), 1 - shares.max(axis=1), atol=1e-15)
    assert gmm.weights_.sum() == pytest.approx(1)
    assert gmm.n_parameters_ == GaussianMixture(2, random_state=0).fit(X).n_parameters_ + 2
    assert set(gmm.sample(500, random_state=0)[1]) == {-1, 0, 1}


@parametrize_with_checks([GaussianMixture(2, noise="auto", random_state=0)])
def test_conventions_of_scikit_learn(estimator, check):
    check(estimator)


def test_a_search_may_have_noise():
    X, groups = scattered_groups()
    search = GaussianMixtureSearch(range(1, 5), covariance_type="full", noise="auto", random_state=0).fit(X)
    assert search.best_params_["n_components"] == 2
    assert adjusted_rand_score(groups, search.predict(X)) > 0.85
    np.testing.assert_allclose(search.uncertainty(X), 1 - search.predict_proba(X).max(axis=1), atol=1e-15)


def test_uncertainty_without_noise():
    X, _ = scattered_groups()
    gmm = GaussianMixture(3, random_state=0).fit(X)
    np.testing.assert_allclose(gmm.uncertainty(X), 1 - gmm.predict_proba(X).max(axis=1), atol=1e-15)
    assert gmm.noise_share_ == 0


def test_a_given_volume_is_used():
    X, _ = scattered_groups()
    assert GaussianMixture(2, noise=500.0, random_state=0).fit(X).mixture_.noise.volume == pytest.approx(500.0)


def test_a_sample_serves_where_there_are_many_rows():
    X, groups = scattered_groups(n=5000, n_outliers=800)
    gmm = GaussianMixture(2, noise="auto", random_state=0).fit(X)
    assert gmm.noise_share_ == pytest.approx(800 / 5800, abs=0.02)
    assert adjusted_rand_score(groups, gmm.predict(X)) > 0.9


def test_means_and_memberships_may_be_given_together():
    X, groups = scattered_groups()
    means = np.array([[8.0, 0.0], [0.0, 0.0]])
    gmm = GaussianMixture(2, noise="auto", means_init=means).fit(X)
    np.testing.assert_allclose(gmm.means_, means, atol=0.3)
    gmm = GaussianMixture(2, noise="auto", init_params=groups, weights_init=[0.5, 0.5]).fit(X)
    np.testing.assert_allclose(gmm.means_, means[::-1], atol=0.3)


def test_warm_start_keeps_the_noise_or_says_that_it_cannot():
    X, _ = scattered_groups()
    gmm = GaussianMixture(2, noise="auto", random_state=0, warm_start=True).fit(X)
    before = gmm.lower_bound_
    assert gmm.fit(X).lower_bound_ >= before - 1e-12
    with pytest.raises(ValueError, match="warm_start=True without a noise component, which the last fit had"):
        gmm.set_params(noise=None).fit(X)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_parameters_and_files_keep_the_bits(tmp_path, dtype):
    X, _ = scattered_groups()
    X = X.astype(dtype)
    gmm = GaussianMixture(2, noise=900.0, random_state=3).fit(X)
    save_model(gmm, tmp_path / "noisy.mix")
    for again in (GaussianMixture.from_parameters(**gmm.to_parameters()), load_model(tmp_path / "noisy.mix")):
        np.testing.assert_array_equal(again.score_samples(X), gmm.score_samples(X))
        np.testing.assert_array_equal(again.predict_proba(X), gmm.predict_proba(X))
        np.testing.assert_array_equal(again.predict(X), gmm.predict(X))
        assert again.bic(X) == gmm.bic(X)
        assert again.noise_share_ == gmm.noise_share_
        np.testing.assert_array_equal(again.sample(9, random_state=0)[0], gmm.sample(9, random_state=0)[0])
    assert load_model(tmp_path / "noisy.mix").noise == 900.0
    assert clone(again).noise == 900.0


def test_a_component_that_collapses_is_explained():
    X, groups = scattered_groups(n=30, n_outliers=20)
    X = np.concatenate([X, [[15.0, 15.0]] * 6, [[14.0, 18.0], [18.0, 13.0]]])
    start = np.concatenate([np.where(groups < 0, -1, 0), np.ones(8, dtype=int)])
    with pytest.warns(ConvergenceWarning, match="collapsed"):
        gmm = GaussianMixture(2, noise="auto", init_params=start, reg_covar=0.0, max_iter=300, tol=0).fit(X)
    assert gmm.outcome_ is Outcome.COLLAPSED
    assert np.isfinite(gmm.score(X))


def test_noise_that_takes_every_row_is_explained():
    X, groups = scattered_groups()
    with pytest.warns(ConvergenceWarning, match="The noise component took every row"):
        gmm = GaussianMixture(2, noise=1e-60, init_params=groups, max_iter=300).fit(X)
    assert gmm.outcome_ is Outcome.DROWNED
    assert np.isfinite(gmm.score(X))
    assert (gmm.predict(X) == -1).all()


@pytest.mark.parametrize("factor", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize("volume", [2.0, 0.5, 0.1, 0.01])
def test_noise_that_no_component_rises_above_is_explained(volume, factor):
    """Its share then is anything up to 1 - 1e-13; a component that would be empty besides is not to blame."""
    X, _ = scattered_groups()
    with pytest.warns(ConvergenceWarning, match="denser than every other, even at their means: no row belongs") as told:
        gmm = GaussianMixture(2, noise=volume * factor**2, random_state=0).fit(X * factor)
    assert len(told) == 1
    assert gmm.outcome_ is Outcome.SUBMERGED
    assert gmm.outcome_.sound
    assert gmm.converged_
    assert (gmm.predict(X * factor) == -1).all()
    assert (gmm.predict(gmm.means_) == -1).all()


@pytest.mark.parametrize("volume", [5.0, 20.0, 500.0])
def test_noise_that_leaves_some_rows_to_components_needs_no_explanation(volume):
    X, _ = scattered_groups()
    gmm = GaussianMixture(2, noise=volume, random_state=0).fit(X)
    assert gmm.outcome_ is Outcome.CONVERGED
    assert (gmm.predict(gmm.means_) >= 0).any()


def test_rows_spread_evenly_are_all_noise():
    X = np.random.default_rng(0).uniform(size=(3000, 2))
    with pytest.warns(ConvergenceWarning, match="with noise='auto' the rows seem to be spread evenly"):
        gmm = GaussianMixture(2, noise="auto", random_state=0).fit(X)
    assert (gmm.predict(X) == -1).all()


@pytest.mark.parametrize("start", ["kmeans", "auto"])
def test_noise_that_takes_every_row_of_the_contest_is_explained(start):
    X, _ = scattered_groups()
    with pytest.warns(ConvergenceWarning, match="The noise component took every row"):
        gmm = GaussianMixture(2, noise=1e-60, init_params=start, random_state=0).fit(X)
    assert gmm.outcome_ is Outcome.DROWNED


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"noise": 0.0}, "The 'noise' parameter"),
        ({"noise": "much"}, "The 'noise' parameter"),
        ({"noise": True}, "Got noise=True, expected None, .auto. or a volume above 0"),
        ({"noise": np.inf}, "The 'noise' parameter"),
        ({"noise": "auto", "init_params": np.full(345, -1)}, "Every row begins as noise.* Give a larger noise volume"),
        ({"noise": "auto", "init_params": np.full(345, -2)}, "345 labels from -1 to 1"),
        ({"noise": None, "init_params": np.full(345, -1)}, "345 labels from 0 to 1"),
        ({"noise": "auto", "init_params": np.full((345, 2), 0.5)}, r"responsibilities of shape \(345, 3\)"),
    ],
)
def test_errors_say_what_was_expected(change, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(2, **change).fit(scattered_groups()[0])


def test_a_constant_feature_leaves_no_volume():
    X = np.column_stack([scattered_groups()[0], np.ones(345)])
    with pytest.raises(ValueError, match=r"constant features \(columns 2\), expected none where there is noise"):
        GaussianMixture(2, noise="auto").fit(X)


def test_scikit_learn_has_no_noise():
    with pytest.raises(ValueError, match="scikit-learn has none"):
        GaussianMixture(2, noise="auto", random_state=0).fit(scattered_groups()[0]).to_sklearn()


def test_a_box_of_other_features_does_not_fit():
    noise = UniformNoise(0.1, np.zeros(3), np.ones(3), np.eye(3))
    with pytest.raises(ValueError, match="noise of 3 features and means of 2"):
        GaussianMixture.from_parameters([1.0], [[0.0, 0.0]], [np.eye(2)], noise=noise)
