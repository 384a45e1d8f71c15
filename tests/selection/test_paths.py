"""Paths between neighbouring numbers of components: one more never means a lower likelihood."""

import numpy as np
import pytest
from simulation import simulate_family

from mixtura import GaussianMixture, GaussianMixtureSearch
from mixtura.selection.rows import Rows
from mixtura.selection.splitting import cut_component, halve_component

from .conftest import three_groups


def overlapping(n=600, d=4, k=4, seed=0):
    rng = np.random.default_rng(seed)
    means, groups = 2 * rng.normal(size=(k, d)), rng.integers(k, size=n)
    shapes = rng.normal(size=(k, d, d)) / np.sqrt(d) + np.eye(d)
    return np.einsum("nd,nde->ne", rng.normal(size=(n, d)), shapes[groups]) + means[groups]


@pytest.mark.parametrize("X", [simulate_family("VVI", 500, 2), overlapping()], ids=["VVI", "overlapping"])
def test_the_likelihood_never_falls_with_the_number_of_components(X):
    """Without the paths, a dozen of these pairs end lower than one with a component less, by up to 60 nats."""
    search = GaussianMixtureSearch(range(1, 10), random_state=0).fit(X)
    for family, values in search.curves("log_likelihood").items():
        assert (np.diff(values) >= -1e-4 * len(X)).all(), family  # the tolerance of what cannot win


def test_a_number_whose_start_is_bad_begins_again_from_the_one_before():
    """Three components that begin all alike stay so: their likelihood is that of one. A cut finds the third group."""
    X = three_groups(300)
    good = GaussianMixture(2, random_state=0).fit(X)

    def begin(X, n_components, random_state):
        if n_components == 3:
            return np.full((len(X), 3), 1 / 3)
        return good.predict_proba(X) if n_components == 2 else np.ones((len(X), 1))

    search = GaussianMixtureSearch([1, 2, 3], covariance_type="VII", init_params=begin, random_state=0)
    with pytest.warns(UserWarning, match="largest that was tried"):
        search.fit(X)
    stuck = GaussianMixture(3, covariance_type="VII", init_params=begin(X, 3, None), tol=1e-5).fit(X)
    assert stuck.score(X) < good.score(X) - 0.1
    assert search.best_params_["n_components"] == 3
    assert search.bic(X) < GaussianMixture(2, covariance_type="VII", random_state=0).fit(X).bic(X) - 50


def test_a_number_that_was_left_out_is_no_neighbour():
    search = GaussianMixtureSearch([1, 4], covariance_type=["EII", "VVV"], random_state=0)
    with pytest.warns(UserWarning, match="largest that was tried"):
        search.fit(overlapping(200))
    assert np.isfinite(search.results_["bic"]).all()


def test_a_cut_parts_what_one_component_holds():
    rng = np.random.default_rng(0)
    groups = np.repeat([0, 1, 2], [60, 40, 50])
    X = rng.normal(size=(150, 2)) + np.array([[0.0, 0.0], [8.0, 0.0], [100.0, 90.0]])[groups]
    fit = GaussianMixture(2, init_params=np.minimum(groups, 2) // 2).fit(X)
    for weights in (None, np.linspace(1, 2, 150)):
        cut = cut_component(fit, Rows(X, weights))
        np.testing.assert_allclose(cut.sum(axis=1), 1.0)
        _, counts = np.unique(cut.argmax(axis=1), return_counts=True)
        assert sorted(counts) == [40, 50, 60]


def test_a_cut_leaves_noise_the_last_and_needs_rows():
    X = np.concatenate([three_groups(), [[40.0, -30.0], [-35.0, 45.0]]])
    noisy = GaussianMixture(2, noise="auto", random_state=0).fit(X)
    cut = cut_component(noisy, Rows(X))
    np.testing.assert_allclose(cut[:, -1], noisy.predict_proba(X)[:, -1])
    np.testing.assert_allclose(cut.sum(axis=1), 1.0)
    few = GaussianMixture(1, covariance_type="spherical").fit(X[:5])
    assert cut_component(few, Rows(X[:5])) is None


@pytest.mark.parametrize("family", ["EII", "VVI", "EEE", "VVE", "VEV", "VVV"])
@pytest.mark.parametrize("noise", [None, "auto"])
def test_a_halved_component_is_the_same_mixture(family, noise):
    X = three_groups()
    fit = GaussianMixture(2, covariance_type=family, noise=noise, random_state=0).fit(X)
    halved = halve_component(fit)
    np.testing.assert_allclose(halved.score_samples(X), fit.score_samples(X), rtol=1e-12)
    assert halved.n_components == halved.mixture_.n_components == 3
    assert halved.fit(X).lower_bound_ >= fit.lower_bound_ - 1e-9
