"""The search: what it tries, what it records, what it chooses and what it says."""

import warnings
from itertools import product
from threading import Barrier, get_ident

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture as TheirMixture
from sklearn.model_selection import KFold
from sklearn.utils.estimator_checks import parametrize_with_checks

from mixtura import GaussianMixture, GaussianMixtureSearch
from mixtura.selection import fitting
from mixtura.selection.families import holds

from .conftest import FOUR, three_groups

NUMBERS = [1, 2, 3, 4, 5]


@parametrize_with_checks(
    [GaussianMixtureSearch((1, 2, 4, 6), covariance_type=["spherical", "full"], init_params="kmeans", random_state=0)]
)
def test_conventions_of_scikit_learn(estimator, check):
    check(estimator)


def test_the_table_has_a_row_for_each_pair(search):
    results = search.results_
    assert {len(column) for column in results.values()} == {20}
    pairs = list(zip(results["covariance_type"], results["n_components"], strict=True))
    assert pairs == [(family, number) for family in ("spherical", "diag", "tied", "full") for number in NUMBERS]
    assert search.n_components_.tolist() == NUMBERS
    assert search.covariance_types_ == ("spherical", "diag", "tied", "full")


def test_it_finds_the_three_round_groups(search, X):
    assert search.best_params_ == {"n_components": 3, "covariance_type": "spherical"}
    assert search.results_["rank"][search.best_index_] == 1
    assert search.best_score_ == np.nanmin(search.results_["bic"]) == search.results_["bic"][search.best_index_]


def test_criteria_are_those_of_the_estimators(search, X):
    results, best = search.results_, search.best_index_
    for name in ("bic", "icl", "aic"):
        np.testing.assert_allclose(results[name][best], getattr(search, name)(X), rtol=1e-12)
        assert getattr(search, name)(X) == getattr(search.best_estimator_, name)(X)
    np.testing.assert_allclose(results["log_likelihood"][best], search.score(X) * len(X), rtol=1e-12)
    assert results["n_parameters"][best] == search.n_parameters_ == 2 + 6 + 3


def test_criteria_are_scikit_learns(search, X):
    """From the same parameters, scikit-learn's formulas give the same numbers, its sign included."""
    theirs = search.best_estimator_.to_sklearn()
    assert isinstance(theirs, TheirMixture)
    np.testing.assert_allclose(search.best_score_, theirs.bic(X), rtol=1e-12)
    np.testing.assert_allclose(search.results_["aic"][search.best_index_], theirs.aic(X), rtol=1e-12)


@pytest.mark.parametrize("criterion", ["bic", "icl", "aic"])
def test_the_criterion_chooses(X, criterion):
    search = GaussianMixtureSearch(NUMBERS, covariance_type=FOUR, criterion=criterion, random_state=0).fit(X)
    values = search.results_[criterion]
    assert search.best_index_ == np.nanargmin(values)
    assert (np.argsort(search.results_["rank"], kind="stable") == np.argsort(values, kind="stable")).all()


def test_held_out_likelihood(X):
    """Each entry is the mean over folds of the score of a mixture that never saw them; the highest wins."""
    search = GaussianMixtureSearch([1, 2, 3, 4], covariance_type=FOUR, criterion="held_out", cv=3, random_state=0)
    search.fit(X)
    results, best = search.results_, search.best_index_
    assert search.best_params_["n_components"] == 3
    folds = np.array([results[f"split{i}_held_out"] for i in range(3)])
    sound = ~np.isnan(results["bic"])
    np.testing.assert_allclose(results["held_out"][sound], folds.mean(axis=0)[sound])
    assert np.isnan(results["held_out"][~sound]).all()
    assert best == np.nanargmax(results["held_out"])
    assert results["held_out"][best] < results["log_likelihood"][best] / len(X)
    one = GaussianMixture(covariance_type="diag", reg_covar=0.0)
    given = GaussianMixtureSearch(1, covariance_type="diag", criterion="held_out", cv=KFold(2)).fit(X)
    halves = [one.fit(X[a]).score(X[b]) for a, b in KFold(2).split(X)]
    np.testing.assert_allclose([given.results_[f"split{i}_held_out"][0] for i in range(2)], halves)


