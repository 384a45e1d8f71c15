"""The public contract of the estimator that no other library shares; traps and peers are tested elsewhere."""

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES, make_blobs
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture, Mixture, Outcome

NAMES = SKLEARN_FAMILIES


@pytest.fixture
def fitted(blobs):
    return GaussianMixture(3, random_state=0, max_iter=500).fit(blobs.X)


def test_parameters_are_read_from_the_mixture(fitted, blobs):
    assert isinstance(fitted.mixture_, Mixture)
    assert np.array_equal(fitted.means_, fitted.mixture_.means)
    fitted.means_[:] = 0  # a copy: the model stays
    assert fitted.means_.any()
    with pytest.raises(AttributeError, match="means_"):
        fitted.means_ = np.zeros((3, 3))


def test_before_a_fit_there_is_nothing(blobs):
    gmm = GaussianMixture(3)
    assert not hasattr(gmm, "means_")
    for ask in (gmm.predict, gmm.predict_proba, gmm.score, gmm.score_samples, gmm.bic, gmm.aic, gmm.icl):
        with pytest.raises(NotFittedError):
            ask(blobs.X)
    with pytest.raises(NotFittedError):
        gmm.sample()


def test_lower_bound_belongs_to_the_mixture_itself(fitted, blobs):
    assert fitted.lower_bound_ == pytest.approx(fitted.score(blobs.X), rel=1e-13)
    assert fitted.lower_bounds_[-1] == fitted.lower_bound_
    assert len(fitted.lower_bounds_) == fitted.n_iter_
    assert fitted.outcome_ is Outcome.CONVERGED


def test_criteria_by_their_definitions(fitted, blobs):
    n, p = len(blobs.X), 2 + 9 + 18
    log_likelihood = fitted.score_samples(blobs.X).sum()
    assert fitted.n_parameters_ == p
    assert fitted.bic(blobs.X) == pytest.approx(p * np.log(n) - 2 * log_likelihood, rel=1e-13)
    assert fitted.aic(blobs.X) == pytest.approx(2 * p - 2 * log_likelihood, rel=1e-13)
    entropy = -np.log(fitted.predict_proba(blobs.X).max(axis=1)).sum()
    assert fitted.icl(blobs.X) == pytest.approx(fitted.bic(blobs.X) + 2 * entropy, rel=1e-13)
    assert fitted.icl(blobs.X) > fitted.bic(blobs.X)


@pytest.mark.parametrize("name", NAMES)
def test_to_and_from_scikit_learn(name, blobs):
    ours = GaussianMixture(3, covariance_type=name, random_state=0, max_iter=500).fit(blobs.X)
    theirs = ours.to_sklearn()
    assert type(theirs) is TheirMixture
    for ask in ("score_samples", "predict_proba"):
        np.testing.assert_allclose(getattr(theirs, ask)(blobs.X), getattr(ours, ask)(blobs.X), rtol=1e-9, atol=1e-12)
    back = GaussianMixture.from_sklearn(theirs)
    np.testing.assert_allclose(back.score_samples(blobs.X), ours.score_samples(blobs.X), rtol=1e-10)
    assert back.n_parameters_ == ours.n_parameters_
    assert back.get_params()["covariance_type"] == name
    assert back.converged_
    assert (back.n_iter_, back.lower_bound_, back.n_features_in_) == (ours.n_iter_, ours.lower_bound_, 3)


def test_exchange_keeps_names_and_parameters():
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame(make_blobs().X, columns=["a", "b", "c"])
    ours = GaussianMixture(2, reg_covar=1e-3, init_params="random", random_state=0, max_iter=500).fit(X)
    theirs = ours.to_sklearn()
    assert (theirs.reg_covar, theirs.init_params) == (1e-3, "random")
    assert list(GaussianMixture.from_sklearn(theirs).feature_names_in_) == ["a", "b", "c"]
    automatic = GaussianMixture(2, init_params=np.zeros(120, dtype=int), max_iter=0).fit(X).to_sklearn()
    assert automatic.reg_covar == TheirMixture().reg_covar


def test_from_scikit_learn_refuses_others():
    with pytest.raises(TypeError, match="Got dict, expected a fitted sklearn"):
        GaussianMixture.from_sklearn({})
    with pytest.raises(NotFittedError):
        GaussianMixture.from_sklearn(TheirMixture())


