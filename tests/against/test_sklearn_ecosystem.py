"""The mixture among the tools that people use it with: copies, given starts, subclasses, pipelines, searches."""

import copy
import inspect
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.mixture import GaussianMixture as TheirMixture
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from against.bits import same_bits
from mixtura import GaussianMixture

COPIES = {
    "pickle": lambda gmm, folder: pickle.loads(pickle.dumps(gmm)),
    "deepcopy": lambda gmm, folder: copy.deepcopy(gmm),
    "joblib": lambda gmm, folder: joblib.load(joblib.dump(gmm, folder / "gmm.joblib")[0]),
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_a_copy_has_the_same_bits(X, family, way, tmp_path):
    gmm = GaussianMixture(2, covariance_type=family, random_state=0).fit(X)
    twin = COPIES[way](gmm, tmp_path)
    assert same_bits(twin, gmm)
    assert_array_equal(twin.score_samples(X), gmm.score_samples(X))
    assert_array_equal(twin.sample(9)[0], gmm.sample(9)[0])
    assert (twin.outcome_, twin.lower_bounds_) == (gmm.outcome_, gmm.lower_bounds_)


def by_first_feature(X, n_components, random_state):
    """A start that can be pickled."""
    return (X[:, 0] > np.median(X[:, 0])).astype(int) % n_components


STARTS = {
    "labels": lambda X: by_first_feature(X, 2, None),
    "list of labels": lambda X: by_first_feature(X, 2, None).tolist(),
    "whole floats": lambda X: by_first_feature(X, 2, None).astype(np.float32),
    "Series": lambda X: pd.Series(by_first_feature(X, 2, None)),
    "responsibilities": lambda X: np.eye(2)[by_first_feature(X, 2, None)],
    "callable": lambda X: by_first_feature,
}


@pytest.mark.parametrize("kind", STARTS)
def test_given_starts_are_parameters_like_others(X, kind):
    given = STARTS[kind](X)
    gmm = GaussianMixture(2, init_params=given)
    assert gmm.get_params()["init_params"] is given
    assert "init_params" in repr(gmm)
    assert gmm._repr_html_()
    fitted = gmm.fit(X)
    assert same_bits(clone(gmm).fit(X), fitted)
    assert same_bits(pickle.loads(pickle.dumps(gmm)).fit(X), fitted)
    expected = GaussianMixture(2, init_params=by_first_feature(X, 2, None)).fit(X)
    assert_allclose(fitted.means_, expected.means_, rtol=1e-10)


@pytest.mark.parametrize(
    "given",
    [
        np.full(300, -1),
        np.full(300, 2),
        np.full(300, 0.5),
        np.full(300, np.nan),
        np.zeros(299, dtype=int),
        np.full((300, 2), 0.6),
        np.full((300, 2), np.nan),
        np.tile([1.5, -0.5], (300, 1)),
        np.full((300, 3), 1 / 3),
        ["a"] * 300,
        lambda X, n_components, random_state: None,
        lambda X, n_components, random_state: np.zeros((3, 3)),
    ],
    ids=range(12),
)
def test_memberships_that_are_none_are_refused(X, given):
    with pytest.raises(ValueError, match=r"Got init_params .*expected 300 labels from 0 to 1, or responsibilities"):
        GaussianMixture(2, init_params=given).fit(X)


def test_ragged_responsibilities_are_refused_in_our_words(X):
    with pytest.raises(ValueError, match=r"Got init_params .*expected 300 labels"):
        GaussianMixture(2, init_params=[[1.0, 0.0], [1.0]] * 150).fit(X)


def test_what_is_given_is_not_written_to_nor_kept(X):
    means, weights = np.array([[0.0] * 3, [4.0] * 3]), np.array([0.5, 0.5])
    gmm = GaussianMixture(2, means_init=means, weights_init=weights, precisions_init=np.stack([np.eye(3)] * 2))
    rows = X.copy()
    gmm.set_params(max_iter=0).fit(rows)
    assert_array_equal(rows, X)
    means += 99
    weights[:] = 0.1
    assert_array_equal(gmm.means_, [[0.0] * 3, [4.0] * 3])
    assert_array_equal(gmm.weights_, 0.5)


def test_a_fitted_mixture_is_what_was_fitted_whatever_the_parameters_say_now(X):
    gmm = GaussianMixture(2, random_state=0).fit(X)
    before = gmm.score_samples(X), gmm.covariances_, gmm.bic(X)
    gmm.set_params(covariance_type="diag", n_components=7, reg_covar=3.0)
    assert_array_equal(gmm.score_samples(X), before[0])
    assert_array_equal(gmm.covariances_, before[1])
    assert gmm.bic(X) == before[2]


def test_what_users_do_to_an_attribute_leaves_the_mixture_alone(X):
    gmm = GaussianMixture(2, random_state=0).fit(X)
    before = gmm.score(X)
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        getattr(gmm, name)[...] = 0
    assert gmm.score(X) == before


@pytest.mark.parametrize("way", [None, *COPIES])
def test_the_frozen_record_is_frozen_to_its_numbers(X, way, tmp_path):
    """Values that follow from these numbers are kept, so a change would make a mixture that disagrees with itself."""
    gmm = GaussianMixture(2, random_state=0).fit(X)
    gmm = COPIES[way](gmm, tmp_path) if way else gmm
    with pytest.raises(ValueError, match="read-only"):
        gmm.mixture_.means[0] = 99.0
    with pytest.raises(ValueError, match="read-only"):
        gmm.mixture_.weights[0] = 0.9
    with pytest.raises(ValueError, match="read-only"):
        gmm.mixture_.covariances.stored[0] = 0.9


@pytest.mark.parametrize("shape", [(3,), (5, 1), (5, 4), (1, 5, 3), ()])
def test_the_frozen_record_refuses_what_are_no_rows(X, shape):
    mixture = GaussianMixture(2, covariance_type="diag", random_state=0).fit(X).mixture_
    with pytest.raises(ValueError, match=r"shape \(.*expected \(N, 3\)"):
        mixture.log_density(np.zeros(shape))


def test_the_constructor_and_the_methods_take_what_theirs_take():
    ours, theirs = (inspect.signature(kind).parameters for kind in (GaussianMixture, TheirMixture))
    assert [name for name in ours if name != "noise"] == list(theirs)
    assert [ours[name].kind for name in theirs] == [theirs[name].kind for name in theirs]
    assert (ours["noise"].kind, ours["noise"].default) == (inspect.Parameter.KEYWORD_ONLY, None)
    unlike = {name for name in theirs if ours[name].default != theirs[name].default}
    assert unlike == {"reg_covar"}
    for method in ("fit", "fit_predict", "predict", "predict_proba", "score", "score_samples", "bic", "aic", "sample"):
        expected = list(inspect.signature(getattr(TheirMixture, method)).parameters)
        assert list(inspect.signature(getattr(GaussianMixture, method)).parameters)[: len(expected)] == expected


def test_it_has_the_attributes_that_theirs_has(X):
    ours, theirs = (kind(2, random_state=0).fit(X) for kind in (GaussianMixture, TheirMixture))
    names = {name for name in vars(theirs) if name.endswith("_")}
    assert {name for name in names if not hasattr(ours, name)} == set()
    fresh = GaussianMixture(2)
    assert {name for name in names if hasattr(fresh, name)} == set()


class Doubled(GaussianMixture):
    """A subclass with a parameter of its own, as users write them."""

    def __init__(self, n_components=1, *, factor=2.0, random_state=None):
        super().__init__(n_components, random_state=random_state)
        self.factor = factor

    def score(self, X, y=None, sample_weight=None):
        return self.factor * super().score(X, y, sample_weight)


def test_a_subclass_is_cloned_fitted_and_searched(X):
    plain = GaussianMixture(2, random_state=0).fit(X)
    assert clone(Doubled(2, factor=3.0, random_state=0)).fit(X).score(X) == 3.0 * plain.score(X)
    search = GridSearchCV(Doubled(random_state=0), {"n_components": [1, 2]}, cv=3).fit(X)
    assert search.best_params_ == {"n_components": 2}


def test_pipelines_searches_and_validation(X):
    weights = np.random.default_rng(0).uniform(0.5, 2, size=len(X))
    pipe = make_pipeline(StandardScaler(), GaussianMixture(2, random_state=0))
    pipe.fit(X, gaussianmixture__sample_weight=weights)
    expected = GaussianMixture(2, random_state=0).fit(StandardScaler().fit_transform(X), sample_weight=weights)
    assert same_bits(pipe[-1], expected)
    search = GridSearchCV(GaussianMixture(random_state=0), {"n_components": [1, 2]}, cv=3)
    assert search.fit(X).best_params_ == {"n_components": 2}
    assert cross_val_score(GaussianMixture(2, random_state=0), X, cv=4).shape == (4,)


def test_weights_are_routed(X):
    weights = np.random.default_rng(0).uniform(0.5, 2, size=len(X))
    with sklearn.config_context(enable_metadata_routing=True):
        gmm = GaussianMixture(2, random_state=0).set_fit_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipe = make_pipeline(scaler, gmm).fit(X, sample_weight=weights)
    expected = GaussianMixture(2, random_state=0).fit(StandardScaler().fit_transform(X), sample_weight=weights)
    assert same_bits(pipe[-1], expected)