@pytest.mark.parametrize("masks", [False, True])
def test_given_folds_count_all_rows_and_those_of_weight_0_drop_out(X, masks):
    """Ten rows of weight 0 move no other row to another fold, and their values matter to none."""
    weights = np.ones(len(X))
    weights[:10] = 0
    marred = X.copy()
    marred[:10] = 50.0
    folds = list(KFold(3).split(X))
    if masks:
        folds = [(np.isin(np.arange(len(X)), a), np.isin(np.arange(len(X)), b)) for a, b in folds]
    arguments = {"covariance_type": "diag", "criterion": "held_out"}
    search = GaussianMixtureSearch(1, cv=folds, **arguments).fit(marred, sample_weight=weights)
    one = GaussianMixture(covariance_type="diag", reg_covar=0.0)
    for number, (fitted, out) in enumerate(KFold(3).split(X)):
        expected = one.fit(X[fitted[fitted >= 10]]).score(X[out[out >= 10]])
        np.testing.assert_allclose(search.results_[f"split{number}_held_out"][0], expected, rtol=1e-9)
    without = GaussianMixtureSearch(1, cv=3, random_state=0, **arguments)  # a number shuffles the rows that count
    weighted = clone(without).fit(marred, sample_weight=weights).results_["held_out"]
    np.testing.assert_allclose(weighted, without.fit(X[10:]).results_["held_out"], rtol=1e-9)


def test_a_fold_without_rows_that_count_is_refused(X):
    weights = np.r_[np.zeros(10), np.ones(len(X) - 10)]
    folds = [(np.arange(10, len(X)), np.arange(10))]
    search = GaussianMixtureSearch(1, covariance_type="diag", criterion="held_out", cv=folds)
    with pytest.raises(ValueError, match=r"fold 0 has .* positive weight to fit to and 0 to hold out"):
        search.fit(X, sample_weight=weights)


def test_any_number_of_jobs_gives_the_same(search, X):
    others = clone(search).set_params(n_jobs=2).fit(X)
    for name in set(search.results_) - {"fit_time"}:
        np.testing.assert_array_equal(search.results_[name], others.results_[name], err_msg=name)


@pytest.mark.parametrize(
    ("parameters", "several"),
    [({}, True), ({"n_jobs": 1}, False), ({"init_params": lambda X, **_: (X[:, 0] > 0).astype(int)}, False)],
)
def test_small_sweeps_leave_their_threads_to_whole_fits(X, monkeypatch, parameters, several):
    monkeypatch.setattr(fitting, "n_threads", lambda: 2)
    threads = set()
    fit_cell = fitting.fit_cell
    together = Barrier(2 if several else 1)

    def watched(*arguments):
        if get_ident() not in threads:
            threads.add(get_ident())
            together.wait(timeout=60)  # where there are two threads, each has a fit of its own
        return fit_cell(*arguments)

    monkeypatch.setattr(fitting, "fit_cell", watched)
    GaussianMixtureSearch(2, covariance_type=["EII", "VVV"], random_state=0, **parameters).fit(X)
    assert len(threads) == 1 + several


def test_a_weight_of_two_is_the_row_twice(X):
    search = GaussianMixtureSearch([1, 2, 3], covariance_type=["spherical"], random_state=0, n_init=1)
    weights = np.where(np.arange(len(X)) < 40, 2.0, 1.0)
    weights[-5:] = 0.0
    with pytest.warns(UserWarning, match="best number of components, 3, is the largest"):
        weighted = clone(search).fit(X, sample_weight=weights)
    with pytest.warns(UserWarning, match="best number of components, 3, is the largest"):
        repeated = clone(search).fit(np.repeat(X, weights.astype(int), axis=0))
    for name in ("bic", "icl", "aic", "log_likelihood"):
        np.testing.assert_allclose(weighted.results_[name], repeated.results_[name], rtol=1e-6)
    assert len(weighted.predict(X)) == len(X)


def test_units_change_the_choice_of_no_model(search, X):
    scaled = clone(search).fit(X * 1e-6)
    assert scaled.best_params_ == search.best_params_
    shift = 2 * len(X) * 2 * np.log(1e-6)
    np.testing.assert_allclose(scaled.results_["bic"], search.results_["bic"] + shift, rtol=1e-6)


