"""The noisy start: begins as another start does, among the rows that are probably no noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from mixtura.arrays import Array, FloatArray
from mixtura.engines.memory import Memory
from mixtura.mixture import Mixture
from mixtura.needs import FULL
from mixtura.starts.contract import Start
from mixtura.starts.given import GivenMemberships, GivenParameters
from mixtura.starts.ground import Ground
from mixtura.starts.sketch import Sketch
from mixtura.uniform_noise import UniformNoise

__all__ = ["NoisyStart", "box_around", "lonely"]

_NEIGHBOUR = 12
_LEAST_SHARE = 0.01
"""A share of noise of 0 would stay 0."""

_BLOCK_ROWS = 4096
_FLAT = 1e-10
"""A box thinner than this share of its length has no volume beyond rounding."""


@dataclass(frozen=True, eq=False)
class NoisyStart:
    """Begin with a mixture that has a noise component.

    Given labels may be -1, given responsibilities have a last column: that is noise. Otherwise rows of a sample that
    are far from their neighbours are left out, and their share is that of noise.

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
            given = inner.memberships(random)
            outside = (given < 0).astype(np.float64) if given.ndim == 1 else given[:, -1]
            rows, weights = ground.engine.rows, ground.engine.weights
        else:
            given = None
            sketch = Sketch.of(ground.engine)
            rows, weights = sketch.rows, sketch.counts
            outside = _initial_noise(rows, ground.n_components)
        share = float(np.average(outside, weights=weights))
        kept = outside < 1
        if not kept.any():
            raise ValueError("Got init_params in which every row is noise, expected some that belong to components.")
        remaining = (1.0 - outside)[kept]
        engine = Memory(rows[kept], remaining if weights is None else weights[kept] * remaining, ground.engine.kernel)
        start = self.otherwise
        if given is not None:
            share_of_kept = given[kept] if given.ndim == 1 else given[kept, :-1] / remaining[:, None]
            begin = GivenMemberships(lambda _: share_of_kept)
            start = replace(start, otherwise=begin) if isinstance(start, GivenParameters) else begin
        else:
            share = max(share, _LEAST_SHARE)
        return replace(start(_restricted(ground, engine), random), noise=noise.with_share(share))


def _restricted(ground: Ground, engine: Memory) -> Ground:
    """Return the ground of some of its rows: what a start falls back on is theirs too."""
    few = replace(ground, engine=engine, n_components=1)
    whole = few.from_memberships(np.zeros(len(engine.rows), dtype=np.intp))
    return replace(few, whole=whole, n_components=ground.n_components)


def _initial_noise(rows: FloatArray, n_components: int) -> FloatArray:
    """Return 1 for rows (n, D) that are probably noise and 0 for others; even shares where too few others are left."""
    outside = lonely(rows).astype(np.float64)
    enough = len(rows) - outside.sum() >= max(2 * n_components, rows.shape[1] + 1)
    return outside if enough else np.full(len(rows), _LEAST_SHARE)


def lonely(rows: FloatArray) -> NDArray[np.bool_]:
    """Return which rows (n, D) are far from their 12th neighbour, compared with most.

    Among rows spread evenly the D-th power of that distance has a gamma distribution. A mixture of two of them, one for
    clusters and one for noise, is fitted by EM (Byers and Raftery 1998, "Nearest-neighbor clutter removal for
    estimating features in spatial point processes", section 3). Distances are measured with features scaled to unit
    interquartile range, so that the noise itself does not set the unit.
    """
    n, n_features = rows.shape
    neighbour = min(_NEIGHBOUR, n - 1)
    if not neighbour:
        return np.zeros(n, dtype=np.bool_)
    low, high = np.percentile(rows, [25, 75], axis=0)
    units = np.where(high > low, high - low, rows.std(axis=0))
    scaled = (rows - np.median(rows, axis=0)) / np.where(units > 0, units, 1.0)
    distances = NearestNeighbors(n_neighbors=neighbour).fit(scaled).kneighbors()[0][:, -1]
    typical = np.median(distances)
    if not typical:
        return distances > 0
    with np.errstate(over="ignore", under="ignore"):
        volumes = np.clip((distances / typical) ** n_features, 1e-100, 1e100)
    of_noise: FloatArray = (volumes > np.percentile(volumes, 90)).astype(np.float64)
    for _ in range(50):
        share = np.clip(of_noise.mean(), 1e-6, 1 - 1e-6)
        rates = [neighbour * max(part.sum(), 1e-9) / (part @ volumes + 1e-9) for part in (of_noise, 1 - of_noise)]
        odds = np.log(share / (1 - share)) + neighbour * np.log(rates[0] / rates[1]) - (rates[0] - rates[1]) * volumes
        of_noise = 1.0 / (1.0 + np.exp(np.clip(-odds, -500, 500)))
    return of_noise > 0.5


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
