"""Traps 5 to 8: floors that know nothing of the unit, constant columns, and what regularisation does to the ascent."""

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES
from numpy.testing import assert_allclose, assert_array_equal

from mixtura import GaussianMixture

from .conftest import two_groups

every_family = pytest.mark.parametrize("family", SKLEARN_FAMILIES)


# Trap 5: with scikit-learn's floor of 1e-6, data times 1e-4 give variances 110 times too large, without a warning.
@every_family
@pytest.mark.parametrize("unit", [1e-8, 1e-6, 1e-4, 1e4, 1e8, 1e-100, 1e100])
def test_a_change_of_unit_changes_the_unit_of_the_answer(X, family, unit):
    one = GaussianMixture(2, covariance_type=family, random_state=0).fit(X)
    other = GaussianMixture(2, covariance_type=family, random_state=0).fit(X * unit)
    assert_allclose(other.means_ / unit, one.means_, rtol=1e-9)
    assert_allclose(other.covariances_ / unit / unit, one.covariances_, rtol=1e-8, atol=1e-10)
    assert_allclose(other.weights_, one.weights_, rtol=1e-9)
    assert_array_equal(other.predict(X * unit), one.predict(X))
    assert_allclose(other.lower_bound_, one.lower_bound_ - 2 * np.log(unit), rtol=1e-9)


# Trap 5: a number is scikit-learn's absolute floor.
@every_family
def test_a_number_is_added_to_every_variance_as_it_is(X, family):
    plain = GaussianMixture(1, covariance_type=family, reg_covar=0).fit(X).mixture_.covariances.matrix(0)
    floored = GaussianMixture(1, covariance_type=family, reg_covar=0.5).fit(X).mixture_.covariances.matrix(0)
    assert_allclose(floored - plain, 0.5 * np.eye(2), atol=1e-13)


# Trap 5: the default adds a millionth of each variance.
@every_family
def test_the_default_adds_a_millionth(X, family):
    plain = GaussianMixture(1, covariance_type=family, reg_covar=0).fit(X).mixture_.covariances.matrix(0)
    default = GaussianMixture(1, covariance_type=family).fit(X).mixture_.covariances.matrix(0)
    assert_allclose(np.diag(default), np.diag(plain) * (1 + 1e-6), rtol=1e-12)


# Trap 5, the other side: one wild row widens the variance of a feature, and with it a floor in proportion to that.
@pytest.mark.parametrize("wild", [1e4, 1e6])
def test_one_wild_row_does_not_blur_the_groups(X, wild):
    rows = np.vstack([X, [[wild, wild]]])
    labels = np.repeat([0, 1, 2], [200, 200, 1])
    gmm = GaussianMixture(3, init_params=labels).fit(rows)
    for k, group in enumerate((X[:200], X[200:])):
        assert_allclose(np.diag(gmm.covariances_[k]), group.var(axis=0), rtol=0.02)
        assert_allclose(gmm.means_[k], group.mean(axis=0), atol=0.02)


# Trap 6.
@pytest.mark.parametrize("family", ["full", "tied", "diag"])
@pytest.mark.parametrize("n_init", [1, 2])
def test_features_of_very_different_scales_are_equals(family, n_init):
    X = two_groups(d=3)
    units = np.array([1e-7, 1.0, 1e9])
    one = GaussianMixture(2, covariance_type=family, n_init=n_init, random_state=0).fit(X)
    other = GaussianMixture(2, covariance_type=family, n_init=n_init, random_state=0).fit(X * units)
    assert_allclose(other.means_ / units, one.means_, rtol=1e-9)
    scaled = other.mixture_.covariances.matrix(1) / units / units[:, None]
    assert_allclose(scaled, one.mixture_.covariances.matrix(1), rtol=1e-8, atol=1e-10)
    assert_array_equal(other.predict(X * units), one.predict(X))


# Trap 6: mclust drops a constant column silently; scikit-learn swallows it, and its BIC means nothing.
@every_family
@pytest.mark.parametrize("value", [0.0, 0.1, -3.0, 1e8])
def test_a_constant_column_is_named(X, family, value):
    constant = np.insert(X, 1, value, axis=1)
    with pytest.warns(UserWarning, match=r"constant features \(columns 1\).*BIC.*Remove these columns") as record:
        gmm = GaussianMixture(2, covariance_type=family, random_state=0).fit(constant)
    assert len(record) == 1
    assert_allclose(gmm.means_[:, 1], value, rtol=1e-12)
    assert np.isfinite(gmm.score_samples(constant)).all()
    if family != "spherical":
        plain = GaussianMixture(2, covariance_type=family, random_state=0).fit(X)
        assert_array_equal(gmm.predict(constant), plain.predict(X))


