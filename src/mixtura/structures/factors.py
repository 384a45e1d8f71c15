"""Factors: a few directions of each component's own, and independent noise, found without a matrix (D, D)."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mixtura.arrays import FloatArray, IntArray
from mixtura.forms import NotPositiveDefiniteError
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import Need, Projected
from mixtura.structures.contract import Structure

__all__ = ["DIAGONAL_NOISE", "ISOTROPIC_NOISE", "Factors", "Noise"]

_NEGLIGIBLE = 1e-12
"""Share of the largest eigenvalue below which directions are alike."""

_LEAST_SHARE = 1e-6
"""Noise is never below this share of a feature's variance, or factors could explain a feature entirely."""

_SPARE = 10
"""Random directions beyond one for each factor, where some are not known yet (Halko, Martinsson and Tropp 2011)."""

_INNER = 10
"""Alternations between loadings and noise in one maximisation; they touch no data."""


class Noise(ABC):
    """What the noise variances of a component may be."""

    @abstractmethod
    def like(self, variances: FloatArray) -> FloatArray:
        """Return noise variances (K, D) of this kind that are nearest to given ones."""

    @abstractmethod
    def fit(self, left: FloatArray, noise: FloatArray, used: IntArray) -> FloatArray:
        """Return the best noise (K, D), given what ``used`` (K,) factors leave over under the present noise."""

    @abstractmethod
    def n_parameters(self, n_features: int) -> int:
        """Return the number of free parameters for one component."""


class _Isotropic(Noise):
    def like(self, variances: FloatArray) -> FloatArray:
        return np.broadcast_to(variances.mean(axis=1, keepdims=True), variances.shape)

    def fit(self, left: FloatArray, noise: FloatArray, used: IntArray) -> FloatArray:
        # Each loading was shortened by the present noise; what is left is larger by as much (Tipping, Bishop, eq. 8).
        total = left.sum(axis=1) - used * noise[:, 0]
        return np.broadcast_to((total / (left.shape[1] - used))[:, None], left.shape)

    def n_parameters(self, n_features: int) -> int:
        return 1


class _Diagonal(Noise):
    def like(self, variances: FloatArray) -> FloatArray:
        return variances

    def fit(self, left: FloatArray, noise: FloatArray, used: IntArray) -> FloatArray:
        return left

    def n_parameters(self, n_features: int) -> int:
        return n_features


ISOTROPIC_NOISE: Noise = _Isotropic()
DIAGONAL_NOISE: Noise = _Diagonal()