@pytest.mark.parametrize("kind", ["labels", "responsibilities", "callable"])
def test_memberships_as_a_start(kind, blobs):
    def ask(X, n_components, random_state):
        assert X.shape == (120, 3)
        assert n_components == 3
        assert isinstance(random_state, np.random.RandomState)
        return blobs.groups

    given = {"labels": blobs.groups, "responsibilities": np.eye(3)[blobs.groups], "callable": ask}[kind]
    gmm = GaussianMixture(3, init_params=given, max_iter=0, reg_covar=0).fit(blobs.X)
    for k in range(3):
        np.testing.assert_allclose(gmm.means_[k], blobs.X[blobs.groups == k].mean(axis=0), rtol=1e-12)
    assert gmm.outcome_ is Outcome.STARTED
    assert clone(gmm).fit(blobs.X).n_iter_ == 0
    assert "GaussianMixture(" in repr(gmm)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros(7, dtype=int), r"init_params of shape \(7,\)"),
        (np.full(120, 3), "labels that are not such whole numbers, expected 120 labels from 0 to 2"),
        (1 + np.arange(120) % 3, "from 0 to 2.* Labels are counted from 0 here: subtract 1"),
        (np.full(120, -1), "labels that are not such whole numbers"),
        (np.full(120, 0.5), "labels that are not such whole numbers"),
        (np.full((120, 3), 0.5), "rows that do not sum to 1"),
        (np.full((120, 3), np.nan), "NaN or rows"),
        (np.full((120, 3), "a"), "type <U1"),
        (np.ones((120, 2)), r"of shape \(120, 2\)"),
    ],
)
def test_bad_memberships(given, message, blobs):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(3, init_params=given).fit(blobs.X)
    with pytest.raises(ValueError, match=message):
        GaussianMixture(3, init_params=lambda *_, **__: given).fit(blobs.X)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(7), r"sample_weight of shape \(7,\), expected \(120,\)"),
        (np.full(120, -1.0), "negative entries"),
        (np.full(120, np.nan), "NaN"),
        (np.zeros(120), "every weight is zero"),
    ],
)
def test_bad_weights(weights, message, blobs, fitted):
    for ask in (GaussianMixture(2).fit, GaussianMixture(2).fit_predict, fitted.score):
        with pytest.raises(ValueError, match=message):
            ask(blobs.X, sample_weight=weights)


def test_rows_of_weight_zero_are_absent_but_labelled(blobs):
    weights = (np.arange(120) % 3 > 0).astype(float)
    some = blobs.X[weights > 0]
    with_zeros = GaussianMixture(3, random_state=0, init_params=blobs.groups, max_iter=500)
    labels = with_zeros.fit_predict(blobs.X, sample_weight=weights)
    without = GaussianMixture(3, random_state=0, init_params=blobs.groups[weights > 0], max_iter=500).fit(some)
    assert np.array_equal(with_zeros.means_, without.means_)
    assert np.array_equal(labels, without.predict(blobs.X))
    with pytest.raises(ValueError, match=r"n_samples = 2 \(rows of weight 0 do not count"):
        GaussianMixture(3).fit(blobs.X, sample_weight=np.r_[1.0, 1.0, np.zeros(118)])


def test_warm_start_goes_on_and_refuses_another_shape(blobs):
    gmm = GaussianMixture(3, warm_start=True, max_iter=2, tol=0, random_state=0)
    bounds = []
    for _ in range(2):
        with pytest.warns(ConvergenceWarning, match="increase max_iter"):
            gmm.fit(blobs.X)
        bounds.append(gmm.lower_bound_)
    assert bounds[1] > bounds[0]
    with pytest.raises(ValueError, match=r"warm_start=True with .* = \(2, 3, 'full'\), expected \(3, 3, 'full'\)"):
        gmm.set_params(n_components=2).fit(blobs.X)


def test_fitted_results_outlive_a_change_of_parameters(fitted, blobs):
    before = fitted.covariances_
    fitted.set_params(covariance_type="diag")
    assert np.array_equal(fitted.covariances_, before)


def test_the_best_sound_run_is_kept(blobs):
    alone = [GaussianMixture(3, init_params="random", random_state=s, max_iter=500).fit(blobs.X) for s in range(2)]
    many = GaussianMixture(3, init_params="random", n_init=8, random_state=0, max_iter=500).fit(blobs.X)
    assert many.lower_bound_ >= alone[0].lower_bound_


def test_values_whose_squares_overflow_are_refused_before_any_work(blobs):
    with pytest.raises(ValueError, match=r"Got values as large as 1e\+160, expected at most 1e\+150"):
        GaussianMixture(2).fit(np.vstack([blobs.X, np.full((1, 3), 1e160)]))


def test_wrong_parameters_are_named(blobs):
    for bad, message in [
        ({"reg_covar": "yes"}, "reg_covar"),
        ({"reg_covar": -1.0}, "reg_covar"),
        ({"covariance_type": "fuller"}, "covariance_type"),
        ({"n_components": 0}, "n_components"),
        ({"init_params": "kmean"}, "init_params"),
    ]:
        with pytest.raises(ValueError, match=message):
            GaussianMixture(**bad).fit(blobs.X)


def test_samples_with_each_kind_of_seed(fitted):
    ours, again = fitted.sample(50, random_state=3)[0], fitted.sample(50, random_state=3)[0]
    assert np.array_equal(ours, again)
    generator = np.random.default_rng(3)
    assert not np.array_equal(
        fitted.sample(50, random_state=generator)[0], fitted.sample(50, random_state=generator)[0]
    )
    fitted.random_state = None
    assert not np.array_equal(fitted.sample(50)[0], fitted.sample(50)[0])
    with pytest.raises(ValueError, match="Invalid value for 'n_samples': 0"):
        fitted.sample(0)


def test_float32_in_float32_out_and_float64_inside():
    X = make_blobs().X.astype(np.float32)
    gmm = GaussianMixture(3, random_state=0, max_iter=500).fit(X)
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        assert getattr(gmm, name).dtype == np.float32
    assert gmm.score_samples(X).dtype == gmm.predict_proba(X).dtype == np.float32
    assert gmm.mixture_.means.dtype == np.float64
    double = GaussianMixture(3, random_state=0, max_iter=500).fit(X.astype(np.float64))
    np.testing.assert_allclose(gmm.mixture_.covariances.stored, double.mixture_.covariances.stored, rtol=1e-5)
