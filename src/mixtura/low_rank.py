"""LowRank: covariances that are a few directions and independent noise.

Woodbury's identity and the determinant lemma keep everything at D Q numbers and D Q operations for a row: no matrix
(D, D) is made unless somebody asks for one by name. Source: Ghahramani and Hinton (1996), "The EM algorithm for
mixtures of factor analyzers", section 2.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray, IntArray, frozen
from mixtura.forms import Dense, Form, NotPositiveDefiniteError

__all__ = ["LowRank"]

_LEAST_NOISE = np.finfo(np.float64).tiny
"""Below it numbers lose their digits, and soon their inverses are infinite."""


@dataclass(frozen=True, eq=False)
class LowRank(Form):
    """Σ_k = diag(ψ_k) + Λ_kᵀ Λ_k, with Q rows of loadings Λ_k.

    ``parts`` (K, 1 + Q, D) holds the noise variances ψ_k in its first row and the loadings in the others. A row of
    zeros is a factor that the component does not use. Squared distances are a difference, Σ_d z_d²/ψ_d less what the
    factors explain: of float64's sixteen digits they lose as many as the largest ratio of a factor's variance to the
    noise has.
    """

    parts: FloatArray  # (K, 1 + Q, D)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", frozen(self.parts))
        sound = np.isfinite(self.parts).all(axis=(1, 2)) & (self.noise >= _LEAST_NOISE).all(axis=1)
        if not sound.all():
            raise NotPositiveDefiniteError(int(np.flatnonzero(~sound)[0]))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.parts,)

    @property
    def noise(self) -> FloatArray:
        """Noise variances (K, D)."""
        return self.parts[:, 0]

    @property
    def loadings(self) -> FloatArray:
        """Loadings (K, Q, D)."""
        return self.parts[:, 1:]

    @property
    def n_features(self) -> int:
        return int(self.parts.shape[2])

    @property
    def n_stored(self) -> int:
        return int(self.parts.shape[0])

    @property
    def n_factors(self) -> int:
        """The number of factors Q."""
        return int(self.parts.shape[1]) - 1

    @property
    def ranks(self) -> IntArray:
        """How many factors each component uses (K,)."""
        used: IntArray = np.count_nonzero(self.loadings.any(axis=2), axis=1)
        return used

    @property
    def stored(self) -> FloatArray:
        return self.parts

    @cached_property
    def variances(self) -> FloatArray:
        return self.noise + np.einsum("kqd,kqd->kd", self.loadings, self.loadings)

    @cached_property
    def _roots(self) -> FloatArray:
        """Lower Cholesky factors (K, Q, Q) of I + Λ Ψ⁻¹ Λᵀ, which are the posterior precisions of the factors."""
        scaled = self.loadings / self.noise[:, None]
        inner: FloatArray = np.eye(self.n_factors) + scaled @ self.loadings.transpose(0, 2, 1)
        return np.asarray(np.linalg.cholesky(inner), dtype=np.float64)

    @cached_property
    def whiteners(self) -> FloatArray:
        """1/ψ_k, then directions A_k (Q, D), so that Σ_k⁻¹ = diag(1/ψ_k) - A_kᵀ A_k (Woodbury)."""
        directions = np.linalg.solve(self._roots, self.loadings / self.noise[:, None])
        return np.concatenate([1.0 / self.noise[:, None], directions], axis=1)

    @property
    def directions(self) -> FloatArray:
        """The rows A_k (K, Q, D) onto which a centred row is projected."""
        return self.whiteners[:, 1:]

    @property
    def precisions(self) -> FloatArray:
        return self.whiteners

    @cached_property
    def half_log_determinants(self) -> FloatArray:
        inner = np.log(np.diagonal(self._roots, axis1=1, axis2=2)).sum(axis=1)
        return 0.5 * np.log(self.noise).sum(axis=1) + inner

    def squared_distances(
        self, component: int, centred: FloatArray, scratch: FloatArray, out: FloatArray
    ) -> FloatArray:
        whitener = self.whiteners[component]
        np.matmul(np.square(centred, out=scratch), whitener[0], out=out)
        factors = centred @ whitener[1:].T  # (n, Q)
        np.subtract(out, np.einsum("nq,nq->n", factors, factors), out=out, where=out < np.inf)  # far away: stays so
        return np.maximum(out, 0.0, out=out)

    @cached_property
    def _symmetric(self) -> tuple[FloatArray, FloatArray]:
        """Orthogonal rows B (K, Q, D) and t (K, Q) with Ψ^(-1/2) Σ Ψ^(-1/2) = I + Bᵀ B and B Bᵀ = diag(t² - 1)."""
        scaled = self.loadings / np.sqrt(self.noise)[:, None]
        squares, rotations = np.linalg.eigh(scaled @ scaled.transpose(0, 2, 1))
        return rotations.transpose(0, 2, 1) @ scaled, np.sqrt(1.0 + np.maximum(squares, 0.0))

    def colour(self, component: int, normal: FloatArray) -> FloatArray:
        rows, roots = self._symmetric[0][component], self._symmetric[1][component]
        coloured: FloatArray = normal + (normal @ rows.T / (1.0 + roots)) @ rows
        return coloured * np.sqrt(self.noise[component])

    def whiten(self, component: int, centred: FloatArray) -> FloatArray:
        rows, roots = self._symmetric[0][component], self._symmetric[1][component]
        scaled = centred / np.sqrt(self.noise[component])
        white: FloatArray = scaled - (scaled @ rows.T / (roots * (1.0 + roots))) @ rows
        return white

    def matrix(self, component: int) -> FloatArray:
        loadings = self.loadings[component]
        matrix: FloatArray = loadings.T @ loadings
        matrix[np.diag_indices_from(matrix)] += self.noise[component]
        return matrix

    def select(self, components: list[int]) -> "LowRank":
        return LowRank(self.parts[components])

    def inverse(self) -> Dense:
        """Return the inverses as full matrices: what is taken away by Woodbury has no low-rank form of its own."""
        matrices = -np.einsum("kqd,kqe->kde", self.directions, self.directions)
        matrices[:, np.arange(self.n_features), np.arange(self.n_features)] += self.whiteners[:, 0]
        return Dense(matrices)
