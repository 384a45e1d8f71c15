"""The whole algorithm, slow and plain: the oracle that tests compare with.

No blocks, no forms, no shortcuts: every covariance is a matrix (D, D), every responsibility is written out, and each
line is an equation of McLachlan and Peel (2000), "Finite Mixture Models", chapter 3. Read this to learn what EM does;
read ``em.py`` to learn how it is arranged here. Use neither for real data: this one is slow.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from mixtura.arrays import FloatArray

Maximise: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]

__all__ = [
    "MAXIMISATIONS",
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
    return counts / counts.sum(), means, MAXIMISATIONS[family](np.stack(scatters), counts)


# Maximisations: from scatters S_k (K, D, D) and counts n_k (K,) to covariances (K, D, D), each with the section of
# Celeux and Govaert (1995), "Gaussian parsimonious clustering models", that derives it. What has no closed form is
# repeated until nothing moves.


def _vvv(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.1
    return scatters / counts[:, None, None]


def _evv(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.1
    volumes = np.array([_volume(scatter) for scatter in scatters])
    return np.stack([scatter / volume for scatter, volume in zip(scatters, volumes, strict=True)]) * (
        volumes.sum() / counts.sum()
    )


def _eee(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.1
    return np.stack([scatters.sum(axis=0) / counts.sum()] * len(counts))


def _vee(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.1: back and forth between C and the volumes
    n_features = scatters.shape[1]
    volumes = np.ones(len(counts))
    while True:
        common = np.sum([scatter / volume for scatter, volume in zip(scatters, volumes, strict=True)], axis=0)
        common = common / _volume(common)
        before, volumes = (
            volumes,
            np.array([np.trace(np.linalg.solve(common, scatter)) for scatter in scatters]) / counts / n_features,
        )
        if np.allclose(volumes, before, rtol=1e-14, atol=0):
            return np.stack([volume * common for volume in volumes])


def _vvi(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.2, as the next three: the same without products
    return _vvv(_diagonals(scatters), counts)


def _evi(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return _evv(_diagonals(scatters), counts)


def _eei(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return _eee(_diagonals(scatters), counts)


def _vei(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return _vee(_diagonals(scatters), counts)


def _vii(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.3
    n_features = scatters.shape[1]
    variances = [np.trace(scatter) / (count * n_features) for scatter, count in zip(scatters, counts, strict=True)]
    return np.stack([variance * np.eye(n_features) for variance in variances])


def _eii(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.3
    return _vii(_eee(scatters, np.ones(len(counts))), np.full(len(counts), counts.sum() / len(counts)))


def _eev(scatters: FloatArray, counts: FloatArray) -> FloatArray:  # 4.1: along each one's eigenvectors
    return _along_own_axes(scatters, counts, _eei)


def _vev(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return _along_own_axes(scatters, counts, _vei)


def _eve(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return _along_common_axes(scatters, counts, _evi)


def _vve(scatters: FloatArray, counts: FloatArray) -> FloatArray:
    return _along_common_axes(scatters, counts, _vvi)


def _volume(matrix: FloatArray) -> float:
    return float(np.linalg.det(matrix) ** (1 / len(matrix)))


def _diagonals(scatters: FloatArray) -> FloatArray:
    return np.stack([np.diag(np.diag(scatter)) for scatter in scatters])


def _along_own_axes(scatters: FloatArray, counts: FloatArray, shapes: Maximise) -> FloatArray:
    axes = [np.linalg.eigh(scatter)[1] for scatter in scatters]
    turned = np.stack([d.T @ scatter @ d for d, scatter in zip(axes, scatters, strict=True)])
    return np.stack([d @ shape @ d.T for d, shape in zip(axes, shapes(turned, counts), strict=True)])


def _along_common_axes(scatters: FloatArray, counts: FloatArray, shapes: Maximise) -> FloatArray:
    """Browne and McNicholas (2014), section 3.1: turn the axes by majorisation, from each component's own; the best."""
    largest = [np.linalg.eigvalsh(scatter)[-1] for scatter in scatters]
    results = []
    for start in [np.linalg.eigh(scatter)[1] for scatter in scatters]:
        d, value = start, np.inf
        while True:
            variances = shapes(np.stack([d.T @ scatter @ d for scatter in scatters]), counts)
            covariances = np.stack([d @ variance @ d.T for variance in variances])
            value, before = float(counts @ np.linalg.slogdet(variances)[1]), value
            if value >= before:
                break
            precisions = [np.diag(1 / np.diag(variance)) for variance in variances]
            slope = sum(a @ d.T @ s - w * a @ d.T for a, s, w in zip(precisions, scatters, largest, strict=True))
            left, _, right = np.linalg.svd(slope)
            d = right.T @ left.T
        results.append((value, covariances))
    return min(results, key=lambda result: result[0])[1]


MAXIMISATIONS: dict[str, Maximise] = {
    "EII": _eii,
    "VII": _vii,
    "EEI": _eei,
    "VEI": _vei,
    "EVI": _evi,
    "VVI": _vvi,
    "EEE": _eee,
    "VEE": _vee,
    "EVE": _eve,
    "VVE": _vve,
    "EEV": _eev,
    "VEV": _vev,
    "EVV": _evv,
    "VVV": _vvv,
    "E": _eii,
    "V": _vii,
    "full": _vvv,
    "tied": _eee,
    "diag": _vvi,
    "spherical": _vii,
}
"""What each family's maximisation is, by mclust's codes and scikit-learn's names."""


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


def fit_with_noise(
    X: FloatArray, shares: FloatArray, family: str, n_iter: int, volume: float, sample_weight: FloatArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray, float, list[float]]:
    """As ``fit``, with noise of density 1 / ``volume`` in the last column of ``shares`` (N, K + 1); also its share."""
    row_weights = np.ones(len(X)) if sample_weight is None else sample_weight
    history: list[float] = []
    while True:
        weights, means, covariances = maximise(X, shares[:, :-1], row_weights, family)
        noise = float(np.average(shares[:, -1], weights=row_weights))
        joint = log_joint(X, (1 - noise) * weights, means, covariances)
        shares, density = responsibilities(np.column_stack([joint, np.full(len(X), np.log(noise / volume))]))
        history.append(float(np.average(density, weights=row_weights)))
        if len(history) > n_iter:
            return weights, means, covariances, noise, history
