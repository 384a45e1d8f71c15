"""``mixtura info``."""

import numpy as np
import pytest

from mixtura import GaussianMixture
from mixtura.model_file import save_model


def test_json_holds_all(run, model):
    document = run("info", "model.mix", "--json").document
    assert document["model"] == "model.mix"
    assert document["family"] == {"code": "VVV", "description": model.family_.description}
    assert document["weights"] == model.weights_.tolist()
    assert document["covariances"] == model.covariances_.tolist()
    assert (document["outcome"], document["converged"]) == ("CONVERGED", True)


def test_people_see_the_components(run, model):
    ran = run("info", "model.mix")
    lines = ran.out.splitlines()
    assert lines[1] == "VVV: ellipsoidal, varying volume, shape and orientation"
    assert lines[2].startswith(f"converged after {model.n_iter_} iteration")
    first = lines[5].split()
    deviation = np.sqrt(model.covariances_[0, 0, 0])
    assert first[:5] == ["0", f"{model.weights_[0]:.4f}", f"{model.means_[0, 0]:.4g}", "±", f"{deviation:.3g}"]
    assert lines[-1] == "Each cell is mean ± standard deviation."


@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_many_features_are_not_all_shown(run, family):
    X = np.random.default_rng(0).normal(size=(60, 9))
    save_model(GaussianMixture(2, covariance_type=family, random_state=0).fit(X), "a.mix")
    ran = run("info", "a.mix")
    assert "x4" in ran.out
    assert "x5" not in ran.out
    assert ran.out.endswith("4 more features: see --json.\n")
    assert len(run("info", "a.mix", "--json").document["means"][0]) == 9


def test_a_mixture_that_was_never_fitted_has_no_likelihood(run):
    save_model(GaussianMixture.from_parameters([1.0], [[0.0]], [[[1.0]]]), "a.mix")
    assert run("info", "a.mix", "--json").document["log_likelihood"] is None
    lines = run("info", "a.mix").out.splitlines()
    assert lines[0] == "a.mix: 1 component in 1 dimension, covariance 'full', 2 free parameters"
    assert lines[1] == "V: univariate, varying variance"
    assert lines[2] == "started after 0 iterations"