@dataclass(frozen=True)
class Factors(Structure):
    r"""Σ_k = diag(ψ_k) + Λ_kᵀ Λ_k: factor analysers, or probabilistic principal components where ψ_k is one number.

    With one direction W_k for each factor a sweep returns only the diagonal of a scatter S and the product S W. That is
    enough for a maximisation that never lets the likelihood fall. Write N = S W (Wᵀ S W)⁻¹ Wᵀ S, the Nyström
    approximation of S, of rank Q; R = S - N is positive semi-definite, and its diagonal is known. Since Σ⁻¹ ⪯ Ψ⁻¹,

    .. math:: \log|\Sigma| + tr(\Sigma^{-1} S) \le \log|\Sigma| + tr(\Sigma^{-1} N) + \sum_d R_{dd} / \psi_d,

    with equality at the previous mixture, because there the directions are Ψ⁻¹ Λᵀ and R W = 0. The right side holds
    known numbers only, so it is lowered by as many steps as one likes. Given ψ, its best loadings are
    ψ^(1/2) u_i (λ_i - 1)^(1/2), with λ_i > 1 and u_i the leading eigenvalues and eigenvectors of Ψ^(-1/2) N Ψ^(-1/2)
    (Tipping and Bishop 1999, eq. 7, in units of the noise). Given those loadings, EM's step for the noise is
    ψ = diag(S) - diag(ΛᵀΛ); where it is isotropic its best value is known in closed form (eq. 8). Across sweeps the
    directions go through a subspace iteration, so the fixed points are the exact maximisers: for one component those
    of principal components.

    Parameters
    ----------
    n_factors : int
        Q, at least 1 and below D. A factor that explains less than noise gets loadings of zero; as long as one that
        is allowed is idle, sweeps look along `_SPARE` more directions.
    noise : Noise
    ranks : tuple of K int, optional
        How many factors each component may use, the largest ones; Q by default. `pruned` chooses them.

    References
    ----------
    Z. Ghahramani, G. E. Hinton (1996), The EM algorithm for mixtures of factor analyzers.

    M. E. Tipping, C. M. Bishop (1999), Mixtures of probabilistic principal component analysers. Neural Computation 11.
    """

    n_factors: int
    noise: Noise = DIAGONAL_NOISE
    ranks: tuple[int, ...] | None = None
    rounds: ClassVar[int] = 6

    def need_of(self, mixture: Mixture) -> Need:
        form = mixture.covariances
        variances = np.broadcast_to(form.variances, mixture.means.shape)  # (K, D)
        none = np.empty((mixture.n_components, 0, mixture.n_features))
        known = form.directions if isinstance(form, LowRank) else none  # (K, Q, D)
        lengths = np.sqrt(np.einsum("kqd,kd->kq", known**2, variances))
        used = lengths > 0  # (K, Q)
        allowed = self._allowed(mixture.n_components)
        idle = used.shape != allowed.shape or (allowed & ~used).any()  # a factor not in use looks for another direction
        n_directions = min(self.n_factors + _SPARE * idle, mixture.n_features)
        fresh = np.random.default_rng(0).standard_normal((n_directions, mixture.n_features))
        directions = fresh / np.sqrt(mixture.n_features * variances)[:, None]
        directions[:, : known.shape[1]][used] = known[used] / lengths[used][:, None]
        return Projected(directions)

    def update(self, moments: Moments, previous: Mixture) -> LowRank:
        parts = self._kept(previous)
        rows = moments.counts > 0
        counts = moments.counts[rows, None]
        variances = moments.scatter[rows, 0] / counts  # (k, D)
        approximation = _nystrom(moments)[rows] / np.sqrt(counts)[:, None]  # (k, Q, D)
        least = _LEAST_SHARE * self.noise.like(variances)
        flat = ~(least > 0).all(axis=1)
        if flat.any():
            raise NotPositiveDefiniteError(int(np.flatnonzero(rows)[flat][0]))
        noise = np.clip(parts[rows, 0], least, self.noise.like(variances))
        allowed = self._allowed(previous.n_components)[rows]
        for _ in range(_INNER):
            loadings = _loadings(approximation, noise, allowed)
            left = variances - np.einsum("kqd,kqd->kd", loadings, loadings)
            used = np.count_nonzero(loadings.any(axis=2), axis=1)
            noise = np.maximum(self.noise.fit(left, noise, used), least)
        parts[rows, 0], parts[rows, 1:] = noise, _loadings(approximation, noise, allowed)
        return LowRank(parts)

    def pruned(self, moments: Moments, previous: Mixture, price: float) -> "Factors":
        """Return the structure whose components may use only the factors that are worth ``price`` for each parameter.

        Each component gets the rank of least price·p - 2 log L under the memberships of these ``moments``, of a sweep
        of ``previous``, with the loadings and the noise that ``update`` finds for that rank. As in every iteration of
        EM the likelihood gains at least what it gains under fixed memberships, so the next ``update`` by the structure
        returned lowers price·p - 2 log L itself: with log N as the price, the Bayesian information criterion.
        """
        n_components, n_features = previous.means.shape
        most = np.count_nonzero(self._allowed(n_components), axis=1)  # (K,)
        costs = np.empty((1 + self.n_factors, n_components))
        for rank, cost in enumerate(costs):
            capped = replace(self, ranks=tuple(np.minimum(most, rank).tolist()))
            cost[:] = _divergences(moments, capped.update(moments, previous)) + price * _n_loadings(rank, n_features)
        ranks = costs.argmin(axis=0)
        return replace(self, ranks=tuple(ranks.tolist())) if (ranks < most).any() else self

    def _kept(self, previous: Mixture) -> FloatArray:
        """Return the previous covariances as parts (K, 1 + Q, D): what components without rows keep."""
        form = previous.covariances
        parts = np.zeros((previous.n_components, 1 + self.n_factors, previous.n_features))
        parts[:, 0] = self.noise.like(np.broadcast_to(form.variances, previous.means.shape))
        if isinstance(form, LowRank) and form.n_factors <= self.n_factors:
            parts[:, : 1 + form.n_factors] = form.parts
        parts[:, 1:][~self._allowed(previous.n_components)] = 0.0
        return parts

    def _allowed(self, n_components: int) -> NDArray[np.bool_]:
        """Return which factors (K, Q) components may use."""
        ranks = np.full(n_components, self.n_factors) if self.ranks is None else np.array(self.ranks)
        allowed: NDArray[np.bool_] = np.arange(self.n_factors) < ranks[:, None]
        return allowed

    def n_parameters(self, n_components: int, n_features: int) -> int:
        ranks = np.count_nonzero(self._allowed(n_components), axis=1)
        return self._n_parameters_of(ranks, n_features)

    def n_parameters_in_use(self, form: LowRank) -> int:
        """Return the number of free parameters of covariances, those of factors in use alone."""
        return self._n_parameters_of(form.ranks, form.n_features)

    def _n_parameters_of(self, ranks: IntArray, n_features: int) -> int:
        return sum(_n_loadings(rank, n_features) + self.noise.n_parameters(n_features) for rank in ranks.tolist())

    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        return (n_components, 1 + self.n_factors, n_features)

    def publish(self, stored: FloatArray) -> FloatArray:
        return stored

    def form(self, covariances: FloatArray, n_components: int, n_features: int) -> LowRank:
        return LowRank(covariances)


