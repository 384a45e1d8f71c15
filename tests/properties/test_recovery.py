"""Parameters are recovered: on simulated mixtures of each family, the error shrinks as rows are added."""

import numpy as np
import pytest
from conftest import matrices
from scipy.stats import special_ortho_group
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.families import find_family, list_families

WEIGHTS = np.array([0.5, 0.3, 0.2])
MEANS = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 3.0], [0.0, 6.0, -3.0]])


def truth(name) -> GaussianMixture:
    """A mixture of the family: its parts differ among components exactly where they may."""
    family = find_family(name)
    volumes = {"equal": [1.0, 1.0, 1.0], "varying": [1.0, 0.4, 2.0]}[family.volume]
    shapes = {
        "identity": [[1.0, 1.0, 1.0]] * 3,
        "equal": [[3.0, 1.0, 0.4]] * 3,
        "varying": [[3.0, 1.0, 0.4], [0.5, 2.0, 1.0], [1.0, 0.3, 2.5]],
    }[family.shape]
    axes = special_ortho_group.rvs(3, 3, random_state=4)
    axes = {"identity": [np.eye(3)] * 3, "equal": [axes[0]] * 3, "varying": axes}[family.orientation]
    covariances = [
        volume * d @ np.diag(shape / np.prod(shape) ** (1 / 3)) @ d.T
        for volume, shape, d in zip(volumes, shapes, axes, strict=True)
    ]
    return GaussianMixture.from_parameters(WEIGHTS, MEANS, covariances)


def error(gmm, true) -> float:
    """The largest error of a weight, mean or covariance, components matched by their means."""
    order = [int(np.linalg.norm(gmm.means_ - mean, axis=1).argmin()) for mean in MEANS]
    assert sorted(order) == [0, 1, 2]
    parts = [
        gmm.weights_[order] - WEIGHTS,
        gmm.means_[order] - MEANS,
        matrices(gmm.mixture_)[order] - matrices(true.mixture_),
    ]
    return max(float(np.abs(part).max()) for part in parts)


@pytest.mark.parametrize("name", [family.code for family in list_families()])
def test_the_error_shrinks_with_the_number_of_rows(name):
    true = truth(name)
    X, labels = true.sample(20_000, random_state=1)
    fits = [
        GaussianMixture(3, covariance_type=name, random_state=0, tol=1e-6, max_iter=500).fit(X[:n])
        for n in (200, 20_000)
    ]
    few, many = (error(gmm, true) for gmm in fits)
    assert many < 0.2 * few  # a tenth is what a hundred times the rows should leave
    assert many < 0.12
    best = adjusted_rand_score(labels, true.predict(X))  # the truth itself cannot separate all
    assert best > 0.9
    assert adjusted_rand_score(labels, fits[0].predict(X)) > best - 0.06
    assert adjusted_rand_score(labels, fits[1].predict(X)) > best - 0.002
