"""Elbow: how many clusters a merge tree shows.

While parts of one cluster are joined, each step removes much entropy; once whole clusters are joined, little. The elbow
is where the one turns into the other. ``ELBOWS`` is the table of the ways to find it.

The four constants of ``elbow_of_overlaps`` mean what stands beside them. They and the rule, the widest gap, were chosen
on simulated sets: two moons (noise 0.03 to 0.08, some among outliers), rings, two and three spirals, some among
outliers, crosses, and round Gaussians 4 to 6 deviations apart, three at a corner, four in a row or in a square, with
sizes of 1 to 1 up to 20 to 1. There the number was right in 145 of 154 with groups of several Gaussians and in 149 of
164 of separate ones; all but two of those misses lie 4 or 4.5 deviations apart. Where a third group stands close beside
two moons it was right in 7 of 16 only, with any constants. The largest overlap within groups of several Gaussians was
0.084 or more, between Gaussians 5 deviations apart 0.077 or less, and mostly below 0.05. Twice the third constant
changes 4 of the 154, half of it none. On two moons, rings and spirals of ``docs/clusters.md`` and example 4.1 of Baudry
et al. (2010) it was right in 79 of 80; those sets chose no constant, but candidate rules were compared on them too.
Other kinds of groups may want other constants: look at the tree, and give the number of clusters where it is known.
"""

from collections.abc import Callable

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.clusters.merge_tree import MergeTree

__all__ = ["ELBOWS", "PLACES", "elbow_of_clusters", "elbow_of_overlaps", "elbow_of_rows"]

_SEPARATE = 0.065
"""Below this overlap components do not touch: that of two round Gaussians of equal size 4.25 deviations apart, or of
sizes 1 to 20 4.5 deviations apart."""

_ONE = 0.5
"""Above this overlap two components make one hill: about that of two equal round Gaussians 2 deviations apart (0.514),
which have no valley between them any more."""

_ALIKE = 0.003
"""Overlaps well below this count as equal: nothing is nothing, however little it is."""

_CONTRAST = np.log(2.0)
"""An elbow parts overlaps that differ by less than this factor from nothing."""


PLACES: dict[str, Callable[[MergeTree], FloatArray]] = {
    "clusters": lambda tree: np.arange(1.0, tree.n_components + 1),
    "rows": lambda tree: np.concatenate([[0.0], np.cumsum(tree.rows[::-1])]),
}
"""Where each number of clusters, 1 to K, stands when the entropy is drawn: by itself, or by the rows joined so far."""


def elbow_of_overlaps(tree: MergeTree) -> int:
    """Return the number of clusters at which the overlaps of what is joined fall.

    The slope of the entropy along the steps is measured where two clusters touch, by the largest overlap of their
    components, so it does not thin out as clusters grow. The elbow is the step up to which all overlaps exceed all
    later ones by the greatest factor. If no step joins components that touch, all stay apart; if all steps join what
    has no valley between, one cluster is left; and if that factor is less than two, there is no elbow, and all
    components stay apart.
    """
    overlaps = tree.overlaps[::-1]  # [c - 1] of the step from c + 1 to c clusters
    if not len(overlaps) or overlaps.min() >= _ONE:
        return 1
    if overlaps.max() < _SEPARATE or len(overlaps) == 1:
        return tree.n_components
    levels = np.log(overlaps + _ALIKE)
    gaps = [levels[c:].min() - levels[:c].max() for c in range(1, len(levels))]
    return int(np.argmax(gaps)) + 2 if max(gaps) >= _CONTRAST else tree.n_components


def elbow_of_clusters(tree: MergeTree) -> int:
    """Return where two lines fit the entropy best against the number of clusters, as mclust's ``clustCombiOptim`` does.

    It is never 1 where there are two components or more, and never all of three or more.
    """
    return _break(PLACES["clusters"](tree), tree.entropies)


def elbow_of_rows(tree: MergeTree) -> int:
    """Return where two lines fit the entropy best against the rows that were joined (Baudry et al. 2010, section 3)."""
    return _break(PLACES["rows"](tree), tree.entropies)


ELBOWS: dict[str, Callable[[MergeTree], int]] = {
    "overlaps": elbow_of_overlaps,
    "clusters": elbow_of_clusters,
    "rows": elbow_of_rows,
}


def _break(x: FloatArray, y: FloatArray) -> int:
    """Return the 1-based point c at which lines through points 1 to c and c to K leave the least squares."""
    if len(x) <= 2:
        return len(x)
    return min(range(2, len(x)), key=lambda c: _residual(x[:c], y[:c]) + _residual(x[c - 1 :], y[c - 1 :]))


def _residual(x: FloatArray, y: FloatArray) -> float:
    """Return the squares that the best line through points leaves."""
    across, along = x - x.mean(), y - y.mean()
    spread = float(across @ across)
    slope = float(across @ along) / spread if spread else 0.0
    return float(np.square(along - slope * across).sum())
