"""Mixture: the model itself, a frozen record that can be evaluated and sampled."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np
from scipy.special import logsumexp
from sklearn.utils import check_random_state

from mixtura.arrays import FloatArray, IntArray, frozen
from mixtura.forms import Form
from mixtura.uniform_noise import UniformNoise

__all__ = ["Mixture", "RandomSource", "random_source", "scikit_learn_source"]

_LOG_TURN = np.log(2 * np.pi)

RandomSource = np.random.Generator | np.random.RandomState


def random_source(given: Any, own: Any = None) -> RandomSource:
    """Return a source of randomness: the given one, or one of its seed; where it is None, the estimator's own.

    Raises
    ------
    ValueError
        For what is neither a source nor a seed.

    Examples
    --------
    >>> random_source(3).uniform() == random_source(None, own=3).uniform()
    True
    """
    chosen = own if given is None else given
    if isinstance(chosen, np.random.Generator):
        return chosen
    try:
        source: RandomSource = check_random_state(chosen)
    except ValueError:
        raise ValueError(
            f"Got random_state={chosen!r}, but expected None, a whole number from 0 to {2**32 - 1}, or a Generator or "
            "RandomState of NumPy."
        ) from None
    return source


def scikit_learn_source(given: Any) -> np.random.RandomState:
    """Return a source of randomness that scikit-learn takes too; from a Generator one that draws on its stream.

    Examples
    --------
    >>> import numpy as np
    >>> generator = np.random.default_rng(0)
    >>> scikit_learn_source(generator).uniform() != scikit_learn_source(generator).uniform()
    True
    """
    source = random_source(given)
    return np.random.RandomState(source.bit_generator) if isinstance(source, np.random.Generator) else source


@dataclass(frozen=True, eq=False)
class Mixture:
    """The density p(x) = Σ_k w_k N(x; μ_k, Σ_k), or s / V + (1 - s) Σ_k w_k N(x; μ_k, Σ_k) with noise.

    Parameters
    ----------
    weights : ndarray of shape (K,)
        Non-negative, summing to one.
    means : ndarray of shape (K, D)
        In the units of the data.
    covariances : Form
        ``Dense`` or ``Diagonal``, of K components or of one that is shared; in squared units of the data.
    noise : UniformNoise, optional
        A share s of all rows that are spread evenly over a volume V. The weights are then those among the other rows.

    Raises
    ------
    ValueError
        If shapes disagree, a number is not finite or the weights are not a distribution.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura.forms import Diagonal
    >>> from mixtura import Mixture
    >>> mixture = Mixture(np.array([0.5, 0.5]), np.array([[-2.0], [2.0]]), Diagonal(np.ones((2, 1))))
    >>> mixture.log_density(np.array([[0.0]])).round(4)
    array([-2.9189])
    """

    weights: FloatArray  # (K,)
    means: FloatArray  # (K, D)
    covariances: Form
    noise: UniformNoise | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", frozen(self.weights))
        object.__setattr__(self, "means", frozen(self.means))
        if self.means.ndim != 2 or self.weights.shape != self.means.shape[:1] or not self.weights.size:
            raise ValueError(
                f"Got weights of shape {self.weights.shape} and means of shape {self.means.shape}; "
                "expected (K,) and (K, D) with K at least 1."
            )
        if self.covariances.n_features != self.n_features or not self.covariances.serves(self.n_components):
            raise ValueError(
                f"Got {self.covariances.n_stored} covariances of {self.covariances.n_features} features, expected "
                f"{self.n_components} (or 1 that is shared) of {self.n_features}, as the means have."
            )
        if self.noise is not None and self.noise.n_features != self.n_features:
            raise ValueError(f"Got noise of {self.noise.n_features} features and means of {self.n_features}.")
        weights = self.weights.tolist()  # few: arrays are made slower than they are summed
        total = sum(weights)
        if not (np.isfinite(self.means).all() and isfinite(total)):
            raise ValueError("Got weights or means with NaN or infinity, expected finite numbers.")
        if min(weights) < 0 or abs(total - 1.0) > 1e-6:
            raise ValueError(
                f"Got weights from {min(weights):.5g} that sum to {total:.5g}, expected "
                "non-negative weights that sum to one; divide them by their sum."
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.weights,
            self.means,
            self.covariances,
            self.noise,
        )  # so that copies are frozen and checked too

    @property
    def n_components(self) -> int:
        """The number of components K."""
        return int(self.means.shape[0])

    @property
    def n_features(self) -> int:
        """The number of features D."""
        return int(self.means.shape[1])

    @cached_property
    def log_scales(self) -> FloatArray:
        """Logarithm of w_k (2π)^(-D/2) |Σ_k|^(-1/2), the height of each component at its mean (K,)."""
        if all(self.weights.tolist()):
            log_weights = np.log(self.weights)
        else:
            log_weights = np.log(self.weights, out=np.full(self.n_components, -np.inf), where=self.weights > 0)
        heights: FloatArray = log_weights - self.covariances.half_log_determinants - 0.5 * self.n_features * _LOG_TURN
        return heights

    @property
    def submerged(self) -> bool:
        """Whether noise is denser than each component even at that one's mean: no row anywhere belongs to one."""
        noise = self.noise
        return noise is not None and bool(np.log1p(-noise.share) + self.log_scales.max() < noise.log_height)

    def log_density(self, X: FloatArray) -> FloatArray:
        """Return log p(x) of each row of X (N, D), in nats (N,)."""
        if np.ndim(X) != 2 or np.shape(X)[1] != self.n_features:
            raise ValueError(
                f"Got rows of shape {np.shape(X)}, expected (N, {self.n_features}): one row for each point."
            )
        joint = np.empty((self.n_components, len(X)))
        scratch = np.empty((len(X), self.n_features))
        for k, mean in enumerate(self.means):
            self.covariances.squared_distances(k, X - mean, scratch, joint[k])
        density: FloatArray = logsumexp(self.log_scales[:, None] - 0.5 * joint, axis=0)
        return density if self.noise is None else self.noise.split(density)[0]

    def sample(self, n_samples: int, random: RandomSource) -> tuple[FloatArray, IntArray]:
        """Draw independent rows (n_samples, D) and the components that they come from (n_samples,), in random order.

        Rows of noise are labelled -1.
        """
        if self.noise is not None:
            return self._sample_with_noise(n_samples, self.noise, random)
        counts = random.multinomial(n_samples, self.weights / self.weights.sum())
        labels = random.permutation(np.repeat(np.arange(self.n_components), counts))
        X = random.standard_normal((n_samples, self.n_features))
        for k in np.flatnonzero(counts):
            rows = labels == k
            X[rows] = self.covariances.colour(int(k), X[rows]) + self.means[k]
        return X, labels

    def _sample_with_noise(
        self, n_samples: int, noise: UniformNoise, random: RandomSource
    ) -> tuple[FloatArray, IntArray]:
        of_noise = random.uniform(size=n_samples) < noise.share
        X, labels = np.empty((n_samples, self.n_features)), np.full(n_samples, -1, dtype=np.intp)
        X[of_noise] = noise.sample(int(of_noise.sum()), random)
        X[~of_noise], labels[~of_noise] = replace(self, noise=None).sample(int((~of_noise).sum()), random)
        return X, labels

    def permute(self, order: list[int]) -> "Mixture":
        """Return the same density with its components in another order."""
        return Mixture(self.weights[order], self.means[order], self.covariances.select(order), self.noise)