def test_the_best_at_the_edge_warns(X):
    with pytest.warns(UserWarning, match="3, is the largest that was tried.*now from 1 to 3"):
        GaussianMixtureSearch([1, 2, 3], covariance_type="spherical", random_state=0).fit(X)
    with pytest.warns(UserWarning, match="3, is the smallest"):
        GaussianMixtureSearch([3, 4, 5], covariance_type="spherical", random_state=0).fit(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GaussianMixtureSearch(3, covariance_type="spherical", random_state=0).fit(X)  # nothing was searched
        GaussianMixtureSearch([1, 2, 3], covariance_type="spherical").fit(np.random.default_rng(0).normal(size=(99, 2)))


def test_collapse_and_failure_are_recorded_and_lose():
    """Rows that repeat let a component collapse; more components than rows cannot be fitted. Neither stops the rest."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(14, 2)), np.full((6, 2), 5.0)])
    search = GaussianMixtureSearch([1, 2, 30], covariance_type=FOUR, random_state=0).fit(X)
    results = search.results_
    outcomes = set(results["outcome"][results["n_components"] == 30])
    assert outcomes == {"FAILED"}
    assert "n_components = 30" in results["message"][2]
    bad = ~np.isin(results["outcome"], ["CONVERGED", "EMPTIED"])
    assert bad[results["n_components"] == 2].any()
    for name in ("bic", "icl", "aic"):
        assert np.isnan(results[name][bad]).all()
        assert np.isfinite(results[name][~bad]).all()
    assert (results["rank"][bad] > results["rank"][~bad].max()).all()


def test_where_all_fail_it_says_why():
    X = np.column_stack([np.arange(9.0), np.arange(9.0)])
    with pytest.raises(ValueError, match=r"Every pair .* the first said: .*ill-defined.*Try fewer components"):
        GaussianMixtureSearch([1, 2], covariance_type="full").fit(X)


@pytest.mark.parametrize("volume", [1e-60, 1e-2])
def test_too_small_a_noise_volume_is_said_to_be_one(X, volume):
    with pytest.raises(ValueError, match=r"Every pair .*larger noise volume, or reg_covar"):
        GaussianMixtureSearch([1, 2], covariance_type="full", noise=volume, random_state=0).fit(X)


def test_warnings_of_fits_are_kept_in_the_table(X):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search = GaussianMixtureSearch(NUMBERS, covariance_type="full", max_iter=1, n_jobs=2, random_state=0).fit(X)
    late = search.results_["outcome"] == "UNFINISHED"
    assert late.any()
    assert all("did not converge" in message for message in search.results_["message"][late])


def test_balls_alone_are_chosen_among_where_a_feature_is_constant(X):
    with pytest.warns(UserWarning, match=r"constant features \(columns 2\)") as caught:
        search = GaussianMixtureSearch([1, 2, 3, 4], random_state=0).fit(np.column_stack([X, np.ones(len(X))]))
    assert len(caught) == 1
    table = search.results_
    balls = np.isin(table["covariance_type"], ["EII", "VII"])
    assert np.isfinite(table["bic"][balls]).all()
    assert (table["outcome"][~balls] == "FAILED").all()
    assert all("constant features (columns 2)" in message for message in table["message"][~balls])


@pytest.mark.parametrize("seed", [0, 1])  # with 1, pairs turn flat when they are run on
def test_ellipsoids_of_few_rows_are_not_chosen(seed):
    """On 30 rows of two balls in six dimensions the lowest BIC would be one of many ellipsoids, some of a few rows."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, 6)) + np.repeat([0.0, 5.0], [12, 18])[:, None]
    search = GaussianMixtureSearch(range(1, 7), random_state=0).fit(X)
    assert search.best_params_ == {"n_components": 2, "covariance_type": "EII"}
    table = search.results_
    flat = table["outcome"] == "FLAT"
    assert set(table["covariance_type"][flat]) <= {"EEV", "VEV", "EVV", "VVV"}
    assert np.isnan(table["bic"][flat]).all()
    assert np.isfinite(table["log_likelihood"][flat]).all()
    assert all("no more rows than there are features" in message for message in table["message"][flat])
    unguarded = -2 * table["log_likelihood"][flat] + table["n_parameters"][flat] * np.log(30)
    assert unguarded.min() < search.best_score_  # what it is for
    fixed = GaussianMixtureSearch([5], covariance_type=["EEV", "VEV"], reg_covar=0.01, random_state=0).fit(X)
    assert "FLAT" not in fixed.results_["outcome"]


def test_curves_are_of_numbers(search):
    assert search.curves("n_iter")["full"].shape == (5,)
    for name in ("dic", "outcome"):
        with pytest.raises(ValueError, match=f"Got criterion='{name}', expected one of: n_components, bic, icl, aic"):
            search.curves(name)
    with pytest.raises(NotFittedError):
        GaussianMixtureSearch().curves()


def test_a_constant_feature_is_said_once(X):
    search = GaussianMixtureSearch([1, 2, 3, 4], covariance_type="spherical", reg_covar="auto")
    with pytest.warns(UserWarning, match="constant features") as caught:
        search.fit(np.column_stack([X, np.ones(len(X))]))
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_components": [0, 1]}, r"n_components=\[0, 1\], expected a whole number"),
        ({"n_components": [1.5]}, r"expected a whole number"),
        ({"n_components": ()}, r"expected a whole number"),
        ({"covariance_type": "round"}, r"covariance_type='round', expected one of: full"),
        ({"covariance_type": ["full", "full"]}, r"names of different families"),
        ({"covariance_type": ["tied", "EEE"]}, r"names of different families"),
        ({"covariance_type": ["all"]}, r"\['all'\], expected 'all' by itself"),
        ({"covariance_type": ["E", "V"]}, r"X with 2 features, but E and V"),
        ({"criterion": "dic"}, r"'criterion' parameter"),
        ({"n_init": 0}, r"'n_init' parameter"),
        ({"init_params": "kmean"}, r"'init_params' parameter"),
        ({"noise": True}, r"noise=True, expected None"),
        ({"n_components": iter([1, 2])}, r"empty after one fit; expected a list"),
        ({"covariance_type": iter(["full"])}, r"empty after one fit; expected a list"),
    ],
)
def test_errors_come_before_any_work(X, parameters, message, monkeypatch):
    monkeypatch.setattr("mixtura.selection.search.fit_cells", lambda *_: pytest.fail("cells were fitted"))
    with pytest.raises(ValueError, match=message):
        GaussianMixtureSearch(**parameters).fit(X)


