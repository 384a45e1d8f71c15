"""UniformNoise: the part of a mixture that is spread evenly over a box, for rows that belong to no component."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray, frozen

__all__ = ["UniformNoise"]

_MOST = 1.0 - 2.0**-53
"""The largest share that leaves something for the Gaussians."""


@dataclass(frozen=True, eq=False)
class UniformNoise:
    """A constant density 1 / V, with a share of all rows (Banfield and Raftery 1993, section 5).

    The box says where noise is drawn, and its volume how dense it is. The density counts as 1 / V outside of the box
    too, so that a row far from everything is noise however far it is; beyond the box it is a measure and not a
    probability density.

    Parameters
    ----------
    share : float
        Share of the rows that are noise, from 0 to less than 1.
    centre : ndarray of shape (D,)
        The middle of the box.
    half_widths : ndarray of shape (D,)
        Half its length along each axis; positive.
    axes : ndarray of shape (D, D)
        Its axes, in orthonormal columns.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import UniformNoise
    >>> noise = UniformNoise(0.1, np.zeros(2), np.array([1.0, 2.0]), np.eye(2))
    >>> noise.volume
    8.0
    """

    share: float
    centre: FloatArray  # (D,)
    half_widths: FloatArray  # (D,)
    axes: FloatArray  # (D, D)

    def __post_init__(self) -> None:
        for name in ("centre", "half_widths", "axes"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        d = self.centre.size
        shapes = (self.centre.shape, self.half_widths.shape, self.axes.shape)
        if not d or shapes != ((d,), (d,), (d, d)):
            raise ValueError(
                "Got a centre, half_widths and axes of shapes {}, {} and {}, expected (D,), (D,) and (D, D).".format(
                    *shapes
                )
            )
        if not 0 <= self.share < 1:
            raise ValueError(f"Got a share of noise of {self.share!r}, expected at least 0 and less than 1.")
        if not all(np.isfinite(array).all() for array in (self.centre, self.half_widths, self.axes)):
            raise ValueError("Got a box of noise with NaN or infinity, expected finite numbers.")
        if (self.half_widths <= 0).any() or not np.allclose(self.axes.T @ self.axes, np.eye(d), atol=1e-6):
            raise ValueError(
                "Got a box of noise without volume or of axes that are not orthonormal, expected positive half_widths "
                "and orthonormal columns."
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.share, self.centre, self.half_widths, self.axes)

    @property
    def n_features(self) -> int:
        """The number of features D."""
        return self.centre.size

    @cached_property
    def log_volume(self) -> float:
        """Logarithm of the volume V of the box, in the units of the features."""
        return float(np.log(2.0 * self.half_widths).sum())

    @property
    def volume(self) -> float:
        """The volume V of the box; 0 or infinite where float64 cannot hold it."""
        with np.errstate(over="ignore", under="ignore"):
            return float(np.prod(2.0 * self.half_widths))

    @cached_property
    def log_height(self) -> float:
        """Logarithm of share / V: what noise adds to the density of each row."""
        return float(np.log(self.share)) - self.log_volume if self.share else -np.inf

    def split(self, log_densities: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Split rows between the Gaussians and noise, from their log-densities (n,) under the Gaussians alone.

        Returns the log-densities under both, the responsibilities of the Gaussians and those of noise, each (n,).
        """
        gaussians = np.log1p(-self.share) + log_densities
        total = np.logaddexp(gaussians, self.log_height)
        unit = np.where(np.isneginf(total), 0.0, total)  # far from all, and no noise: the Gaussians have it
        noise = np.exp(np.minimum(self.log_height - unit, 0.0))
        shares = np.exp(np.minimum(gaussians - unit, 0.0))
        shares[np.isneginf(total)] = 1.0
        return total, shares, noise

    def with_share(self, share: float) -> "UniformNoise":
        """Return the same box with another share, kept below 1 by the rounding of float64."""
        return replace(self, share=min(share, _MOST))

    def sample(self, n_samples: int, random: np.random.Generator | np.random.RandomState) -> FloatArray:
        """Draw rows (n_samples, D) evenly from the box."""
        within = random.uniform(-1.0, 1.0, size=(n_samples, self.n_features)) * self.half_widths
        rows: FloatArray = within @ self.axes.T + self.centre
        return rows
