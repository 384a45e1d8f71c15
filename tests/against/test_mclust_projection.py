"""The projection that shows clusters, against MclustDR of R's mclust (frozen by mclust_projection.R)."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

from mixtura import GaussianMixture
from mixtura.clusters import project_clusters

FROZEN = json.loads(Path(__file__).with_suffix("").with_name("mclust_projection.json").read_text())


@pytest.mark.parametrize("case", FROZEN["cases"], ids=lambda case: f"lambda {case['lambda']}")
def test_directions_and_eigenvalues_are_mclusts(case):
    fitted = GaussianMixture.from_parameters(
        FROZEN["weights"],
        np.reshape(FROZEN["means_by_component"], (3, 4)),
        np.reshape(FROZEN["covariances_by_component"], (3, 4, 4)),
    )
    projection = project_clusters(fitted, load_iris().data, mean_share=case["lambda"])
    theirs = np.reshape(case["directions_by_column"], (case["n_directions"], 4)).T
    assert projection.directions.shape == theirs.shape
    np.testing.assert_allclose(projection.eigenvalues, case["eigenvalues"], rtol=1e-9)
    cosines = np.abs(np.einsum("dk,dk->k", projection.directions, theirs))
    np.testing.assert_allclose(cosines, 1, atol=1e-12)
