"""Trap 10: long parallel groups, in 2 to 30 dimensions, on which distances tell nothing."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture as SklearnMixture

from mixtura import GaussianMixture
from mixtura.datasets import parallel_clusters

CASES = {
    "2-D": {},
    "2-D three": {"n_clusters": 3, "gap": 7.0},
    "2-D five": {"n_clusters": 5, "n_samples": 1000},
    "2-D few rows": {"n_samples": 100},
    "3-D rods": {"n_features": 3, "n_clusters": 3, "n_long": 1},
    "5-D": {"n_features": 5},
    "5-D four": {"n_features": 5, "n_clusters": 4, "n_samples": 1000},
    "10-D": {"n_features": 10},
    "10-D half long": {"n_features": 10, "n_long": 5, "length": 30.0},
    "10-D three": {"n_features": 10, "n_clusters": 3, "n_samples": 1500},
    "20-D": {"n_features": 20, "n_samples": 1200},
    "30-D": {"n_features": 30, "n_samples": 2000},
    "30-D white": {"n_features": 30, "n_samples": 2000, "length": 17.0**0.5},  # which whitening leaves as they are
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", CASES)
def test_auto_finds_long_parallel_groups_where_scikit_learn_does_not(name):
    found, theirs = [], []
    for seed in range(3):
        X, labels = parallel_clusters(**CASES[name], random_state=seed)
        n_clusters = int(labels.max()) + 1
        ours = GaussianMixture(n_clusters, init_params="auto", random_state=seed).fit_predict(X)
        found.append(adjusted_rand_score(labels, ours))
        default = SklearnMixture(n_clusters, random_state=seed).fit_predict(X)
        theirs.append(adjusted_rand_score(labels, default))
    assert min(found) >= 0.95
    assert np.median(theirs) < 0.1
