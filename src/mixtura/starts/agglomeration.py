"""Agglomeration: groups are merged two by two, each time the pair that costs the classification likelihood least.

Murtagh and Raftery (1984), "Fitting straight lines to point patterns"; Banfield and Raftery (1993), "Model-based
Gaussian and non-Gaussian clustering", Biometrics 49, section 2.3; Fraley (1998), "Algorithms for model-based Gaussian
hierarchical clustering", SIAM Journal on Scientific Computing 20, table 1 and equation (8).

Symbols: M groups in D dimensions; for group i the number of rows n_i, their mean and the scatter W_i about it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.compiled import compiled

__all__ = ["CRITERIA", "Groups", "agglomerate"]

_TIE = 1e-10
"""Costs that differ by no more than this share of the terms they are made of are equal: the first pair is merged."""

_PAIRS = 8192
"""Pairs whose costs are worked out at once."""


@dataclass(frozen=True, eq=False)
class Groups:
    """What is known of M groups: enough to merge them without the rows."""

    counts: FloatArray  # (M,)
    sizes: IntArray  # (M,) distinct rows
    means: FloatArray  # (M, D)
    scatters: FloatArray  # (M, D, D)

    @classmethod
    def of(cls, rows: FloatArray, counts: FloatArray, labels: IntArray) -> "Groups":
        """Sum up ``rows`` (n, D), of which each counts ``counts`` (n,) times, by ``labels`` (n,) from 0 to M - 1."""
        sizes = np.bincount(labels)
        totals = np.bincount(labels, weights=counts).astype(np.float64)
        sums = [np.bincount(labels, weights=counts * column).astype(np.float64) for column in rows.T]
        means = np.stack(sums, axis=1) / totals[:, None]
        centred = (rows - means[labels]) * np.sqrt(counts)[:, None]
        scatters = np.zeros((len(sizes), rows.shape[1], rows.shape[1]))
        order = np.argsort(labels, kind="stable")
        for group, end in enumerate(np.cumsum(sizes)):
            if sizes[group] > 1:
                members = centred[order[end - sizes[group] : end]]
                scatters[group] = members.T @ members
        return cls(totals, sizes.astype(np.intp), means, scatters)

    def select(self, places: IntArray) -> "Groups":
        """Return copies of the groups at ``places`` (m,)."""
        return Groups(self.counts[places], self.sizes[places], self.means[places], self.scatters[places])

    def merged(self, group: int | IntArray, others: IntArray) -> "Groups":
        """Return what becomes of each of ``others`` (m,) when ``group``, one or one for each, joins it."""
        counts = self.counts[group] + self.counts[others]
        share = self.counts[group] / counts  # (m,)
        apart = self.means[group] - self.means[others]  # (m, D)
        between = (share * self.counts[others])[:, None] * apart
        scatters = self.scatters[group] + self.scatters[others] + between[:, :, None] * apart[:, None, :]
        means = self.means[others] + share[:, None] * apart
        return Groups(counts, self.sizes[group] + self.sizes[others], means, scatters)

    def put(self, place: int, group: "Groups") -> None:
        """Overwrite one group, in place."""
        self.counts[place], self.sizes[place] = group.counts[0], group.sizes[0]
        self.means[place], self.scatters[place] = group.means[0], group.scatters[0]


Criterion = Callable[[Groups, float], FloatArray]
"""Groups and the scale α to each group's term (M,); a clustering is good where their sum is small."""


def _traces(groups: Groups) -> FloatArray:
    return np.einsum("mdd->m", groups.scatters)


def _eii(groups: Groups, alpha: float) -> FloatArray:
    """Ward's: tr W_i. Balls of equal volume."""
    return _traces(groups)


def _vii(groups: Groups, alpha: float) -> FloatArray:
    """n_i log((tr W_i + α) / n_i). Balls of any volume."""
    return groups.counts * np.log((_traces(groups) + alpha) / groups.counts)


