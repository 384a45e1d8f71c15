import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import multivariate_normal

from mixtura import GaussianMixture
from mixtura.datasets import two_moons
from mixtura.lab import bhattacharyya_distances, chain


@pytest.fixture(scope="module")
def gmm():
    return GaussianMixture(6, n_init=2, random_state=0).fit(two_moons(random_state=0)[0])


def test_distances_are_the_integrals_that_define_them(gmm):
    """-log ∫ √(p q), summed over a fine grid."""
    distances = bhattacharyya_distances(gmm)
    x, y = np.linspace(-4, 5, 1201), np.linspace(-4, 4, 1201)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    roots = [
        np.sqrt(multivariate_normal(gmm.means_[k], gmm.covariances_[k]).pdf(grid)) for k in range(gmm.n_components)
    ]
    cell = (x[1] - x[0]) * (y[1] - y[0])
    near = np.argsort(distances[0])[:4]  # beyond, the integral is lost in rounding
    for other in near:
        assert -np.log((roots[0] * roots[other]).sum() * cell) == pytest.approx(distances[0, other], abs=1e-4)


def test_distances_are_symmetric_and_zero_to_oneself(gmm):
    distances = bhattacharyya_distances(gmm)
    assert distances == pytest.approx(distances.T)
    assert np.diag(distances) == pytest.approx(np.zeros(6), abs=1e-12)


@pytest.mark.parametrize("n_groups", [1, 2, 4])
@pytest.mark.parametrize("seed", range(3))
def test_groups_are_those_of_single_linkage(seed, n_groups):
    places = np.random.default_rng(seed).normal(size=(12, 2))
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    found = chain(distances, n_groups)
    expected = fcluster(linkage(squareform(distances, checks=False), "single"), n_groups, "maxclust")
    same = found.groups[:, None] == found.groups
    assert (same == (expected[:, None] == expected)).all()
    assert len(found.links) == 12 - n_groups
    assert len(found.cuts) == n_groups - 1
    if n_groups > 1:
        assert found.cut_lengths.min() >= found.lengths.max()


def test_as_many_groups_as_components_are_all_cut():
    found = chain(np.array([[0.0, 1.0], [1.0, 0.0]]), 2)
    assert list(found.groups) == [0, 1]
    assert not len(found.links)
