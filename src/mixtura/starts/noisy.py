"""The noisy start: begins as another start does, among the rows that are probably no noise."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import RandomState
from scipy.special import gammaln
from sklearn.neighbors import NearestNeighbors

from mixtura.arrays import Array, FloatArray
from mixtura.engines.memory import Memory
from mixtura.mixture import Mixture
from mixtura.needs import FULL
from mixtura.starts.contest import best_polished
from mixtura.starts.contract import Start
from mixtura.starts.given import GivenMemberships, GivenParameters
from mixtura.starts.ground import Ground
from mixtura.starts.sketch import Sketch
from mixtura.uniform_noise import UniformNoise

__all__ = ["NoisyStart", "box_around", "neighbour_log_densities"]

_NEIGHBOUR = 12
_DENSER = (1.0, 2.0)
"""How many times denser than noise alone rows must be to begin in a component; the likelihood chooses."""

_LEAST_SHARE = 0.01

_BLOCK_ROWS = 4096
_FLAT = 1e-10
"""A box thinner than this share of its length has no volume beyond rounding."""


@dataclass(frozen=True, eq=False)
class NoisyStart:
    """Begin with a mixture that has a noise component.

    Given labels may be -1, given responsibilities have a last column: that is noise. Otherwise rows of a sample are
    left out that are hardly denser than if all rows were spread evenly over the volume of noise.

    Parameters
    ----------
    otherwise : Start
        Where the Gaussians begin.
    volume : float or None
        The volume of noise; None takes that of the smaller box around the data.
    """

    otherwise: Start
    volume: float | None = None

    def __call__(self, ground: Ground, random: RandomState) -> Mixture:
        """Take noise out, begin with the other rows, and put noise beside them."""
        noise = box_around(ground, self.volume)
        inner = self.otherwise.otherwise if isinstance(self.otherwise, GivenParameters) else self.otherwise
        if isinstance(inner, GivenMemberships):
            return self._given(inner.memberships(random), ground, noise, random)
        sketch = Sketch.of(ground.engine)
        small = sketch.ground(ground)
        log_densities = neighbour_log_densities(sketch.rows)

        def without(denser: float) -> Callable[[], Mixture]:
            outside = _hardly_denser(log_densities, np.log(denser) - noise.log_volume, ground.n_components)
            return lambda: _begin(self.otherwise, small, outside, noise, random)

        return best_polished([without(denser) for denser in _DENSER], small, ground)

    def _given(self, given: Array, ground: Ground, noise: UniformNoise, random: RandomState) -> Mixture:
        """Begin with labels (N,), -1 for noise, or responsibilities (N, K + 1), noise last."""
        outside = (given < 0).astype(np.float64) if given.ndim == 1 else given[:, -1]
        kept = outside < 1
        if not kept.any():
            raise ValueError(
                "Every row begins as noise, expected some that belong to components. Give a larger noise volume, so "
                "that noise is less dense, or init_params that leave rows to components."
            )
        own = given[kept] if given.ndim == 1 else given[kept, :-1] / (1.0 - outside[kept, None])
        start: Start = GivenMemberships(lambda _: own)
        if isinstance(self.otherwise, GivenParameters):
            start = replace(self.otherwise, otherwise=start)
        return _begin(start, ground, outside, noise, random)


def _begin(start: Start, ground: Ground, outside: FloatArray, noise: UniformNoise, random: RandomState) -> Mixture:
    """Begin with what is not ``outside`` (N,), the responsibilities of noise, and put noise of their share beside."""
    weights, kept = ground.engine.weights, outside < 1
    inside = 1.0 - outside if weights is None else weights * (1.0 - outside)
    plain = weights is None and outside[kept].sum() == 0
    engine = Memory(ground.engine.rows[kept], None if plain else inside[kept], ground.engine.kernel)
    share = float(np.average(outside, weights=weights))
    return replace(start(_restricted(ground, engine), random), noise=noise.with_share(share))


def _restricted(ground: Ground, engine: Memory) -> Ground:
    """Return the ground of some of its rows: what a start falls back on is theirs too."""
    few = replace(ground, engine=engine, n_components=1)
    whole = few.from_memberships(np.zeros(len(engine.rows), dtype=np.intp))
    return replace(few, whole=whole, n_components=ground.n_components)


def _hardly_denser(log_densities: FloatArray, limit: float, n_components: int) -> FloatArray:
    """Return responsibilities of noise (n,): 1 for rows below the limit; the same for all if that leaves too few.

    They are never 0 for all, because a share of noise of 0 would stay 0.
    """
    outside = (log_densities < limit).astype(np.float64)
    left = len(outside) - outside.sum()
    return outside if outside.any() and left > 2 * n_components else np.full(len(outside), _LEAST_SHARE)


def neighbour_log_densities(rows: FloatArray) -> FloatArray:
    """Return the logarithm of the density at each of the rows (n, D), from the ball that reaches its 12th neighbour.

    Loftsgaarden and Quesenberry (1965), "A nonparametric estimate of a multivariate density function", equation (1);
    the manual of mclust advises such a first guess of noise, that of Byers and Raftery (1998). Distances are measured
    with features scaled to unit interquartile range, so that noise itself does not set the unit.
    """
    n, n_features = rows.shape
    neighbour = min(_NEIGHBOUR, n - 1)
    low, high = np.percentile(rows, [25, 75], axis=0)
    units = np.where(high > low, high - low, np.maximum(rows.std(axis=0), np.finfo(np.float64).tiny))
    if not neighbour:
        return np.zeros(n)
    scaled = (rows - np.median(rows, axis=0)) / units
    distances = NearestNeighbors(n_neighbors=neighbour).fit(scaled).kneighbors()[0][:, -1]
    with np.errstate(divide="ignore"):  # a row that is there many times is infinitely dense
        log_balls = n_features * (np.log(distances) + 0.5 * np.log(np.pi)) - gammaln(0.5 * n_features + 1)
    log_densities: FloatArray = np.log(neighbour / n) - log_balls - np.log(units).sum()
    return log_densities


def box_around(ground: Ground, volume: float | None = None) -> UniformNoise:
    """Return noise on the smaller of two boxes around all rows: along the features, or along their principal axes.

    This is the volume of mclust's ``hypvol`` (Fraley and Raftery 1998, "How many clusters? Which clustering method?",
    section 2.3). A given ``volume`` scales the box about its centre.

    Raises
    ------
    ValueError
        If the box has no volume, because a feature is constant.
    """
    if ground.constant.any():
        columns = ", ".join(map(str, np.flatnonzero(ground.constant)))
        raise ValueError(
            f"Got constant features (columns {columns}), expected none where there is noise: the box around the rows "
            "has no volume. Remove these columns."
        )
    engine, centre = ground.engine, ground.whole.means[0]
    everyone = np.broadcast_to(np.intp(0), len(engine.rows))
    scatter = engine.gather(everyone, FULL, centre[None]).scatter[0]
    along = _box(engine.rows, centre, np.eye(len(centre)))
    _, axes = np.linalg.eigh(scatter / np.abs(scatter).max())
    principal = _box(engine.rows, centre, axes)
    flat = principal.half_widths.min() <= _FLAT * principal.half_widths.max()
    smaller = along if flat or along.log_volume <= principal.log_volume else principal
    if volume is None:
        return smaller
    factor = np.exp((np.log(volume) - smaller.log_volume) / len(centre))
    return replace(smaller, half_widths=smaller.half_widths * factor)


def _box(rows: Array, centre: FloatArray, axes: FloatArray) -> UniformNoise:
    """Return the smallest box along ``axes`` (D, D) that holds all rows (N, D)."""
    low, high = np.full(len(centre), np.inf), np.full(len(centre), -np.inf)
    for start in range(0, len(rows), _BLOCK_ROWS):
        turned = (rows[start : start + _BLOCK_ROWS] - centre) @ axes
        low, high = np.minimum(low, turned.min(axis=0)), np.maximum(high, turned.max(axis=0))
    half_widths = np.maximum((high - low) / 2, np.finfo(np.float64).tiny)
    return UniformNoise(0.0, centre + axes @ ((high + low) / 2), half_widths, axes)
