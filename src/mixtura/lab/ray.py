"""Ray: what two components say along a ray that leaves one of them on the side away from the other."""

from dataclasses import dataclass

import numpy as np

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray
from mixtura.lab.rivalry import Rivalry

__all__ = ["Ray", "follow"]


@dataclass(frozen=True, eq=False)
class Ray:
    """What both components say along a ray that leaves the tight one on the side away from the wide one.

    Attributes
    ----------
    steps : array (n,)
        Distances from the mean of the tight component, in data units.
    places : array (n, 2)
    log_shares : array (n, 2)
        Logarithm of weight times density, of the wide and of the tight component.
    responsibilities : array (n,)
        Of the tight component, as ``predict_proba`` gives it.
    distances : array (n,)
        To the mean of the wide component.
    bend : float
        The coefficient of the squared step in the log ratio of tight to wide.
    crossing : float
        Where the log ratio, a parabola along the ray, comes down to zero; NaN where it does not.
    """

    steps: FloatArray  # (n,)
    places: FloatArray  # (n, 2)
    log_shares: FloatArray  # (n, 2)
    responsibilities: FloatArray  # (n,)
    distances: FloatArray  # (n,)
    bend: float
    crossing: float

    @property
    def direction(self) -> FloatArray:
        """The unit vector along the ray (2,)."""
        return np.asarray((self.places[-1] - self.places[0]) / (self.steps[-1] - self.steps[0]))

    @property
    def log_ratios(self) -> FloatArray:
        """Logarithm of the responsibility of tight over that of wide (n,)."""
        return np.asarray(self.log_shares[:, 1] - self.log_shares[:, 0])


def follow(gmm: GaussianMixture, rivalry: Rivalry, wide: int, tight: int, steps: FloatArray) -> Ray:
    """Follow the ray from the mean of component `tight`, away from that of component `wide`, at the given steps (n,).

    Parameters
    ----------
    gmm : GaussianMixture
        Of two features, with full covariances.
    rivalry : Rivalry
        Of the tight component (a) and the wide one (b).
    """
    start = gmm.means_[tight]  # (2,)
    away = start - gmm.means_[wide]
    direction = away / np.linalg.norm(away)  # (2,)
    places = start + steps[:, None] * direction  # (n, 2)
    bend = float(-0.5 * direction @ rivalry.curvature @ direction)
    slope = float(direction @ (rivalry.slope - rivalry.curvature @ start))
    level = float(rivalry.log_ratio(start[None])[0])
    return Ray(
        steps,
        places,
        np.stack([_log_share(gmm, part, places) for part in (wide, tight)], axis=1),
        gmm.predict_proba(places)[:, tight],
        np.linalg.norm(places - gmm.means_[wide], axis=1),
        bend,
        _first_zero(bend, slope, level),
    )


def _log_share(gmm: GaussianMixture, part: int, places: FloatArray) -> FloatArray:
    """Return log w_k N(x; μ_k, Σ_k) at places (n, 2): (n,)."""
    steps = places - gmm.means_[part]
    squares = np.einsum("ni,ij,nj->n", steps, gmm.precisions_[part], steps)
    size = np.linalg.slogdet(2 * np.pi * gmm.covariances_[part])[1]
    return np.asarray(np.log(gmm.weights_[part]) - 0.5 * size - 0.5 * squares)


def _first_zero(bend: float, slope: float, level: float) -> float:
    """Return the first step above 0 at which bend s² + slope s + level is zero, if it begins above."""
    later = [float(root.real) for root in np.roots([bend, slope, level]) if abs(root.imag) < 1e-9 and root.real > 0]
    return min(later) if level > 0 and later else float("nan")
