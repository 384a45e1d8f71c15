import numpy as np
import pytest

from mixtura import GaussianMixture
from mixtura.lab.sides import check_sides


@pytest.fixture(scope="module")
def mixture():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3)) @ rng.normal(size=(3, 3))
    X[300:] = X[300:] @ rng.normal(size=(3, 3)) + 10
    return GaussianMixture(2, random_state=0).fit(X)


def test_draws_on_the_right_side_have_the_moments_of_the_mixture(mixture):
    draws = check_sides(mixture, np.ones(3), 40_000, 0).right
    mean = mixture.weights_ @ mixture.means_
    steps = mixture.means_ - mean
    covariance = np.tensordot(mixture.weights_, mixture.covariances_ + steps[:, :, None] * steps[:, None], 1)
    scale = np.sqrt(np.diag(covariance))
    assert draws.mean(axis=0) == pytest.approx(mean, abs=4 * scale.max() / 200)
    assert np.cov(draws.T) / np.outer(scale, scale) == pytest.approx(covariance / np.outer(scale, scale), abs=0.04)


def test_draws_on_the_wrong_side_have_its_trace_and_other_directions(mixture):
    found = check_sides(mixture, np.ones(3), 40_000, 0)
    assert found.trace_error < 1e-12
    assert found.covariance_error > 0.1
    assert found.wrong_density < found.right_density
    expected = sum(
        weight * np.linalg.norm(factor.T @ factor - factor @ factor.T) / np.linalg.norm(factor @ factor.T)
        for weight, factor in zip(mixture.weights_, np.linalg.cholesky(mixture.covariances_), strict=True)
    )
    assert found.covariance_error == pytest.approx(expected)


def test_right_distances_are_those_of_the_chi_squared_distribution(mixture):
    from scipy.stats import chi2

    found = check_sides(mixture, np.ones(3), 40_000, 0)
    assert found.right_distance == pytest.approx(chi2(3).median() / 3, rel=0.02)
    assert found.wrong_distance != pytest.approx(found.right_distance, rel=0.02)


def test_units_matter_on_the_wrong_side_only(mixture):
    one, other = (check_sides(mixture, scales, 100, 0) for scales in (np.ones(3), np.array([1.0, 10.0, 100.0])))
    assert one.right == pytest.approx(other.right)
    assert one.wrong != pytest.approx(other.wrong)


def test_without_correlation_both_sides_are_the_same():
    X = np.random.default_rng(0).normal(size=(200, 2))
    diagonal = GaussianMixture(1, covariance_type="diag").fit(X)
    full = GaussianMixture(1, weights_init=[1], means_init=diagonal.means_, max_iter=0)
    full.set_params(precisions_init=np.diag(1 / diagonal.covariances_[0])[None]).fit(X)
    found = check_sides(full, np.ones(2), 50, 0)
    assert found.covariance_error == pytest.approx(0, abs=1e-12)
    assert found.right == pytest.approx(found.wrong)
