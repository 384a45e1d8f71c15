import numpy as np
import pytest
from scipy.stats import multivariate_normal

from mixtura import GaussianMixture
from mixtura.lab.rivalry import Rivalry, rivalry_of


@pytest.fixture(scope="module")
def gmm():
    rng = np.random.default_rng(1)
    wide = rng.normal(0, 1, (300, 2)) @ [[2.0, 0.5], [0.0, 1.0]]
    return GaussianMixture(2, init_params=[0] * 300 + [1] * 60).fit(np.concatenate([wide, rng.normal(3, 0.2, (60, 2))]))


def test_the_log_ratio_is_that_of_the_densities(gmm):
    places = np.random.default_rng(0).normal(0, 5, (50, 2))
    shares = [
        np.log(gmm.weights_[k]) + multivariate_normal(gmm.means_[k], gmm.covariances_[k]).logpdf(places)
        for k in range(2)
    ]
    assert rivalry_of(gmm, 1, 0).log_ratio(places) == pytest.approx(shares[1] - shares[0], rel=1e-9)
    assert rivalry_of(gmm, 0, 1).log_ratio(places) == pytest.approx(shares[0] - shares[1], rel=1e-9)


def test_the_boundary_is_the_ellipse_that_it_says(gmm):
    rivalry = rivalry_of(gmm, 1, 0)
    assert rivalry.is_bounded
    directions = np.linalg.eigh(rivalry.curvature)[1].T  # rows
    ends = rivalry.centre + rivalry.half_axes[:, None] * directions
    assert rivalry.log_ratio(ends) == pytest.approx([0, 0], abs=1e-9)
    assert rivalry.log_ratio(rivalry.centre[None])[0] > 0
    assert rivalry.half_axes[0] >= rivalry.half_axes[1]


def test_the_area_is_that_of_a_fine_grid(gmm):
    rivalry = rivalry_of(gmm, 1, 0)
    reach = rivalry.half_axes[0] * 1.1
    x, y = (rivalry.centre[i] + np.linspace(-reach, reach, 801) for i in range(2))
    inside = rivalry.log_ratio(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)) > 0
    assert inside.mean() * (2 * reach) ** 2 == pytest.approx(rivalry.area, rel=0.01)


def test_the_wide_one_has_no_closed_boundary(gmm):
    assert not rivalry_of(gmm, 0, 1).is_bounded


def test_equal_covariances_part_the_plane_by_a_line():
    rivalry = Rivalry(np.zeros((2, 2)), np.array([1.0, 0.0]), 0.0)
    assert not rivalry.is_bounded
    assert list(rivalry.log_ratio(np.array([[2.0, 5.0], [-2.0, 5.0]]))) == [2.0, -2.0]
