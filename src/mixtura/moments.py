"""Moments: the sums that one sweep over the data returns, and all that a maximisation needs to know of it."""

from dataclasses import dataclass, field
from functools import cached_property
from math import nan

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.compiled import compiled_for
from mixtura.needs import COMPILED_NUMBERS, Need

__all__ = ["Moments"]


@dataclass(frozen=True, eq=False)
class Moments:
    """Weighted sums over rows, about fixed centres, in float64.

    With ``w`` the weight of a row, ``r`` its responsibilities and ``z = x - centre_k``, a row ``x`` adds ``w r_k`` to
    ``counts``, ``w r_k z`` to ``first`` and ``w r_k z zᵀ`` (as much of it as ``need`` keeps) to ``second``.
    All blocks of a sweep share the centres, so moments add: ``a + b`` are the moments of the rows of both.

    ``log_likelihood`` belongs to the mixture that entered the sweep, not to the one that is made from these sums.

    Parameters
    ----------
    need : Need
        Which second moment is kept.
    centres : ndarray of shape (K, D)
        What the sums are about; in a sweep, the means of the mixture that entered.
    counts : ndarray of shape (K,)
        Sum of weighted responsibilities.
    first : ndarray of shape (K, D)
    second : ndarray of shape ``need.shape(K, D)``
    log_likelihood : ndarray of shape ()
        Sum of weighted log-densities under the mixture that entered the sweep, in nats.
    weight : ndarray of shape ()
        Sum of the weights of the rows.
    noise : ndarray of shape ()
        Sum of the weighted responsibilities of the noise component; 0 where the mixture that entered has none.
    """

    need: Need
    centres: FloatArray  # (K, D)
    counts: FloatArray  # (K,)
    first: FloatArray  # (K, D)
    second: FloatArray  # need.shape(K, D)
    log_likelihood: FloatArray  # ()
    weight: FloatArray  # ()
    noise: FloatArray = field(default_factory=lambda: np.zeros(()))  # ()

    @classmethod
    def zeros(cls, need: Need, centres: FloatArray) -> "Moments":
        """Return the moments of no rows, ready to be filled in place."""
        n_components, n_features = centres.shape
        return cls(
            need=need,
            centres=centres,
            counts=np.zeros(n_components),
            first=np.zeros((n_components, n_features)),
            second=np.zeros(need.shape(n_components, n_features)),
            log_likelihood=np.zeros(()),
            weight=np.zeros(()),
        )

    def __add__(self, other: "Moments") -> "Moments":
        same = self.centres is other.centres or np.array_equal(self.centres, other.centres)
        if self.need is not other.need or not same:
            raise ValueError(
                "Moments add only when they keep the same second moment about the same centres; "
                f"got {self.need} and {other.need}. Sweep all blocks with one mixture and one need."
            )
        return Moments(
            need=self.need,
            centres=self.centres,
            counts=self.counts + other.counts,
            first=self.first + other.first,
            second=self.second + other.second,
            log_likelihood=self.log_likelihood + other.log_likelihood,
            weight=self.weight + other.weight,
            noise=self.noise + other.noise,
        )

    def with_second(self, second: FloatArray) -> "Moments":
        """Return these moments but for the second; weights and shifts, which do not depend on it, are found once."""
        other = Moments(
            self.need, self.centres, self.counts, self.first, second, self.log_likelihood, self.weight, self.noise
        )
        vars(other).update(weights=self.weights, shifts=self.shifts)
        return other

    @property
    def mean_log_likelihood(self) -> float:
        """Mean log-density per unit of weight, of the mixture that entered the sweep; NaN without rows."""
        weight = float(self.weight)
        return float(self.log_likelihood) / weight if weight else nan

    @cached_property
    def weights(self) -> FloatArray:
        """Share of each component among the rows that are not noise (K,)."""
        return self.counts / self.counts.sum()

    @cached_property
    def shifts(self) -> FloatArray:
        """How far each mean lies from its centre (K, D); zero where a component has no rows."""
        counts = self.counts if self.counts.all() else np.where(self.counts > 0, self.counts, 1.0)
        return self.first / counts[:, None]

    @property
    def means(self) -> FloatArray:
        """Weighted means (K, D); the centre itself where a component has no rows."""
        return self.centres + self.shifts

    @cached_property
    def scatter(self) -> FloatArray:
        """Second moment about the means instead of the centres, ``need.shape(K, D)``."""
        return self.second - self.need.displaced(self.counts, self.shifts)

    @property
    def cancellation(self) -> float:
        """How many times larger the second moment is about the centres than about the means.

        Its decimal logarithm is the number of digits that ``scatter`` lost; infinite where a scatter vanished.
        """
        rows = self.need.squares(self.second)
        left = self.need.squares(self.scatter)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.where(rows > 0, rows / left, 1.0)
        return float(np.nanmax(np.abs(ratios), initial=1.0))

    def cancels(self, limit: float) -> bool:
        """Whether ``cancellation`` is above a limit of at least 1, without a division."""
        functions = compiled_for(self.centres.shape[1]) if self.need in COMPILED_NUMBERS else None
        if functions is not None:  # what it needs to know is asked for next
            shifts, scatter = np.empty(self.first.shape), np.empty(self.second.shape)
            vars(self).update(shifts=shifts, scatter=scatter)
            sums = self.counts, self.first, self.second
            return bool(functions.centre(COMPILED_NUMBERS[self.need], limit, *sums, shifts, scatter))
        return bool((self.need.squares(self.second) > limit * np.abs(self.need.squares(self.scatter))).any())
