"""Fit: what a run of EM returns; Outcome: how it ended, in words that say what to do."""

from dataclasses import dataclass
from enum import Enum

from mixtura.mixture import Mixture

__all__ = ["Fit", "Outcome"]


class Outcome(Enum):
    """How a run of EM ended. The value is the advice that a user reads."""

    CONVERGED = "The log-likelihood stopped changing."
    EMPTIED = (
        "The log-likelihood stopped changing, but a component holds no rows (its weight is 0). "
        "Use fewer components: the data may have fewer distinct groups or rows."
    )
    SUBMERGED = (
        "The log-likelihood stopped changing, but the noise component is denser than every other, even at their means: "
        "no row belongs to a component. Give a larger noise volume; with noise='auto' the rows seem to be spread "
        "evenly, without groups."
    )
    STARTED = "No iteration was asked for (max_iter=0): the mixture is the start itself."
    STOPPED = "A callback asked to stop before the log-likelihood stopped changing."
    UNFINISHED = (
        "Best performing initialization did not converge. Try different init parameters, or increase max_iter, "
        "tol, or check for degenerate data. The last iteration still changed the mean log-likelihood by more than tol."
    )
    COLLAPSED = (
        "A component collapsed onto too few distinct rows, where the likelihood has no upper bound; the last sound "
        "mixture was kept and has not converged. Use fewer components, set reg_covar above 0, or remove duplicates."
    )
    DROWNED = (
        "The noise component took every row: at its volume it is denser than the Gaussians; the last sound mixture "
        "was kept and has not converged. Give a larger noise volume, more components, or other init_params."
    )
    OVERFLOWED = (
        "The log-likelihood left the range of float64; the last sound mixture was kept and has not converged. "
        "Rescale the data or look for outliers that are many orders of magnitude away."
    )

    @property
    def converged(self) -> bool:
        """Whether EM reached a fixed point within its tolerance."""
        return self in (Outcome.CONVERGED, Outcome.EMPTIED, Outcome.SUBMERGED)

    @property
    def sound(self) -> bool:
        """Whether no component collapsed, noise left some rows and the likelihood stayed in the range of float64."""
        return self not in (Outcome.COLLAPSED, Outcome.DROWNED, Outcome.OVERFLOWED)


@dataclass(frozen=True, eq=False)
class Fit:
    """The result of one run of EM.

    Parameters
    ----------
    mixture : Mixture
        The mixture that the run ended with.
    history : tuple of float
        Mean log-likelihood per unit of weight: first of the start, then of the mixture after each iteration. The last
        entry belongs to ``mixture`` itself.
    outcome : Outcome
        How the run ended.
    """

    mixture: Mixture
    history: tuple[float, ...]
    outcome: Outcome

    @property
    def log_likelihood(self) -> float:
        """Mean log-likelihood of ``mixture`` per unit of weight, in nats."""
        return self.history[-1]

    @property
    def n_iter(self) -> int:
        """Number of maximisations done."""
        return len(self.history) - 1
