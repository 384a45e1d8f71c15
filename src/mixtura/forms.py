"""Forms: what a kernel sees of covariances, and how the quadratic form is evaluated.

``Diagonal`` serves independent features, ``Dense`` everything else. A form is the second of the two facts that a sweep
knows about a structure. Both are checked when they are made: a form that exists is positive definite.

It is long because both forms stand beside the contract that they share.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dtrtri

from mixtura.arrays import FloatArray, frozen
from mixtura.compiled import compiled_for

__all__ = ["Dense", "Diagonal", "Form", "NotPositiveDefiniteError"]


class NotPositiveDefiniteError(ValueError):
    """A covariance is singular or indefinite: ``component`` says whose, ``expected`` what it should be."""

    def __init__(self, component: int, expected: str = "positive in every direction") -> None:
        super().__init__(
            f"Got a covariance that is not {expected} (component {component}). Use fewer components, remove constant "
            "or duplicate features, or regularise."
        )
        self.component = component
        self.expected = expected


_DENSE = "symmetric, positive-definite"
_ASYMMETRY = 1e-5  # float32 input is symmetric to about 1e-7


class Form(ABC):
    """Covariances of K components, or one that all share, stored once: arrays then have 1 in the place of K."""

    shared: bool = False

    @property
    @abstractmethod
    def n_features(self) -> int:
        """The number of features D."""

    @property
    @abstractmethod
    def n_stored(self) -> int:
        """The number of covariances that are stored: K, or 1 if they are shared."""

    def serves(self, n_components: int) -> bool:
        """Whether there is a covariance for each of K components."""
        return self.shared or self.n_stored == n_components

    @property
    @abstractmethod
    def stored(self) -> FloatArray:
        """The covariances as they are stored, one entry of the first axis for each."""

    @property
    @abstractmethod
    def variances(self) -> FloatArray:
        """Variance of each feature (K or 1, D)."""

    @cached_property
    @abstractmethod
    def whiteners(self) -> FloatArray:
        """Square roots of the precisions, shaped as ``stored``: a centred row times its own is white."""

    @cached_property
    @abstractmethod
    def precisions(self) -> FloatArray:
        """Inverses of the covariances, shaped as ``stored``."""

    @cached_property
    @abstractmethod
    def half_log_determinants(self) -> FloatArray:
        """Half the logarithm of each determinant (K or 1,)."""

    @property
    def log_volumes(self) -> FloatArray:
        """Logarithm of each volume |Σ|^(1/D), the geometric mean of the variances along its axes (K or 1,)."""
        return 2 * self.half_log_determinants / self.n_features

    @abstractmethod
    def squared_distances(
        self, component: int, centred: FloatArray, scratch: FloatArray, out: FloatArray
    ) -> FloatArray:
        """Fill ``out`` (n,) with squared Mahalanobis distances of ``centred`` (n, D); ``scratch`` (n, D) is lost."""

    @abstractmethod
    def colour(self, component: int, normal: FloatArray) -> FloatArray:
        """Turn independent standard normal rows (n, D) into rows that have this component's covariance."""

    @abstractmethod
    def whiten(self, component: int, centred: FloatArray) -> FloatArray:
        """Turn centred rows (n, D) that have this component's covariance into white ones; undoes ``colour``."""

    @abstractmethod
    def matrix(self, component: int) -> FloatArray:
        """Return the covariance of one component as a matrix (D, D)."""

    def expand(self, n_components: int) -> FloatArray:
        """Return the covariance of each of K components as a matrix (K, D, D), one that is shared K times."""
        return np.stack([self.matrix(k) for k in range(n_components)])

    @abstractmethod
    def select(self, components: list[int]) -> "Form":
        """Return the covariances of the listed components, in that order."""

    @abstractmethod
    def inverse(self) -> "Form":
        """Return the form whose covariances are the inverses of these."""


@dataclass(frozen=True, eq=False)
class Diagonal(Form):
    """Independent features: ``stored_variances`` (K, D)."""

    stored_variances: FloatArray  # (K, D)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stored_variances", frozen(self.stored_variances))
        positive = (self.stored_variances > 0) & np.isfinite(self.stored_variances)
        if not positive.all():
            raise NotPositiveDefiniteError(int(np.flatnonzero(~positive.all(axis=1))[0]), "positive")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.stored_variances,)

    @property
    def n_features(self) -> int:
        return int(self.stored_variances.shape[1])

    @property
    def n_stored(self) -> int:
        return int(self.stored_variances.shape[0])

    @property
    def stored(self) -> FloatArray:
        return self.stored_variances

    @property
    def variances(self) -> FloatArray:
        return self.stored_variances

    @cached_property
    def whiteners(self) -> FloatArray:
        return 1.0 / self.deviations

    @cached_property
    def precisions(self) -> FloatArray:
        return 1.0 / self.stored_variances

    @cached_property
    def deviations(self) -> FloatArray:
        """Standard deviations (K, D)."""
        return np.sqrt(self.stored_variances)

    @cached_property
    def half_log_determinants(self) -> FloatArray:
        return np.log(self.deviations).sum(axis=1)

    def squared_distances(
        self, component: int, centred: FloatArray, scratch: FloatArray, out: FloatArray
    ) -> FloatArray:
        np.divide(centred, self.deviations[component], out=scratch)
        return np.einsum("nd,nd->n", scratch, scratch, out=out)

    def colour(self, component: int, normal: FloatArray) -> FloatArray:
        return normal * self.deviations[component]

    def whiten(self, component: int, centred: FloatArray) -> FloatArray:
        return centred / self.deviations[component]

    def matrix(self, component: int) -> FloatArray:
        return np.diag(self.stored_variances[component])

    def select(self, components: list[int]) -> "Diagonal":
        return Diagonal(self.stored_variances[components])

    def inverse(self) -> "Diagonal":
        return Diagonal(self.precisions)


