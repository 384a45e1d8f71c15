"""The whole algorithm, slow and plain: the oracle that tests compare with.

No blocks, no forms, no shortcuts: every covariance is a matrix (D, D), every responsibility is written out, and each
line is an equation of McLachlan and Peel (2000), "Finite Mixture Models", chapter 3. Read this to learn what EM does;
read ``em.py`` to learn how it is arranged here. Use neither for real data: this one is slow.
"""

from collections.abc import Callable

import numpy as np

from mixtura.arrays import FloatArray

__all__ = [
    "FAMILIES",
    "factor_analyser",
    "fit",
    "log_joint",
    "maximise",
    "principal_components",
    "responsibilities",
]


def log_joint(X: FloatArray, weights: FloatArray, means: FloatArray, covariances: FloatArray) -> FloatArray:
    """Return log w_k N(x_n; μ_k, Σ_k), shape (N, K), for means (K, D) and covariances (K, D, D)."""
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        centred = X - mean
        distances = np.array([z @ np.linalg.solve(covariance, z) for z in centred])
        _, log_determinant = np.linalg.slogdet(2 * np.pi * covariance)
        columns.append(np.log(weight) - 0.5 * log_determinant - 0.5 * distances)
    return np.stack(columns, axis=1)


def responsibilities(joint: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return r_nk = p(k | x_n), shape (N, K), and log p(x_n), shape (N,)."""
    density = np.array([np.logaddexp.reduce(row) for row in joint])
    return np.exp(joint - density[:, None]), density


def maximise(
    X: FloatArray, shares: FloatArray, sample_weight: FloatArray, family: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return weights (K,), means (K, D) and covariances (K, D, D) that maximise the expected log-likelihood."""
    weighted = shares * sample_weight[:, None]  # (N, K)
    counts = weighted.sum(axis=0)  # (K,)
    means = (weighted.T @ X) / counts[:, None]
    scatters = []
    for k, mean in enumerate(means):
        scatter = np.zeros((X.shape[1], X.shape[1]))
        for weight, x in zip(weighted[:, k], X, strict=True):
            scatter += weight * np.outer(x - mean, x - mean)
        scatters.append(scatter)
    return counts / counts.sum(), means, FAMILIES[family](np.stack(scatters), counts)


def _full(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return scatters / counts[:, None, None]


def _tied(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return np.stack([scatters.sum(axis=0) / counts.sum()] * len(counts))


def _diag(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return np.stack([np.diag(np.diag(scatter) / count) for scatter, count in zip(scatters, counts, strict=True)])


def _spherical(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    n_features = scatters.shape[1]
    variances = [np.trace(scatter) / (count * n_features) for scatter, count in zip(scatters, counts, strict=True)]
    return np.stack([variance * np.eye(n_features) for variance in variances])


FAMILIES: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "full": _full,
    "tied": _tied,
    "diag": _diag,
    "spherical": _spherical,
}


def principal_components(scatter: FloatArray, count: float, n_factors: int) -> FloatArray:
    """Return the covariance (D, D) of probabilistic principal components: Tipping and Bishop (1999), eq. 7 and 8."""
    values, vectors = np.linalg.eigh(scatter / count)
    noise = values[:-n_factors].mean()
    kept = vectors[:, -n_factors:]
    return kept @ np.diag(values[-n_factors:] - noise) @ kept.T + noise * np.eye(len(scatter))


def factor_analyser(scatter: FloatArray, count: float, n_factors: int, n_iter: int) -> FloatArray:
    """Return the covariance (D, D) of a factor analyser, by EM: Ghahramani and Hinton (1996), eq. 6 to 8."""
    covariance = scatter / count
    noise = np.diag(covariance)
    values, vectors = np.linalg.eigh(covariance / np.sqrt(np.outer(noise, noise)))
    loadings = np.sqrt(noise)[:, None] * vectors[:, -n_factors:] * np.sqrt(values[-n_factors:])  # (D, Q)
    for _ in range(n_iter):
        beta = loadings.T @ np.linalg.inv(loadings @ loadings.T + np.diag(noise))  # (Q, D)
        squares = np.eye(n_factors) - beta @ loadings + beta @ covariance @ beta.T  # (Q, Q)
        loadings = covariance @ beta.T @ np.linalg.inv(squares)
        noise = np.diag(covariance - loadings @ beta @ covariance)
    return loadings @ loadings.T + np.diag(noise)


def fit(
    X: FloatArray, shares: FloatArray, family: str, n_iter: int, sample_weight: FloatArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray, list[float]]:
    """Maximise under ``shares`` (N, K), then run ``n_iter`` iterations; also return each mean log-likelihood."""
    row_weights = np.ones(len(X)) if sample_weight is None else sample_weight
    parameters = maximise(X, shares, row_weights, family)
    history = []
    for _ in range(n_iter):
        shares, density = responsibilities(log_joint(X, *parameters))
        history.append(float(np.average(density, weights=row_weights)))
        parameters = maximise(X, shares, row_weights, family)
    density = responsibilities(log_joint(X, *parameters))[1]
    return *parameters, [*history, float(np.average(density, weights=row_weights))]
