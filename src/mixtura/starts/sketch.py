"""Sketch: a bounded sample of the rows, and what is found in it once, for any number of components and any family."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from threading import Lock

import numpy as np
from numpy.random import RandomState

from mixtura.arrays import FloatArray, IntArray
from mixtura.engines.memory import Memory
from mixtura.forms import Dense
from mixtura.mixture import Mixture
from mixtura.starts.agglomeration import Groups
from mixtura.starts.directions import Projection, pursue
from mixtura.starts.ground import Ground
from mixtura.starts.tree import FEW_ROWS, Tree

__all__ = ["COORDINATES", "Sketch"]

_ROWS = 2000
"""As in mclust: the hierarchy grows with the square of it, and Gaussians are well seen in so many."""

COORDINATES = 30
"""The hierarchy grows with the cube of their number, and few rows show no shape in more."""

_KEPT = 4
_recent: OrderedDict[bytes, "Sketch"] = OrderedDict()
_guard = Lock()


@dataclass(frozen=True, eq=False)
class Sketch:
    """Distinct rows of a sample in sorted order; from up to 2,000 rows, all of them.

    The sample is always drawn with the same seed, and the last few sketches are remembered, so that fits of one data
    set with several numbers of components or families share one tree. Nothing else is shared between fits.
    """

    rows: FloatArray  # (n, D)
    counts: FloatArray  # (n,) how many rows each counts for, the median being 1
    places: IntArray | None  # (N,) which of them each row of the data is, if all are there

    @classmethod
    def of(cls, engine: Memory) -> "Sketch":
        """Draw the sample, or recall what was made of the same one."""
        rows, weights, complete = engine.rows, engine.weights, len(engine.rows) <= _ROWS
        if not complete and weights is None:
            rows = rows[np.sort(RandomState(0).choice(len(rows), _ROWS, replace=False))]
        elif not complete and weights is not None:
            draws = RandomState(0).multinomial(_ROWS, weights / weights.sum())
            rows, weights = rows[draws > 0], draws[draws > 0].astype(np.float64)
        rows = np.ascontiguousarray(rows, dtype=np.float64)
        digest = blake2b(rows.tobytes())
        digest.update(b"" if weights is None else np.ascontiguousarray(weights).tobytes())
        key = digest.digest() + repr((rows.shape, complete)).encode()
        with _guard:
            if key in _recent:
                _recent.move_to_end(key)
                return _recent[key]
        distinct, places = np.unique(rows, axis=0, return_inverse=True)
        counts = np.bincount(places.ravel(), weights=weights, minlength=len(distinct)).astype(np.float64)
        sketch = cls(distinct, counts / np.median(counts), places.ravel() if complete else None)
        with _guard:
            sketch = _recent.setdefault(key, sketch)  # another thread may have drawn it meanwhile
            while len(_recent) > _KEPT:
                _recent.popitem(last=False)
        return sketch

    @cached_property
    def tree(self) -> Tree:
        """mclust's hierarchy: VVV criterion after its SVD transformation, on the first 30 of its coordinates."""
        return Tree.of(self.rows, self.counts, n_coordinates=COORDINATES)

    @cached_property
    def coarse_tree(self) -> Tree:
        """The same of cells instead of rows, where there are many, which costs a twentieth."""
        if len(self.rows) <= FEW_ROWS:
            return self.tree
        return Tree.of(self.rows, self.counts, n_coordinates=COORDINATES, coarse=True)

    @cached_property
    def lines(self) -> Projection:
        """Where the sample falls into groups, seen along the right lines."""
        return pursue(self.rows, self.counts)

    def ground(self, ground: Ground) -> Ground:
        """Return the same ground with the sample for its rows."""
        return replace(ground, engine=Memory(self.rows, self.counts, ground.engine.kernel))

    def begin(self, ground: Ground, labels: IntArray) -> Mixture:
        """Start from ``labels`` (n,) of the sample; rows outside it go where they are most probable."""
        return ground.from_memberships(self.extend(ground.engine, labels))

    def extend(self, engine: Memory, labels: IntArray) -> IntArray:
        """Return labels (N,) of all rows, of which those outside the sample go where they are most probable."""
        if self.places is not None:
            return labels[self.places]
        return engine.assign(self._discriminant(labels)).labels

    def _discriminant(self, labels: IntArray) -> Mixture:
        """Return one Gaussian for each group, its covariance pooled a little with the others': none is singular.

        The covariance within all groups counts as much as D + 1 rows of each: Hastie, Tibshirani and Friedman (2009),
        "The Elements of Statistical Learning", section 4.3.1, on regularised discriminant analysis.
        """
        groups = Groups.of(self.rows, self.counts, labels)
        n_features = self.rows.shape[1]
        centred = self.rows - self.counts @ self.rows / self.counts.sum()
        whole = centred.T @ (self.counts[:, None] * centred) / self.counts.sum()
        within = groups.scatters.sum(axis=0) / self.counts.sum()
        floor = np.diag(1e-6 * np.where(np.diag(whole) > 0, np.diag(whole), np.diag(whole).max() or 1.0))
        prior = (n_features + 1.0) * (within + floor)
        covariances = (groups.scatters + prior) / (groups.counts + n_features + 1.0)[:, None, None]
        return Mixture(groups.counts / groups.counts.sum(), groups.means, Dense(covariances))
