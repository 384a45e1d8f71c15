"""Shapes: variances along axes that are already known, with volume and shape each equal or varying.

Every family but the spherical ones comes to this once its axes are known: those of the features, those that all
components share, or each component's own. Symbols: K components, D axes; ``within`` (K, D) are the second moments
S_kd / n_k along the axes and ``shares`` (K,) the n_k / N.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.mixture import Mixture
from mixtura.structures.family import Part
from mixtura.structures.volumes import fit_volumes

__all__ = ["SHAPES", "Shapes", "geometric_means", "log_volumes"]

Shapes: TypeAlias = Callable[[FloatArray, FloatArray, Mixture], FloatArray]
"""From shares (K,), second moments (K, D) and the previous mixture to variances (K, D)."""


def geometric_means(variances: FloatArray) -> FloatArray:
    """Return the volume λ = |diag(variances)|^(1/D) of each row of variances (K, D): (K,)."""
    with np.errstate(divide="ignore"):  # a vanished variance has volume 0
        return np.exp(np.log(variances).mean(axis=1))


def log_volumes(mixture: Mixture) -> FloatArray:
    """Return the logarithm of the volume of each component (K,)."""
    return np.broadcast_to(mixture.covariances.log_volumes, mixture.n_components)


def _equal(shares: FloatArray, within: FloatArray, previous: Mixture) -> FloatArray:
    """Equal volume and shape: the mean over components."""
    return np.repeat((shares @ within)[None], len(shares), axis=0)


def _equal_volume(shares: FloatArray, within: FloatArray, previous: Mixture) -> FloatArray:
    """Equal volume, each its own shape: scaled to the mean volume (Celeux and Govaert 1995, section 4.2, EVI)."""
    volumes = geometric_means(within)
    with np.errstate(divide="ignore", invalid="ignore"):  # a component without volume has no shape, and is refused
        return within * (shares @ volumes / volumes)[:, None]


def _equal_shape(shares: FloatArray, within: FloatArray, previous: Mixture) -> FloatArray:
    """Equal shape, each its own volume: no closed form."""
    return fit_volumes(shares, within, log_volumes(previous))


def _free(shares: FloatArray, within: FloatArray, previous: Mixture) -> FloatArray:
    """Volume and shape of each component its own."""
    return within


SHAPES: dict[tuple[Part, Part], Shapes] = {
    ("equal", "equal"): _equal,
    ("equal", "varying"): _equal_volume,
    ("varying", "equal"): _equal_shape,
    ("varying", "varying"): _free,
}
"""What to do for a volume and a shape."""
