"""The traps, for the families that scikit-learn does not have: the same promises, each asked once."""

import warnings

import numpy as np
import pytest
from conftest import FAMILIES, SKLEARN_FAMILIES, matrices
from numpy.testing import assert_allclose, assert_array_equal

from mixtura import GaussianMixture, Outcome, load_model, save_model

from .conftest import two_groups

pytestmark = pytest.mark.parametrize("family", [name for name in FAMILIES if name not in SKLEARN_FAMILIES])


def fit(X, family, n_components=2, sample_weight=None, **parameters) -> GaussianMixture:
    parameters = {"tol": 1e-6, "random_state": 0} | parameters
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return GaussianMixture(n_components, covariance_type=family, **parameters).fit(X, sample_weight=sample_weight)


def assert_sound(gmm, X):
    assert np.isfinite(gmm.score(X))
    assert_allclose(gmm.predict_proba(X).sum(axis=1), 1.0, rtol=1e-12)
    assert np.isfinite(gmm.sample(20, random_state=0)[0]).all()


def stretched(seed=0) -> np.ndarray:
    """Two groups of unlike shape and direction, in multiples of 2^-20, so that offsets are exact."""
    turn = np.random.default_rng(seed).normal(size=(2, 3, 3)) + np.eye(3)
    X = two_groups(n=150, d=3)
    X = np.vstack([X[:150] @ turn[0], (X[150:] - 6) @ turn[1] + 8])
    return np.round(X * 2**20) / 2**20


@pytest.mark.parametrize("offset", [1e4, 1e8])
def test_an_offset_moves_the_means_and_nothing_else(family, offset):
    X = stretched()
    here, there = fit(X, family), fit(X + offset, family)
    assert_allclose(there.means_ - offset, here.means_, atol=4 * np.spacing(offset))
    assert_allclose(matrices(there.mixture_), matrices(here.mixture_), rtol=1e-6, atol=1e-6)
    assert_array_equal(there.predict(X + offset), here.predict(X))


@pytest.mark.parametrize("unit", [1e-100, 1e-8, 1e8, 1e100])
def test_a_change_of_unit_changes_the_unit_of_the_answer(family, unit):
    X = stretched()
    one, other = fit(X, family), fit(X * unit, family)
    assert_allclose(other.means_ / unit, one.means_, rtol=1e-8)
    assert_allclose(other.covariances_ / unit / unit, one.covariances_, rtol=1e-7, atol=1e-8)
    assert_allclose(other.lower_bound_, one.lower_bound_ - 3 * np.log(unit), rtol=1e-9)


def test_float32_rows_are_summed_in_float64(family):
    X = (stretched() + 1000).astype(np.float32)
    single, double = fit(X, family), fit(X.astype(np.float64), family)
    stored = double.mixture_.covariances.stored
    assert_allclose(single.mixture_.covariances.stored, stored, rtol=0, atol=1e-5 * np.abs(stored).max())
    assert single.covariances_.dtype == np.float32


@pytest.mark.parametrize("seed", range(2))
def test_the_likelihood_never_falls_without_regularisation(family, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3)) + rng.integers(3, size=(300, 1))
    gmm = fit(X, family, 4, reg_covar=0, tol=1e-7, max_iter=300)
    assert gmm.n_iter_ > 5
    assert (np.diff(gmm.lower_bounds_) > -1e-13 * abs(gmm.lower_bound_)).all()


def test_a_weight_of_two_is_the_row_twice_and_a_common_factor_is_nothing(family):
    X = stretched()
    counts = np.random.default_rng(1).integers(1, 4, size=len(X))
    weighted = fit(X, family, sample_weight=counts)
    for same in (fit(np.repeat(X, counts, axis=0), family), fit(X, family, sample_weight=counts * 1e300)):
        assert_allclose(same.means_, weighted.means_, rtol=1e-8, atol=1e-9)
        assert_allclose(same.covariances_, weighted.covariances_, rtol=1e-7, atol=1e-8)


def test_a_component_without_rows_is_told(family):
    X, labels = stretched(), np.repeat([0, 2], 150)
    gmm, two = fit(X, family, 3, init_params=labels), fit(X, family, 2, init_params=labels // 2)
    assert gmm.outcome_ is Outcome.EMPTIED
    assert gmm.weights_[1] == 0
    assert_allclose(gmm.score(X), two.score(X), rtol=1e-9)
    assert_sound(gmm, X)


@pytest.mark.parametrize(
    ("n", "d", "n_components"), [(4, 2, 4), (3, 8, 2), (2, 2, 2), (30, 1, 3), (12, 30, 3), (60, 17, 2)]
)
def test_few_rows_give_a_mixture(family, n, d, n_components):
    X = np.random.default_rng(n + d).normal(size=(n, d))
    assert_sound(fit(X, family, n_components, max_iter=20), X)


def test_rows_that_make_matrices_singular_give_a_mixture_or_one_clear_error(family):
    one_hot = np.eye(4)[np.random.default_rng(0).integers(4, size=200)]
    X = two_groups()
    dependent = np.column_stack([X, X.sum(axis=1), X[:, 0]])
    copies = np.repeat([[0.0, 0.0], [4.0, 1.0], [1.0, 5.0]], 10, axis=0) + 1e5
    for rows in (one_hot, dependent, copies, np.insert(X, 1, 1e8, axis=1)):
        assert_sound(fit(rows, family, 3), rows)
    with pytest.raises(ValueError, match="ill-defined empirical covariance"):
        fit(np.ones((10, 2)), family, reg_covar=0)


def test_features_of_unlike_units_end_in_a_mixture(family):
    X = stretched() * [1e-3, 1.0, 1e4]
    assert_sound(fit(X, family), X)


def test_a_saved_model_scores_the_same_bits(family, tmp_path):
    X = stretched()
    gmm = fit(X, family)
    save_model(gmm, tmp_path / "model.mix")
    again = load_model(tmp_path / "model.mix")
    assert again.score(X) == gmm.score(X)
    assert again.family_ == gmm.family_
    assert again.n_parameters_ == gmm.n_parameters_


def test_parameters_go_round_and_precisions_may_be_given(family):
    X = stretched()
    gmm = fit(X, family)
    again = GaussianMixture.from_parameters(**gmm.to_parameters())
    assert_array_equal(again.score_samples(X), gmm.score_samples(X))
    given = {"weights_init": gmm.weights_, "means_init": gmm.means_, "precisions_init": gmm.precisions_}
    assert_allclose(fit(X, family, max_iter=0, **given).score(X), gmm.score(X), rtol=1e-9)


def test_scikit_learn_holds_the_same_mixture(family):
    X = stretched()
    gmm = fit(X, family)
    theirs = gmm.set_params(precisions_init=gmm.precisions_).to_sklearn()
    assert_allclose(theirs.score_samples(X), gmm.score_samples(X), rtol=1e-9)
    assert theirs.covariance_type == {"EII": "spherical", "EEI": "diag", "VEI": "diag", "EVI": "diag"}.get(
        family, "full"
    )
    assert_allclose(theirs.precisions_init, theirs.precisions_)
    assert_allclose(GaussianMixture.from_sklearn(theirs).score(X), gmm.score(X), rtol=1e-12)
