"""Gaussian log-densities without rounding: the reference that 64-bit arithmetic is held against.

Rows, means and covariances are taken as the binary numbers that they are, digit for digit. Two ways lead to the answer:
elimination with 50 decimal digits for any matrix, and Hadamard matrices, whose inverse and determinant are known, for
matrices too large for that.
"""

import mpmath
import numpy as np
from mpmath import mp

DIGITS = 50

numbers = np.vectorize(mpmath.mpf, otypes=[object])


def log_gaussian(X: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> list[mpmath.mpf]:
    """Log-density of each row of X (n, D), by elimination of ``covariance`` (D, D), with 50 digits."""
    with mp.workdps(DIGITS):
        left = numbers(covariance.astype(float))
        z = (numbers(X.astype(float)) - numbers(mean.astype(float))).T  # (D, n)
        quadratic, log_determinant = np.full(len(X), mpmath.mpf(0)), mpmath.mpf(0)
        for j in range(len(mean)):
            pivot = left[j, j]
            assert pivot > 0, "the reference itself is not positive definite"
            quadratic = quadratic + z[j] * z[j] / pivot
            log_determinant += mpmath.log(pivot)
            factors = left[j + 1 :, j] / pivot
            left[j + 1 :, j + 1 :] -= np.multiply.outer(factors, left[j, j + 1 :])
            z[j + 1 :] -= np.multiply.outer(factors, z[j])
        constant = len(mean) * mpmath.log(2 * mp.pi) + log_determinant
        return [-(constant + q) / 2 for q in quadratic]


def log_mixture(X: np.ndarray, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> list[mpmath.mpf]:
    """Log-density of each row of X (n, D) under a mixture with covariances (K, D, D), with 50 digits."""
    with mp.workdps(DIGITS):
        parts = [
            [mpmath.log(mpmath.mpf(float(weight))) + value for value in log_gaussian(X, mean, covariance)]
            for weight, mean, covariance in zip(weights, means, covariances, strict=True)
        ]
        peaks = [max(column) for column in zip(*parts, strict=True)]
        return [
            peak + mpmath.log(sum(mpmath.exp(part - peak) for part in column))
            for peak, column in zip(peaks, zip(*parts, strict=True), strict=True)
        ]


def hadamard_28() -> np.ndarray:
    """A Hadamard matrix of order 28 by Paley's second construction over the integers modulo 13."""
    squares = {i * i % 13 for i in range(1, 13)}
    character = np.array(
        [[0 if i == j else 1 if (i - j) % 13 in squares else -1 for j in range(13)] for i in range(13)]
    )
    border = np.ones((14, 14), dtype=np.int64)
    border[0, 0], border[1:, 1:] = 0, character
    matrix = np.kron(border, [[1, 1], [1, -1]]) + np.kron(np.eye(14, dtype=np.int64), [[1, -1], [-1, -1]])
    assert (matrix @ matrix.T == 28 * np.eye(28)).all()
    return matrix


class HadamardGaussian:
    """N(0, H diag(2^-j) Hᵀ) in 784 (or 28) dimensions, for a Hadamard matrix H and whole numbers j from 0 to 40.

    Every entry of the covariance is a multiple of 2^-40 below 2^10, so it is a 64-bit number exactly. The covariance is
    dense, its eigenvalues are D · 2^-j and its eigenvectors the columns of H / √D.
    """

    def __init__(self, powers: int, n_features: int = 784, seed: int = 0) -> None:
        assert 0 <= powers <= 40
        rng = np.random.default_rng(seed)
        self.n_features = n_features
        self.exponents = rng.permutation(np.linspace(0, powers, n_features).round().astype(np.int64))  # (D,)
        self.hadamard = {28: hadamard_28(), 784: np.kron(hadamard_28(), hadamard_28())}[n_features]  # (D, D)
        scaled = self.hadamard * 2 ** (40 - self.exponents)  # whole numbers below 2^41
        self.covariance = (scaled @ self.hadamard.T) * 2.0**-40  # int64 sums below 2^51: no rounding

    @property
    def condition(self) -> float:
        return 2.0 ** int(self.exponents.max())

    def rows(self, n: int, seed: int = 0) -> np.ndarray:
        """Rows (n, D) near to a draw from this Gaussian, in multiples of 2^-20, so that sums of them are exact."""
        normal = np.random.default_rng(seed).normal(size=(n, self.n_features)) * 2.0 ** (-self.exponents / 2)
        return np.round((normal @ self.hadamard.T) * 2.0**20) * 2.0**-20

    def log_density(self, X: np.ndarray) -> list[mpmath.mpf]:
        """Log-density of rows (n, D) that are multiples of 2^-20."""
        whole = X * 2.0**20
        assert (whole == np.round(whole)).all()
        assert np.abs(whole).max() < 2**50
        projected = whole.astype(np.int64) @ self.hadamard  # (n, D), exact
        with mp.workdps(DIGITS):
            log_determinant = self.n_features * mpmath.log(self.n_features) - int(self.exponents.sum()) * mpmath.log(2)
            constant = self.n_features * mpmath.log(2 * mp.pi) + log_determinant
            answers = []
            for row in projected:
                total = sum(int(p) ** 2 << int(j) for p, j in zip(row, self.exponents, strict=True))
                quadratic = mpmath.mpf(total) / (mpmath.mpf(self.n_features) ** 2 * mpmath.mpf(2) ** 40)
                answers.append(-(constant + quadratic) / 2)
            return answers
