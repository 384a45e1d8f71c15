import numpy as np
import pytest

from mixtura.lab.ray import _first_zero, follow
from mixtura.lab.rivalry import rivalry_of
from mixtura.lab.unequal_blobs import fit_wide_and_tight


@pytest.fixture(scope="module")
def ray_and_gmm():
    gmm, _, _ = fit_wide_and_tight(2)
    wide, tight = np.argsort(np.linalg.det(gmm.covariances_))[::-1]
    return follow(gmm, rivalry_of(gmm, tight, wide), wide, tight, np.array([0.0, 1.0, 2.0, 50.0])), gmm


def test_shares_and_responsibilities_agree(ray_and_gmm):
    ray, gmm = ray_and_gmm
    assert np.logaddexp(*ray.log_shares.T) == pytest.approx(gmm.score_samples(ray.places))
    assert np.exp(-np.logaddexp(0, -ray.log_ratios)) == pytest.approx(ray.responsibilities, abs=1e-12)


def test_far_out_the_log_ratio_is_its_quadratic_part(ray_and_gmm):
    ray, _ = ray_and_gmm
    assert ray.log_ratios[-1] / 50**2 == pytest.approx(ray.bend, rel=0.05)


def test_the_two_tie_at_the_crossing(ray_and_gmm):
    ray, gmm = ray_and_gmm
    place = ray.places[0] + ray.crossing * ray.direction
    assert gmm.predict_proba(place[None])[0] == pytest.approx([0.5, 0.5], abs=1e-9)


def test_distances_grow_with_the_steps(ray_and_gmm):
    ray, _ = ray_and_gmm
    assert np.diff(ray.distances) == pytest.approx(np.diff(ray.steps))


def test_a_parabola_that_never_comes_down_has_no_crossing():
    assert np.isnan(_first_zero(1.0, 0.0, 1.0))
    assert np.isnan(_first_zero(-1.0, 0.0, -1.0))
    assert _first_zero(-1.0, 0.0, 4.0) == pytest.approx(2.0)
