"""Merging and noise, against R's mclust (frozen by mclust_clusters.R)."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

from mixtura import GaussianMixture
from mixtura.clusters import merge_components
from mixtura.clusters.elbow import elbow_of_clusters, elbow_of_rows

FROZEN = json.loads(Path(__file__).with_name("mclust_clusters.json").read_text())
FAMILIES = {"VVV": "full", "EEE": "tied", "VVI": "diag", "VII": "spherical"}


def canonical(clusters):
    """Clusters of components numbered in the order in which they come."""
    seen = list(dict.fromkeys(clusters))
    return [seen.index(cluster) for cluster in clusters]


@pytest.mark.parametrize("case", FROZEN["merging"], ids=lambda case: case["name"])
def test_the_same_responsibilities_merge_as_in_clustcombi(case):
    shares = np.reshape(case["responsibilities_by_row"], (-1, case["n_components"]))
    tree = merge_components(shares)
    for n_clusters, theirs in enumerate(case["clusters"], start=1):
        assert tree.cluster_of(n_clusters).tolist() == canonical(theirs)
    np.testing.assert_allclose(tree.entropies, case["entropies"], rtol=1e-11, atol=1e-11)
    np.testing.assert_array_equal(tree.rows[::-1], case["rows"])
    assert elbow_of_clusters(tree) == case["elbow_of_clusters"]
    assert elbow_of_rows(tree) == case["elbow_of_rows"]


@pytest.mark.parametrize("case", FROZEN["noise"], ids=lambda case: case["model"])
def test_noise_from_the_same_start_ends_where_mclust_ends(case):
    X = np.reshape(FROZEN["noise_rows"], (-1, 2))
    gmm = GaussianMixture(
        2,
        covariance_type=FAMILIES[case["model"]],
        noise="auto",
        init_params=FROZEN["noise_start"],
        reg_covar=0.0,
        tol=1e-13,
        max_iter=5000,
    ).fit(X)
    assert len(X) * gmm.score(X) == pytest.approx(case["log_likelihood"], rel=1e-9)
    assert -gmm.bic(X) == pytest.approx(case["bic"], rel=1e-9)
    assert gmm.n_parameters_ == case["n_parameters"]
    np.testing.assert_array_equal(gmm.predict(X), case["labels"])
    shares = [*(1 - gmm.noise_share_) * gmm.weights_, gmm.noise_share_]
    np.testing.assert_allclose(shares, case["shares"], atol=1e-6)
    np.testing.assert_allclose(gmm.means_, np.reshape(case["means_by_component"], (2, 2)), atol=1e-5)


def test_the_volume_is_that_of_hypvol():
    """Along the features in the first set, along the principal axes in the second."""
    rows = np.reshape(FROZEN["noise_rows"], (-1, 2))
    for X, expected in ((rows, FROZEN["volume"]), (load_iris().data, FROZEN["volume_of_iris"])):
        noise = GaussianMixture(noise="auto").fit(X).mixture_.noise
        assert noise.volume == pytest.approx(expected, rel=1e-10)
