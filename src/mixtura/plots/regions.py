"""Regions: the smallest regions that hold given shares of a density's probability."""

from collections.abc import Sequence

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.plots.components import Components

__all__ = ["SHARES", "highest_density_levels"]

SHARES = (0.25, 0.5, 0.75)
"""The shares of the probability that a picture shows when none are asked for."""

_SAMPLES = 20_000


def highest_density_levels(components: Components, shares: Sequence[float] = SHARES) -> FloatArray:
    """Return the density on the rim of each highest-density region.

    The region that holds a share s of the probability is {x : p(x) >= q}, with q the (1 - s)-quantile of p(x) for x
    drawn from p itself (Hyndman 1996, "Computing and graphing highest density regions", The American Statistician
    50(2), section 3.2). Drawn are 20,000 points with a fixed seed: a region holds its share to about 0.3 per cent.

    Parameters
    ----------
    components : Components
        Of any number of features.
    shares : sequence of float, length L
        Between 0 and 1.

    Returns
    -------
    ndarray of shape (L,)
        In units of density; the larger the share, the lower.

    Examples
    --------
    >>> import numpy as np
    >>> standard = Components(np.ones(1), np.zeros((1, 2)), np.eye(2)[None])
    >>> exact = (1 - np.array(SHARES)) / (2 * np.pi)  # for a Gaussian in the plane
    >>> bool(np.allclose(highest_density_levels(standard), exact, rtol=0.03))
    True
    """
    rows, _ = components.as_mixture().sample(_SAMPLES, random_state=0)
    levels: FloatArray = np.quantile(components.heights(rows), 1 - np.asarray(shares))
    return levels
