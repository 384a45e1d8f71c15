"""Rows: a sample to fit to, with its weights."""

from dataclasses import dataclass

from mixtura.arrays import Array, FloatArray

__all__ = ["Rows"]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows (N, D) and their weights (N,), or None where all weigh the same."""

    X: Array  # (N, D)
    weights: FloatArray | None = None  # (N,)

    @property
    def weight(self) -> float:
        """The number of rows, each counted as often as its weight says."""
        return float(len(self.X) if self.weights is None else self.weights.sum())

    def part(self, chosen: Array) -> "Rows":
        """Return the chosen rows."""
        return Rows(self.X[chosen], None if self.weights is None else self.weights[chosen])
