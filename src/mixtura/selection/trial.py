"""Trial: what became of one cell of the search, a number of components and a family."""

from dataclasses import dataclass

from mixtura import GaussianMixture

__all__ = ["FAILED", "Cell", "Trial"]

FAILED = "FAILED"
"""The outcome of a cell that has no mixture at all; others are named as ``mixtura.Outcome`` names them."""


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
        The name of an ``Outcome``, or ``FAILED``.
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

    @property
    def sound(self) -> bool:
        """Whether its likelihood means something: no component collapsed onto too few rows."""
        return self.estimator is not None and self.estimator.outcome_.sound

    @property
    def text(self) -> str:
        """The message and what else was warned of, without repetition."""
        return " ".join(dict.fromkeys([self.message, *self.warnings]))