@dataclass(frozen=True, eq=False)
class Dense(Form):
    """Any covariance: ``matrices`` (K, D, D), or (1, D, D) where all components have the same, ``shared``."""

    matrices: FloatArray  # (K or 1, D, D)
    shared: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrices", frozen(self.matrices))
        self.factors  # noqa: B018 - the factorisation is the check

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.matrices, self.shared)

    @property
    def n_features(self) -> int:
        return int(self.matrices.shape[2])

    @property
    def n_stored(self) -> int:
        return int(self.matrices.shape[0])

    @property
    def stored(self) -> FloatArray:
        return self.matrices

    @property
    def variances(self) -> FloatArray:
        return self.matrices.diagonal(axis1=1, axis2=2)

    @cached_property
    def factors(self) -> FloatArray:
        """Lower Cholesky factors L (K or 1, D, D), with L Lᵀ = Σ."""
        functions = compiled_for(self.n_features)
        return self._factorise() if functions is None else self._factorise_at_once(functions)

    def _factorise_at_once(self, functions: ModuleType) -> FloatArray:
        """Return the factors, and keep what else is made of them."""
        factors, whiteners = np.empty((2, *self.matrices.shape))
        halves = np.empty(len(factors))
        failed, symmetric = functions.factorise(self.matrices, factors, whiteners, halves)
        if failed < 0 and not symmetric and not self._symmetric.all():
            failed = int(self._symmetric.argmin())
        if failed >= 0:
            raise NotPositiveDefiniteError(failed, _DENSE)
        vars(self).update(whiteners=whiteners, half_log_determinants=halves)
        return factors

    def _factorise(self) -> FloatArray:
        try:
            factors = np.linalg.cholesky(self.matrices).astype(np.float64, copy=False)
        except np.linalg.LinAlgError:
            failed = (k for k, matrix in enumerate(self.matrices) if dpotrf(matrix.T, lower=True)[1])
            raise NotPositiveDefiniteError(next(failed, 0), _DENSE) from None
        # A pivot is the variance that the features before it leave unexplained: below rounding, it is noise.
        resolution = self.n_features * np.finfo(np.float64).eps
        certain = factors.diagonal(axis1=1, axis2=2) ** 2 > resolution * self.variances  # false where not finite
        sound = self._symmetric & certain.all(axis=1)
        if not sound.all():
            raise NotPositiveDefiniteError(int(sound.argmin()), _DENSE)
        return factors

    @cached_property
    def whiteners(self) -> FloatArray:
        """Upper factors W = L⁻ᵀ (K or 1, D, D): W Wᵀ = Σ⁻¹, z W is white. L is let go of, for sweeps need W alone."""
        whiteners = np.empty_like(self.factors)
        for whitener, factor in zip(whiteners, self.factors, strict=True):
            whitener[...] = dtrtri(factor.T)[0]
        vars(self)["half_log_determinants"] = self.half_log_determinants
        vars(self).pop("factors", None)  # another thread may have done so
        return whiteners

    @cached_property
    def precisions(self) -> FloatArray:
        return np.stack([whitener @ whitener.T for whitener in self.whiteners])

    @cached_property
    def half_log_determinants(self) -> FloatArray:
        return np.log(self.factors.diagonal(axis1=1, axis2=2)).sum(axis=1)

    def squared_distances(
        self, component: int, centred: FloatArray, scratch: FloatArray, out: FloatArray
    ) -> FloatArray:
        np.matmul(centred, self.whiteners[self._place(component)], out=scratch)
        return np.einsum("nd,nd->n", scratch, scratch, out=out)

    def colour(self, component: int, normal: FloatArray) -> FloatArray:
        coloured: FloatArray = normal @ self.factors[self._place(component)].T
        return coloured

    def whiten(self, component: int, centred: FloatArray) -> FloatArray:
        white: FloatArray = centred @ self.whiteners[self._place(component)]
        return white

    def matrix(self, component: int) -> FloatArray:
        return self.matrices[self._place(component)]

    def select(self, components: list[int]) -> "Dense":
        return self if self.shared else Dense(self.matrices[components])

    def inverse(self) -> "Dense":
        return Dense(self.precisions, shared=self.shared)

    @property
    def _symmetric(self) -> NDArray[np.bool_]:
        """Whether each matrix is symmetric, to the rounding of float32 input (K or 1,)."""
        transposed = self.matrices.swapaxes(1, 2)
        if (self.matrices == transposed).all():  # as a maximisation makes them
            return np.ones(self.n_stored, dtype=bool)
        scales = np.sqrt(self.variances)
        allowed = _ASYMMETRY * scales[:, :, None] * scales[:, None, :]
        return np.all(np.abs(self.matrices - transposed) <= allowed, axis=(1, 2))

    def _place(self, component: int) -> int:
        return 0 if self.shared else component
