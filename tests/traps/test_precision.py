"""Traps 1 to 4: digits lost to offsets, to 32-bit rows, to bad conditioning, and to the range of numbers."""

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES
from numpy.testing import assert_allclose, assert_array_equal

from mixtura import GaussianMixture
from mixtura.engines.memory import Memory
from mixtura.kernels.portable import PortableKernel
from mixtura.starts import STARTS

from .conftest import two_groups

every_family = pytest.mark.parametrize("family", SKLEARN_FAMILIES)


# Trap 1: raw second moments lose their digits; scikit-learn's diag, spherical and tied fail at 1e8.
@every_family
@pytest.mark.parametrize("offset", [1e4, 1e7, 1e8, -1e10])
def test_an_offset_moves_the_means_and_nothing_else(X, family, offset):
    here = GaussianMixture(2, covariance_type=family, random_state=0).fit(X)
    there = GaussianMixture(2, covariance_type=family, random_state=0).fit(X + offset)
    assert_allclose(there.means_ - offset, here.means_, atol=4 * np.spacing(abs(offset)))
    assert_allclose(there.covariances_, here.covariances_, rtol=1e-7, atol=1e-7)
    assert_allclose(there.weights_, here.weights_, rtol=1e-7)
    assert_allclose(there.lower_bound_, here.lower_bound_, rtol=1e-7)
    assert_array_equal(there.predict(X + offset), here.predict(X))


# Trap 1: one Gaussian has an answer in closed form.
@every_family
def test_variances_at_an_offset_are_those_of_the_rows(family):
    X = two_groups(d=3)[:200] + 1e8
    gmm = GaussianMixture(1, covariance_type=family, reg_covar=0).fit(X)
    exact = np.cov((X - 1e8).T, bias=True)
    diagonal = np.array([gmm.mixture_.covariances.matrix(0)[i, i] for i in range(3)])
    assert_allclose(diagonal, np.full(3, exact.trace() / 3) if family == "spherical" else np.diag(exact), rtol=1e-12)


# Trap 2: scikit-learn sums in the type of the rows: variances 1.5 and 0.31 where 1 is right.
@every_family
@pytest.mark.parametrize("offset", [0.0, 1000.0, 1e6])
def test_float32_rows_are_summed_in_float64(family, offset):
    X = (two_groups() + offset).astype(np.float32)
    single = GaussianMixture(2, covariance_type=family, random_state=0).fit(X)
    double = GaussianMixture(2, covariance_type=family, random_state=0).fit(X.astype(np.float64))
    # Arithmetic on single rows may be in float32; see kernels/narrow.py. Deviations are about 1.
    assert_allclose(single.mixture_.means, double.mixture_.means, rtol=1e-13, atol=1e-5)
    assert_allclose(single.mixture_.covariances.stored, double.mixture_.covariances.stored, rtol=1e-5, atol=1e-5)
    assert single.means_.dtype == single.covariances_.dtype == single.score_samples(X).dtype == np.float32
    assert_allclose(single.lower_bound_, double.lower_bound_, rtol=1e-6)


# Trap 2: scikit-learn finds a variance of 112.1.
@every_family
def test_two_float32_rows_keep_the_variance_that_was_added(family):
    X = np.array([[30_000.3], [30_107.7]], dtype=np.float32)
    gmm = GaussianMixture(2, covariance_type=family, reg_covar=0.1, random_state=0).fit(X)
    assert_allclose(gmm.mixture_.covariances.variances, 0.1, rtol=1e-12)
    assert_array_equal(np.sort(gmm.means_, axis=0), X)


# Trap 3 is shown in against/test_mpmath.py.


# Trap 4: overflow at tiny variances (linfa).
@every_family
def test_tiny_variances_are_ordinary(X, family):
    gmm = GaussianMixture(2, covariance_type=family, random_state=0).fit(X * 1e-140)
    shares = gmm.predict_proba(X * 1e-140)
    assert np.isfinite(gmm.score_samples(X * 1e-140)).all()
    assert_allclose(
        shares, GaussianMixture(2, covariance_type=family, random_state=0).fit(X).predict_proba(X), atol=1e-9
    )


