"""The true family and number of components win where they are clear; ``benchmarks/test_consistency.py`` counts more."""

import pytest
from simulation import simulate_family

from mixtura import GaussianMixtureSearch


@pytest.mark.parametrize("code", ["EII", "VVI", "EEE", "VEV"])
def test_the_truth_wins(code):
    search = GaussianMixtureSearch((2, 3, 4), random_state=0).fit(simulate_family(code, seed=1))
    assert search.best_params_ == {"n_components": 3, "covariance_type": code}