def test_a_failed_fit_leaves_the_last_one_usable(X):
    search = GaussianMixtureSearch([1, 2], covariance_type="tied").set_params(n_components=1).fit(X)
    with pytest.raises(ValueError, match="Every pair"):
        search.fit(np.column_stack([np.arange(9.0), np.arange(9.0)]))
    assert len(search.predict(X)) == len(X)


def test_no_family_does_worse_than_one_that_it_holds(X):
    """Whatever the start: here labels that have nothing to do with the groups."""

    def turns(rows, n_components, random_state):
        return np.arange(len(rows)) % n_components

    search = GaussianMixtureSearch([3], init_params=turns, random_state=0).fit(X)
    likelihoods = dict(zip(search.results_["covariance_type"], search.results_["log_likelihood"], strict=True))
    for outer, inner in product(likelihoods, repeat=2):
        if holds(outer, inner):
            assert likelihoods[outer] >= likelihoods[inner] - 1e-5 * len(X), (outer, inner)


def test_each_start_is_another(X):
    """With several, the likelihood is at least that of the first alone."""
    arguments = {"covariance_type": "diag", "init_params": "random", "tol": 1e-8, "random_state": 4}
    one = GaussianMixtureSearch([1, 4, 5], **arguments).fit(X)
    more = GaussianMixtureSearch([1, 4, 5], n_init=6, **arguments).fit(X)
    assert (more.results_["log_likelihood"] >= one.results_["log_likelihood"] - 1e-3).all()
    assert (more.results_["log_likelihood"] > one.results_["log_likelihood"] + 1).any()


def test_curves_have_a_family_each(search):
    curves = search.curves()
    assert list(curves) == list(search.covariance_types_)
    assert curves["spherical"][2] == search.best_score_
    np.testing.assert_array_equal(search.curves("n_parameters")["full"], 6 * np.arange(1, 6) - 1)


def test_names_of_one_family_in_one_dimension_are_fitted_once(X):
    search = GaussianMixtureSearch(1, covariance_type=["V", "full", "tied", "EII"], random_state=0).fit(X[:, :1])
    assert search.covariance_types_ == ("tied", "V")


