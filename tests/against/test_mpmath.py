"""Log-densities against arithmetic with 50 digits: 1e-12 for condition numbers to 1e3, 10 cond eps beyond, to 1e12.

Errors are relative to the log-density, or absolute where that is below one nat.
"""

import mpmath
import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES

from against.exact import HadamardGaussian, log_gaussian, log_mixture
from mixtura import GaussianMixture, Mixture
from mixtura.engines.memory import Memory
from mixtura.forms import Dense, Diagonal
from mixtura.structures import STRUCTURES

EPS = float(np.finfo(np.float64).eps)


def tolerance(condition: float) -> float:
    return 1e-12 if condition <= 1e3 else 10 * condition * EPS


def error(got: np.ndarray, exact: list[mpmath.mpf]) -> float:
    assert len(got) == len(exact)
    return max(float(abs(mpmath.mpf(float(g)) - e) / max(abs(e), 1)) for g, e in zip(got, exact, strict=True))


def worst(mixture: Mixture, rows: np.ndarray, exact: list[mpmath.mpf]) -> float:
    """Error of both ways to a log-density: the engine's kernel and the record's own method."""
    return max(error(Memory(rows).assign(mixture).log_densities, exact), error(mixture.log_density(rows), exact))


def covariance(n_features: int, condition: float, seed: int) -> np.ndarray:
    """A dense covariance (D, D) whose eigenvalues fall evenly from 1 to 1 / condition."""
    basis, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(n_features, n_features)))
    matrix = (basis * np.geomspace(1, 1 / condition, n_features)) @ basis.T
    return (matrix + matrix.T) / 2


def near_and_far(mean: np.ndarray, matrix: np.ndarray, seed: int = 0) -> np.ndarray:
    """Rows (9, D): six as drawn from the Gaussian, one off its long axis, one 1e4 deviations away, the mean itself."""
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_normal(np.zeros(len(mean)), matrix, size=6, method="eigh", check_valid="ignore")
    return mean + np.vstack([drawn, rng.normal(size=(1, len(mean))), 1e4 * drawn[:1], np.zeros((1, len(mean)))])


@pytest.mark.parametrize("powers", [0, 20, 40])
def test_both_references_agree(powers):
    gaussian = HadamardGaussian(powers, n_features=28)
    rows = gaussian.rows(4)
    by_elimination = log_gaussian(rows, np.zeros(28), gaussian.covariance)
    for one, other in zip(gaussian.log_density(rows), by_elimination, strict=True):
        assert abs(one - other) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize("condition", [1.0, 1e1, 1e3, 1e6, 1e9, 1e12])
@pytest.mark.parametrize("n_features", [2, 10])
def test_dense(n_features, condition):
    for seed in range(3):
        mean = np.random.default_rng(seed).normal(size=n_features)
        matrix = covariance(n_features, condition, seed)
        rows = near_and_far(mean, matrix, seed)
        mixture = Mixture(np.ones(1), mean[None], Dense(matrix[None]))
        assert worst(mixture, rows, log_gaussian(rows, mean, matrix)) <= tolerance(condition)


@pytest.mark.parametrize("condition", [1e3, 1e12])
def test_dense_in_a_hundred_dimensions(condition):
    matrix = covariance(100, condition, seed=1)
    rows = near_and_far(np.zeros(100), matrix)
    mixture = Mixture(np.ones(1), np.zeros((1, 100)), Dense(matrix[None]))
    assert worst(mixture, rows, log_gaussian(rows, np.zeros(100), matrix)) <= tolerance(condition)


@pytest.mark.parametrize("powers", [0, 9, 20, 30, 39])
def test_dense_in_784_dimensions(powers):
    gaussian = HadamardGaussian(powers)
    off_axis = np.random.default_rng(1).integers(-(2**22), 2**22, size=(1, 784)) * 2.0**-20
    rows = np.vstack([gaussian.rows(3), off_axis])
    mixture = Mixture(np.ones(1), np.zeros((1, 784)), Dense(gaussian.covariance[None]))
    assert worst(mixture, rows, gaussian.log_density(rows)) <= tolerance(gaussian.condition)