# Trap 6: without regularisation balls alone have a likelihood there, that of one more feature of variance 0.
@pytest.mark.parametrize("family", ["EII", "VII"])
def test_balls_take_a_constant_column_without_regularisation(X, family):
    labels = (X[:, 0] > np.median(X[:, 0])).astype(int)
    settings = {"covariance_type": family, "init_params": labels, "reg_covar": 0.0, "max_iter": 0}
    plain = GaussianMixture(2, **settings).fit(X)
    with pytest.warns(UserWarning, match=r"constant features \(columns 1\).*Remove these columns"):
        gmm = GaussianMixture(2, **settings).fit(np.insert(X, 1, 0.1, axis=1))
    n = X.shape[1]
    variances = gmm.mixture_.covariances.variances[:, 0]
    assert_allclose(variances, plain.mixture_.covariances.variances[:, 0] * n / (n + 1), rtol=1e-12)


@pytest.mark.parametrize("family", ["diag", "tied", "full", "VEE", "EEV", "EVE"])
def test_other_families_name_a_constant_column_without_regularisation(X, family):
    with pytest.raises(ValueError, match=r"spherical families \(EII, VII\) .* constant features \(columns 1\)"):
        GaussianMixture(2, covariance_type=family, reg_covar=0.0).fit(np.insert(X, 1, 0.1, axis=1))


# Trap 6: float32 columns and columns that are constant among the rows that count.
def test_constant_is_judged_on_the_rows_that_count(X):
    almost = np.insert(X, 0, np.float32(0.1), axis=1).astype(np.float32)
    with pytest.warns(UserWarning, match=r"columns 0\)"):
        GaussianMixture(1).fit(almost)
    almost[0, 0] = 9.0
    GaussianMixture(1).fit(almost)
    with pytest.warns(UserWarning, match=r"columns 0\)"):
        GaussianMixture(1).fit(almost, sample_weight=np.r_[0.0, np.ones(399)])


# Trap 7: left singular vectors have variance 1/N; a floor of 1e-6 is 6 % of it for 60,000 images.
@every_family
@pytest.mark.parametrize("n_images", [6_000, 60_000, 1_000_000])
def test_coefficients_of_singular_vectors_are_fitted_as_they_are(family, n_images):
    rng = np.random.default_rng(0)
    U, _, _ = np.linalg.svd(rng.normal(size=(500, 4)), full_matrices=False)
    U *= np.sqrt(len(U) / n_images)
    gmm = GaussianMixture(1, covariance_type=family).fit(U)
    exact = np.cov(U.T, bias=True)
    fitted = gmm.mixture_.covariances.matrix(0)
    assert_allclose(np.trace(fitted), np.trace(exact), rtol=2e-6)
    assert_allclose(np.diag(fitted), np.diag(exact), rtol=0.02)


# Trap 8: the likelihood rises at every iteration when nothing is added to it.
@every_family
@pytest.mark.parametrize("seed", range(3))
def test_the_likelihood_never_falls_without_regularisation(family, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3)) + rng.integers(3, size=(300, 1))
    gmm = GaussianMixture(4, covariance_type=family, reg_covar=0, tol=1e-7, max_iter=1000, random_state=seed).fit(X)
    assert gmm.n_iter_ > 5
    assert (np.diff(gmm.lower_bounds_) > -1e-13 * abs(gmm.lower_bound_)).all()


# Trap 8: with a floor it may fall, and that is neither an error nor convergence.
def test_the_likelihood_may_fall_with_regularisation(X):
    gmm = GaussianMixture(2, reg_covar=3.0, tol=1e-9, max_iter=500, random_state=0).fit(X)
    assert min(np.diff(gmm.lower_bounds_)) < -gmm.tol
    assert gmm.converged_
    assert abs(np.diff(gmm.lower_bounds_)[-1]) <= gmm.tol


@pytest.mark.parametrize("covariance_type", ["E", "V", "full"])
def test_rows_that_are_all_the_same_are_called_so(covariance_type):
    """No family is advised: none can be fitted."""
    X = np.full((20, 1), 3.0)
    with pytest.warns(UserWarning, match="all rows are the same.*Check the data") as caught:
        GaussianMixture(1, covariance_type=covariance_type).fit(X)
    assert not any("spherical" in str(w.message) for w in caught)
    with pytest.raises(ValueError, match="All rows are the same, so no family can be fitted") as raised:
        GaussianMixture(1, covariance_type=covariance_type, reg_covar=0.0).fit(X)
    assert "spherical" not in str(raised.value)