def test_a_callable_start(X):
    def thirds(rows, n_components, random_state):
        return np.arange(len(rows)) % n_components

    search = GaussianMixtureSearch([1, 2, 3, 4], covariance_type="spherical", init_params=thirds).fit(X)
    assert search.best_params_["n_components"] == 3


def test_before_a_fit(X):
    search = GaussianMixtureSearch()
    with pytest.raises(NotFittedError):
        search.predict(X)
    for asked in (search.to_parameters, search.to_sklearn):
        with pytest.raises(NotFittedError):
            asked()
    assert not hasattr(search, "means_")
    assert not hasattr(search, "converged_")


def test_everything_else_is_asked_of_the_best(search, X):
    best = search.best_estimator_
    for name in ("predict", "predict_proba", "score_samples"):
        np.testing.assert_array_equal(getattr(search, name)(X), getattr(best, name)(X))
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        np.testing.assert_array_equal(getattr(search, name), getattr(best, name))
    rows, groups = search.sample(7, random_state=3)
    assert rows.shape == (7, 2)
    assert groups.shape == (7,)
    assert search.mixture_ is best.mixture_
    for name in ("converged_", "outcome_", "n_iter_", "lower_bound_", "family_", "noise_share_", "n_parameters_"):
        assert getattr(search, name) == getattr(best, name)
    again = GaussianMixture.from_parameters(**search.to_parameters())
    np.testing.assert_array_equal(again.score_samples(X), search.score_samples(X))
    np.testing.assert_allclose(search.to_sklearn().score_samples(X), search.score_samples(X), rtol=1e-9)
    np.testing.assert_array_equal(clone(search).fit_predict(X), search.predict(X))
    assert clone(best).fit(three_groups(60, seed=1)).n_features_in_ == 2  # its start fits any number of rows


def test_names_of_features_are_kept(X):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["a", "b"])
    search = GaussianMixtureSearch(1, covariance_type="full").fit(frame)
    assert search.feature_names_in_.tolist() == ["a", "b"]
    search.predict(frame)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        search.predict(X)
    assert pandas.DataFrame(search.results_).shape[0] == 1


def test_the_picture(search):
    display = search.plot()
    assert display.ax_.get_ylabel() == "BIC (lower is better)"
    display.close()


def test_what_may_win_is_fitted_as_if_all_were():
    """Only losers stop early: the choice, its criterion and its iterations are those without a shortcut.

    From one start. Of several the one that is ahead when the losers stop runs on, and may end elsewhere within tol.
    """
    rng = np.random.default_rng(4)
    X = np.concatenate([rng.normal(size=(300, 3)) * [1, 2, 1], 2 + rng.normal(size=(300, 3)) * [2, 1, 1]])
    one = {"covariance_type": FOUR, "init_params": "hierarchical", "random_state": 0}
    short = GaussianMixtureSearch(range(1, 5), **one).fit(X)
    whole = GaussianMixtureSearch(range(1, 5), criterion="icl", **one).fit(X)
    bic, exact = short.results_["bic"], whole.results_["bic"]
    best = int(np.nanargmin(exact))
    assert short.best_index_ == best
    assert bic[best] == pytest.approx(exact[best], rel=1e-13)
    assert short.results_["n_iter"][best] == whole.results_["n_iter"][best] == len(short.best_estimator_.lower_bounds_)
    assert short.best_estimator_.get_params()["tol"] == 1e-5
    assert not short.best_estimator_.warm_start
    early = short.results_["n_iter"] < whole.results_["n_iter"]
    assert early.any()
    assert (exact[early] > exact[best]).all()


def test_of_two_starts_the_choice_is_that_without_a_shortcut_but_for_the_tolerance():
    rng = np.random.default_rng(4)
    X = np.concatenate([rng.normal(size=(300, 3)) * [1, 2, 1], 2 + rng.normal(size=(300, 3)) * [2, 1, 1]])
    short = GaussianMixtureSearch(range(1, 5), covariance_type=FOUR, random_state=0).fit(X)
    whole = GaussianMixtureSearch(range(1, 5), covariance_type=FOUR, criterion="icl", random_state=0).fit(X)
    bic, exact = short.results_["bic"], whole.results_["bic"]
    assert short.best_index_ == np.nanargmin(exact)
    assert bic[short.best_index_] == pytest.approx(np.nanmin(exact), abs=2 * 600 * 1e-5)