def _n_loadings(rank: int, n_features: int) -> int:
    """Return how many free parameters so many loadings have: they may be turned among themselves."""
    return n_features * rank - rank * (rank - 1) // 2


def _loadings(approximation: FloatArray, noise: FloatArray, allowed: NDArray[np.bool_]) -> FloatArray:
    """Return the best loadings (k, Q, D) of N = BᵀB, given B (k, P, D) and the noise (k, D); the largest first."""
    n_factors = allowed.shape[1]
    white = approximation / np.sqrt(noise)[:, None]
    values, vectors = np.linalg.eigh(white @ white.transpose(0, 2, 1))
    values, vectors = values[:, : -n_factors - 1 : -1], vectors[:, :, : -n_factors - 1 : -1].transpose(0, 2, 1)
    used = allowed & (values > 1.0 + 1e-9)  # (k, Q); a factor no larger than the noise is none
    sizes = np.sqrt(1.0 - 1.0 / np.where(used, values, 1.0))
    loadings: FloatArray = sizes[:, :, None] * (vectors @ approximation)
    return loadings


def _divergences(moments: Moments, form: LowRank) -> FloatArray:
    """Return n_k times the bound that `Factors` lowers, of covariances and the moments of a sweep: (K,)."""
    explained = _nystrom(moments) @ form.directions.transpose(0, 2, 1)  # (K, P, Q), by Woodbury's identity
    distances = (moments.scatter[:, 0] / form.noise).sum(axis=1) - np.einsum("kpq,kpq->k", explained, explained)
    total: FloatArray = 2 * moments.counts * form.half_log_determinants + distances
    return total


def _nystrom(moments: Moments) -> FloatArray:
    """Return B (K, P, D) with BᵀB = S W (WᵀSW)⁺ WᵀS, of the scatters S and the directions W that moments hold."""
    assert isinstance(moments.need, Projected)
    products = moments.scatter[:, 1:]  # (K, P, D)
    core = moments.need.directions @ products.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh((core + core.transpose(0, 2, 1)) / 2)
    certain = values > _NEGLIGIBLE * values[:, -1:]
    roots = np.where(certain, 1.0 / np.sqrt(np.where(certain, values, 1.0)), 0.0)
    half: FloatArray = roots[:, :, None] * (vectors.transpose(0, 2, 1) @ products)
    return half
