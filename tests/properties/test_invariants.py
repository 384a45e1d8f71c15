"""What must hold whatever the data: hypothesis chooses shapes, scales and splits."""

import numpy as np
import pytest
from conftest import FAMILIES, make_blobs, matrices
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from mixtura import GaussianMixture

NAMES = st.sampled_from(FAMILIES)
SETTINGS = settings(max_examples=25, deadline=None, derandomize=True)
PROBLEMS = st.builds(
    make_blobs,
    n=st.integers(40, 150),
    d=st.integers(1, 5),
    k=st.integers(1, 4),
    seed=st.integers(0, 1000),
)


def fit(blobs, name, X=None, weights=None, labels=None, reg_covar="auto", n_iter=5):
    """A few iterations from the same start, so that two fits can be compared."""
    labels = blobs.groups if labels is None else labels
    gmm = GaussianMixture(
        blobs.shares.shape[1], covariance_type=name, init_params=labels, tol=0, max_iter=n_iter, reg_covar=reg_covar
    )
    return gmm.fit(blobs.X if X is None else X, sample_weight=weights)


pytestmark = pytest.mark.filterwarnings("ignore:Best performing initialization did not converge")


@SETTINGS
@given(blobs=PROBLEMS, name=NAMES)
def test_responsibilities_sum_to_one(blobs, name):
    np.testing.assert_allclose(fit(blobs, name).predict_proba(blobs.X * 3).sum(axis=1), 1.0, rtol=1e-14)


@SETTINGS
@given(blobs=PROBLEMS, name=NAMES)
def test_without_regularisation_the_likelihood_never_falls(blobs, name):
    bounds = fit(blobs, name, reg_covar=0.0, n_iter=15).lower_bounds_
    assert np.diff(bounds).min(initial=0) >= -1e-12 * np.abs(bounds).max()


@SETTINGS
@given(blobs=PROBLEMS, name=NAMES, exponent=st.integers(-8, 8))
def test_a_change_of_unit_changes_nothing_else(blobs, name, exponent):
    c = 10.0**exponent
    one, scaled = fit(blobs, name), fit(blobs, name, X=blobs.X * c)
    np.testing.assert_allclose(scaled.means_, one.means_ * c, rtol=1e-9, atol=1e-9 * c)
    np.testing.assert_allclose(scaled.covariances_, one.covariances_ * c**2, rtol=1e-8, atol=1e-9 * c**2)
    expected = one.lower_bound_ - blobs.X.shape[1] * np.log(c)
    assert scaled.lower_bound_ == pytest.approx(expected, rel=1e-9, abs=1e-9)


@SETTINGS
@given(
    blobs=PROBLEMS,
    name=st.sampled_from(["full", "tied", "diag", "EEI", "VEI", "EVI", "VEE", "EVV"]),
    seed=st.integers(0, 99),
)
def test_each_feature_may_change_its_unit(blobs, name, seed):
    c = 10.0 ** np.random.default_rng(seed).integers(-6, 7, size=blobs.X.shape[1])
    one, scaled = fit(blobs, name), fit(blobs, name, X=blobs.X * c)
    np.testing.assert_allclose(scaled.means_ / c, one.means_, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(matrices(scaled.mixture_) / np.outer(c, c), matrices(one.mixture_), rtol=1e-7, atol=1e-8)


@SETTINGS
@given(blobs=PROBLEMS, name=NAMES, exponent=st.integers(0, 8))
def test_an_offset_moves_the_means_and_nothing_else(blobs, name, exponent):
    """Up to 1e8 deviations: what is left of the digits of X + t bounds the agreement."""
    t = 10.0**exponent * blobs.X.std()
    one, moved = fit(blobs, name), fit(blobs, name, X=blobs.X + t)
    left = 1e-9 + 1e-15 * 10.0**exponent * 50
    np.testing.assert_allclose(moved.means_ - t, one.means_, atol=left * blobs.X.std())
    np.testing.assert_allclose(moved.covariances_, one.covariances_, rtol=100 * left, atol=100 * left * blobs.X.var())


@SETTINGS
@given(blobs=PROBLEMS, name=NAMES, seed=st.integers(0, 99))
def test_order_of_rows_features_and_components_does_not_matter(blobs, name, seed):
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(blobs.X)), rng.permutation(blobs.X.shape[1])
    order = rng.permutation(blobs.shares.shape[1])  # component k is called order[k]
    one = fit(blobs, name)
    other = fit(blobs, name, X=blobs.X[rows][:, columns], labels=order[blobs.groups[rows]])
    np.testing.assert_allclose(other.weights_[order], one.weights_, rtol=1e-9)
    np.testing.assert_allclose(other.means_[order], one.means_[:, columns], rtol=1e-8, atol=1e-9)
    expected = matrices(one.mixture_)[:, columns][:, :, columns]
    np.testing.assert_allclose(matrices(other.mixture_)[order], expected, rtol=1e-7, atol=1e-8)


@SETTINGS
@given(blobs=PROBLEMS, name=NAMES, seed=st.integers(0, 99))
def test_a_weight_is_a_number_of_copies(blobs, name, seed):
    counts = np.random.default_rng(seed).integers(0, 4, size=len(blobs.X))
    counts[: blobs.shares.shape[1] * 3] += 1
    weighted = fit(blobs, name, weights=counts.astype(float))
    copied = fit(blobs, name, X=np.repeat(blobs.X, counts, axis=0), labels=np.repeat(blobs.groups, counts))
    np.testing.assert_allclose(weighted.means_, copied.means_, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(weighted.covariances_, copied.covariances_, rtol=1e-7, atol=1e-8)
    assert weighted.lower_bound_ == pytest.approx(copied.lower_bound_, rel=1e-10)
    tenfold = fit(blobs, name, weights=10.0 * counts)
    np.testing.assert_allclose(tenfold.means_, weighted.means_, rtol=1e-10, atol=1e-10)


NESTED = [("spherical", "diag"), ("diag", "full"), ("tied", "full"), ("spherical", "full")]


@SETTINGS
@given(blobs=PROBLEMS, pair=st.sampled_from(NESTED))
def test_a_nested_family_never_beats_its_parent(blobs, pair):
    """One maximisation under the same memberships: the larger family reaches at least the likelihood expected."""
    small, large = (fit(blobs, name, reg_covar=0.0, n_iter=0).mixture_ for name in pair)

    def complete(mixture):  # the likelihood of rows and their groups together, which a maximisation raises
        alone = [multivariate_normal(m, c) for m, c in zip(mixture.means, matrices(mixture), strict=True)]
        return sum(np.log(mixture.weights[g]) + alone[g].logpdf(x) for g, x in zip(blobs.groups, blobs.X, strict=True))

    assert complete(large) >= complete(small) - 1e-8 * abs(complete(small))