def _vvv(groups: Groups, alpha: float) -> FloatArray:
    """n_i log(|W_i / n_i| + (tr W_i + α) / n_i). Any ellipsoids; the second summand keeps small groups finite."""
    terms = np.log((_traces(groups) + alpha) / groups.counts)
    regular = np.flatnonzero(groups.sizes > groups.means.shape[1])  # fewer rows have no volume
    sign, log_determinant = np.linalg.slogdet(groups.scatters[regular] / groups.counts[regular, None, None])
    volume = np.where(sign > 0, log_determinant, -np.inf)
    terms[regular] = np.logaddexp(volume, terms[regular])
    return groups.counts * terms


CRITERIA: dict[str, Criterion] = {"EII": _eii, "VII": _vii, "VVV": _vvv}

_NUMBERS = {criterion: number for number, criterion in enumerate(CRITERIA.values())}
"""As the compiled twin knows them."""


def agglomerate(groups: Groups, criterion: Criterion) -> IntArray:
    """Merge ``groups`` down to one and return the pairs (M - 1, 2), earliest first: the second joins the first.

    The criteria are not reducible, so a merge may make a pair cheaper that does not touch it: all costs are kept, with
    the least of each row. It takes M² numbers and about M² evaluations of the criterion.
    """
    total, (n_groups, n_features) = groups.counts.sum(), groups.means.shape
    middle = groups.counts @ groups.means / total
    scatter = _traces(groups).sum() + groups.counts @ ((groups.means - middle) ** 2).sum(axis=1)
    alpha = max(float(scatter) / (total * n_features), np.finfo(np.float64).eps)
    groups = groups.select(np.arange(n_groups))  # a copy, which is overwritten
    functions = compiled()
    if functions is None or criterion not in _NUMBERS:
        return _agglomerate(groups, criterion, alpha)
    pairs = np.empty((n_groups - 1, 2), dtype=np.int64)
    functions.agglomerate(_NUMBERS[criterion], alpha, *vars(groups).values(), pairs)
    return pairs


def _agglomerate(groups: Groups, criterion: Criterion, alpha: float) -> IntArray:
    """Do it in NumPy; the groups are overwritten."""
    n_groups = len(groups.counts)
    terms = criterion(groups, alpha)
    costs = np.full((n_groups, n_groups), np.inf)
    above = np.triu_indices(n_groups, 1)
    for part in range(0, len(above[0]), _PAIRS):
        one, other = above[0][part : part + _PAIRS], above[1][part : part + _PAIRS]
        costs[one, other] = criterion(groups.merged(one, other), alpha) - terms[one] - terms[other]
        costs[other, one] = costs[one, other]
    best = costs.min(axis=1)  # (M,)
    nearest = costs.argmin(axis=1)
    tie = _TIE * np.abs(terms).max()
    pairs = np.empty((n_groups - 1, 2), dtype=np.intp)
    for step in range(n_groups - 1):
        enough = best.min() + tie
        first = int(np.argmax(best <= enough))
        second = int(np.argmax(costs[first] <= enough))
        pairs[step] = first, second
        groups.put(first, groups.merged(first, np.array([second])))
        terms[first] += terms[second] + costs[first, second]
        costs[second], costs[:, second], best[second] = np.inf, np.inf, np.inf
        others = np.flatnonzero(np.isfinite(best))
        others = others[others != first]
        if not others.size:
            break
        joined = criterion(groups.merged(first, others), alpha)
        costs[first, others] = costs[others, first] = joined - terms[first] - terms[others]
        lost = others[(nearest[others] == first) | (nearest[others] == second)]
        gained = others[costs[others, first] < best[others]]
        best[gained], nearest[gained] = costs[gained, first], first
        for rescan in (*lost, first):
            nearest[rescan] = costs[rescan].argmin()
            best[rescan] = costs[rescan, nearest[rescan]]
    return pairs