# Trap 4: densities outside the logarithm give far rows uniform responsibilities (Spark).
@every_family
@pytest.mark.parametrize("distance", [1e2, 1e5, 1e10])
def test_far_rows_belong_to_the_component_on_their_side(X, family, distance):
    unit = {"full": np.stack([np.eye(2)] * 2), "tied": np.eye(2), "diag": np.ones((2, 2)), "spherical": np.ones(2)}
    start = {"weights_init": [0.5, 0.5], "means_init": [[0, 0], [6, 6]], "precisions_init": unit[family]}
    gmm = GaussianMixture(2, covariance_type=family, max_iter=0, **start).fit(X)
    far = np.array([[-1.0, -1.0], [1.0, 1.0]]) * distance
    assert_array_equal(gmm.predict_proba(far), np.eye(2))
    assert np.isfinite(gmm.score_samples(far)).all()


# Trap 4: scikit-learn gives a score of -inf, rightly, and probabilities that are not numbers.
@every_family
@pytest.mark.parametrize("distance", [1e155, 1e160, 1e300])
def test_rows_out_of_range_have_no_density_and_sound_probabilities(X, family, distance):
    gmm = GaussianMixture(2, covariance_type=family, random_state=0).fit(X)
    far = np.array([[distance, distance], [-distance, distance], [0.0, -distance]])
    assert_array_equal(gmm.score_samples(far), -np.inf)
    shares = gmm.predict_proba(far)
    assert_array_equal(shares.sum(axis=1), 1.0)
    assert (shares >= 0).all()
    assert_array_equal(shares.argmax(axis=1), gmm.predict(far))
    assert_array_equal(gmm.mixture_.log_density(far), -np.inf)


# Trap 4: where components have one shape, the side decides at any distance, as it does nearby.
# (From about 1e16 deviations the two squared distances differ by less than their rounding: it is a tie.)
@pytest.mark.parametrize("distance", [1e4, 1e7, 1e10])
def test_far_rows_are_shared_by_side_where_components_have_one_shape(X, distance):
    gmm = GaussianMixture(2, covariance_type="tied", random_state=0).fit(X)
    low, high = gmm.means_[:, 0].argsort()
    shares = gmm.predict_proba(np.array([[-1.0, -1.0], [1.0, 1.0]]) * distance)
    assert_array_equal(shares[:, [low, high]], np.eye(2))


# Trap 4: the wider component wins everywhere far away.
def test_far_rows_belong_to_the_wider_component():
    gmm = GaussianMixture(2, means_init=[[0.0], [5.0]], precisions_init=[[[1.0]], [[1.01]]], weights_init=[0.5, 0.5])
    gmm.set_params(max_iter=0).fit([[0.0], [5.0]])
    for distance in (1e4, 1e100, 1e160, -1e160):
        assert_array_equal(gmm.predict_proba([[distance]]), [[1.0, 0.0]])


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("apart", [6.0, 300.0])
def test_strict_floating_point_settings_change_nothing(start, apart):
    """A caller who makes NumPy raise on every floating-point event, underflow included, still gets an answer."""
    X = two_groups(apart=apart)
    expected = GaussianMixture(2, init_params=start, random_state=0).fit(X)
    with np.errstate(all="raise"):
        strict = GaussianMixture(2, init_params=start, random_state=0).fit(X)
        assert strict.score(X) == expected.score(X)
        assert_array_equal(strict.predict_proba(X), expected.predict_proba(X))
    assert_array_equal(strict.means_, expected.means_)


def test_strict_floating_point_settings_change_nothing_in_numpy_itself():
    """The kernel of NumPy runs under the caller's settings where there is one thread."""
    X = two_groups(apart=300.0)
    mixture = GaussianMixture(2, random_state=0).fit(X).mixture_
    engine = Memory(X, kernel=PortableKernel())
    expected = engine.responsibilities(mixture)
    with np.errstate(all="raise"):
        assert_array_equal(engine.responsibilities(mixture), expected)
