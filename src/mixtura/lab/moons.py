"""Moons: what was measured of mixtures on two arcs, and what it says."""

from dataclasses import dataclass

import numpy as np

from mixtura import MergeTree
from mixtura.arrays import FloatArray, IntArray
from mixtura.lab.wording import count, listing, number, paragraphs

__all__ = ["Moons", "answer_of", "best_counts", "finding_of"]

_ARCS = 2


@dataclass(frozen=True, eq=False)
class Moons:
    """Mixtures of more and more components on two arcs.

    Attributes
    ----------
    n_components : array (n,)
        The numbers of components that were tried.
    bic, icl, aic : array (n,)
        The criteria of mixtures in full; the lower the better.
    ari : array (n,)
        Adjusted Rand index, against the two arcs, of so many components joined into two clusters; NaN for one.
    family, words : str
        The family with the lowest BIC of all, by code and in words.
    n_families : int
        How many were tried.
    chosen : int
        Its number of components.
    chosen_bic : float
        The lowest BIC.
    tree : MergeTree
        How that mixture's components were joined.
    n_clusters : int
        The number of clusters that the overlaps of the tree show.
    cluster_ari : float
        The index of these clusters.
    n_misplaced : int
        Points that the same components, joined into two clusters, put into the other arc.
    chosen_ari : float
        The index of these two clusters.
    n_doubtful : int
        Points of which the mixture is less than 90 % sure from which component they come.
    cluster_doubt : float
        The greatest probability, among all points, that a point belongs to the other of the clusters.
    n_points : int
    kmeans_ari : float
        The index of k-means with two clusters.
    """

    n_components: IntArray  # (n,)
    bic: FloatArray  # (n,)
    icl: FloatArray  # (n,)
    aic: FloatArray  # (n,)
    ari: FloatArray  # (n,)
    family: str
    words: str
    n_families: int
    chosen: int
    chosen_bic: float
    tree: MergeTree
    n_clusters: int
    cluster_ari: float
    n_misplaced: int
    chosen_ari: float
    n_doubtful: int
    cluster_doubt: float
    n_points: int
    kmeans_ari: float


def best_counts(found: Moons) -> str:
    """Say where each criterion of mixtures in full is lowest."""
    bests = [
        f"{name} is lowest at {found.n_components[np.nanargmin(values)]}"
        for name, values in (("BIC", found.bic), ("ICL", found.icl), ("AIC", found.aic))
    ]
    return listing(bests)


def answer_of(found: Moons) -> str:
    """Say what the numbers mean."""
    two = float(found.ari[found.n_components == _ARCS][0])
    perfect = found.n_components[found.ari >= 0.99]
    recovered = (
        f"{found.n_misplaced} of {found.n_points} points end in the wrong arc"
        if found.n_misplaced
        else f"all {found.n_points} points end in their own arc"
    )
    return paragraphs(
        f"With one Gaussian to an arc it does not work: two components agree with the arcs to an index of "
        f"{number(two)}, and k-means with two clusters to {number(found.kmeans_ari)}."
        if two < 0.9
        else f"Two components already agree with the arcs to an index of {number(two)}.",
        f"More components follow the bend. Where each has a covariance of its own, {best_counts(found)}. "
        + _family(found),
        f"Then join components: each time the two clusters whose union lowers the entropy of the memberships most. "
        f"When the {found.chosen} components of {found.family} are joined into two clusters, {recovered} (index "
        f"{number(found.chosen_ari)})."
        + (
            f" With covariances in full the index is 0.99 or more for {_runs(perfect)} components: the exact number "
            "hardly matters, as long as each arc has enough."
            if len(perfect) > 1
            else ""
        ),
        "So a mixture component is not a cluster. BIC counts Gaussians, and clusters may be made of several. "
        f"Of {count(found.n_doubtful, 'point')} the mixture is less than 90 % sure which component made them: they lie "
        "where two pieces of an arc meet. Which cluster a point belongs to is doubtful by "
        f"{number(found.cluster_doubt, 3)} at most. " + _own_number(found),
    )


def _family(found: Moons) -> str:
    full, most = float(found.bic.min()), int(found.n_components[found.bic.argmin()])
    if found.family == "VVV":
        return f"Of all {found.n_families} families that one has the lowest BIC."
    return (
        f"Of all {found.n_families} families of covariances another one has the lowest BIC: {found.family} "
        f"({found.words}) with {count(found.chosen, 'component')}, {number(found.chosen_bic, 1)} against "
        f"{number(full, 1)} with {most} in full. "
        + (
            "Pieces of an arc are alike but for where they point, so one volume and one shape serve all of them, and "
            "what that saves in parameters pays for more pieces."
            if found.family == "EEV"
            else "What it saves in parameters is worth more than what it loses in likelihood."
        )
    )


def _own_number(found: Moons) -> str:
    """Say how many clusters the tree shows by itself."""
    gap = ""
    inside = found.chosen - found.n_clusters  # steps
    if 0 < inside < len(found.tree.overlaps):
        least, most = found.tree.overlaps[:inside].min(), found.tree.overlaps[inside:].max()
        gap = (
            f" What is joined within clusters overlaps by {number(float(least))} or more (of 1), and what is not by "
            f"{number(float(most))} or less."
        )
    if found.n_clusters == _ARCS:
        return f"That there are two clusters need not be told: the overlaps say so.{gap}"
    return (
        f"That there are two clusters had to be told here: the overlaps say {found.n_clusters} "
        f"(index {number(found.cluster_ari)}).{gap}"
    )


def _runs(numbers: IntArray) -> str:
    """Write rising whole numbers (n,), runs of three and more as "a to b".

    Examples
    --------
    >>> _runs(np.array([2, 5, 6, 7, 9, 10]))
    '2, 5 to 7, 9 and 10'
    """
    parts = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    words = [[f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run] for run in parts]
    return listing([word for each in words for word in each])


def finding_of(found: Moons) -> str:
    """Say it in one sentence."""
    return (
        f"BIC chooses {found.chosen} components of the family {found.family}; joined into two clusters they agree with "
        f"the arcs to an adjusted Rand index of {number(found.chosen_ari)}"
    )