@pytest.mark.parametrize("n_features", [1, 2, 10, 100, 784])
def test_independent_features_lose_nothing_to_the_condition(n_features):
    rng = np.random.default_rng(n_features)
    variances = rng.permutation(np.geomspace(1, 1e-12, n_features))
    mean = rng.normal(size=n_features)
    rows = mean + rng.normal(size=(3, n_features)) * np.sqrt(variances)
    mixture = Mixture(np.ones(1), mean[None], Diagonal(variances[None]))
    with mpmath.mp.workdps(50):
        exact = [
            -sum(
                mpmath.log(2 * mpmath.pi * mpmath.mpf(v)) + (mpmath.mpf(x) - mpmath.mpf(m)) ** 2 / mpmath.mpf(v)
                for x, m, v in zip(row.tolist(), mean.tolist(), variances.tolist(), strict=True)
            )
            / 2
            for row in rows
        ]
    assert worst(mixture, rows, exact) <= 1e-12


@pytest.mark.parametrize("scale", [2.0**-470, 1e-140, 1e-6, 1e6, 1e140])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_mixtures_at_any_scale_and_distance(scale, dtype):
    """Overlapping, distant and out-of-reach components; rows in either type are taken as the numbers that they are."""
    if dtype == np.float32 and not 1e-30 < scale < 1e30:
        scale = scale ** (1 / 5)  # 32-bit rows reach no further
    rng = np.random.default_rng(3)
    weights, means = np.array([0.6, 0.3, 0.1]), scale * rng.normal(size=(3, 4), scale=3)
    matrices = np.stack([covariance(4, 100.0, seed) for seed in range(3)]) * scale * scale
    rows = np.vstack([near_and_far(m, c) for m, c in zip(means, matrices, strict=True)]).astype(dtype)
    mixture = Mixture(weights, means, Dense(matrices))
    assert worst(mixture, rows, log_mixture(rows, weights, means, matrices)) <= 1e-12


def test_a_shared_covariance():
    rng = np.random.default_rng(5)
    weights, means, matrix = np.array([0.2, 0.3, 0.5]), rng.normal(size=(3, 5)), covariance(5, 1e3, seed=2)
    rows = np.vstack([near_and_far(mean, matrix) for mean in means])
    exact = log_mixture(rows, weights, means, np.stack([matrix] * 3))
    mixture = Mixture(weights, means, STRUCTURES["tied"].form(matrix, len(weights), 5))
    assert worst(mixture, rows, exact) <= 1e-12


@pytest.mark.parametrize("offset", [1e4, 1e8, 1e12])
def test_an_offset_costs_nothing(offset):
    matrix = covariance(6, 1e2, seed=3)
    mean = offset + np.random.default_rng(0).normal(size=6)
    rows = near_and_far(mean, matrix)
    assert worst(Mixture(np.ones(1), mean[None], Dense(matrix[None])), rows, log_gaussian(rows, mean, matrix)) <= 1e-12


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("family", SKLEARN_FAMILIES)
def test_score_samples_of_a_fit(family, dtype):
    rng = np.random.default_rng(6)
    X = np.vstack([rng.normal(size=(60, 3)), rng.normal(size=(60, 3)) + 3]).astype(dtype)
    gmm = GaussianMixture(2, covariance_type=family, random_state=0).fit(X)
    rows = X[::12]
    matrices = np.stack([gmm.mixture_.covariances.matrix(k) for k in range(2)])
    exact = log_mixture(rows, gmm.mixture_.weights, gmm.mixture_.means, matrices)
    assert error(gmm.score_samples(rows), exact) <= (1e-12 if dtype == np.float64 else np.finfo(np.float32).eps)
