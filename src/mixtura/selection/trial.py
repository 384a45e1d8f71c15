"""Trial: what became of one cell of the search, a number of components and a family."""

from dataclasses import dataclass

import numpy as np

from mixtura import GaussianMixture
from mixtura.families import find_family
from mixtura.selection.rows import Rows

__all__ = ["FAILED", "FLAT", "Cell", "Trial"]

FAILED = "FAILED"
"""The outcome of a cell that has no mixture at all; others are named as ``mixtura.Outcome`` names them."""

FLAT = "FLAT"
"""The outcome of a cell with a component of too few rows for an ellipsoid of its own."""

_FLAT = (
    "A component has no more rows than there are features, so that they lie in a plane, across which only the other "
    "components give it a width: the likelihood may be as high as you like. Use fewer components, a family of one "
    "orientation, or reg_covar above 0."
)


@dataclass(frozen=True)
class Cell:
    """What is fitted: a number of components and a family by name."""

    n_components: int
    covariance_type: str


@dataclass(frozen=True, eq=False)
class Trial:
    """The fit of a cell.

    Parameters
    ----------
    cell : Cell
    outcome : str
        The name of an ``Outcome``, ``FLAT`` or ``FAILED``.
    message : str
        The outcome's advice, or the error of a failed cell.
    seconds : float
        Wall time.
    estimator : GaussianMixture, optional
        None where the cell failed.
    warnings : tuple of str
        What the fits of the cell warned of.
    """

    cell: Cell
    outcome: str
    message: str
    seconds: float
    estimator: GaussianMixture | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, cell: Cell, fit: GaussianMixture, rows: Rows, seconds: float, warnings: tuple[str, ...]) -> "Trial":
        """Return what became of a cell that has a mixture."""
        flat = fit.outcome_.sound and _is_flat(fit, rows)
        outcome, message = (FLAT, _FLAT) if flat else (fit.outcome_.name, fit.outcome_.value)
        return cls(cell, outcome, message, seconds, fit, warnings)

    @property
    def sound(self) -> bool:
        """Whether its likelihood means something: no component collapsed onto too few rows, or nearly so."""
        return self.estimator is not None and self.outcome != FLAT and self.estimator.outcome_.sound

    @property
    def likelihood(self) -> float:
        """Mean log-likelihood; that of an unsound mixture counts for nothing."""
        return self.estimator.lower_bound_ if self.sound and self.estimator is not None else -np.inf

    @property
    def text(self) -> str:
        """The message and what else was warned of, without repetition."""
        return " ".join(dict.fromkeys([self.message, *self.warnings]))


def _is_flat(fit: GaussianMixture, rows: Rows) -> bool:
    """Whether a component that turns as it likes has no more rows than features, and nothing bounds its width."""
    n, n_features = rows.X.shape
    if fit.reg_covar != 0 or find_family(fit.covariance_type, n_features).orientation != "varying":
        return False
    return bool((fit.weights_ * (1.0 - fit.noise_share_) * n).min() <= n_features)
