"""Activity 5: two moons. How many components, and which of them make up an arc?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixtureSearch, MergedGaussianMixture, MergeTree
from mixtura.arrays import FloatArray, IntArray
from mixtura.datasets import two_moons
from mixtura.lab.activity import Activity, Gallery, Picture, Table
from mixtura.lab.figures import capture, panel
from mixtura.lab.matching import count_misplaced
from mixtura.lab.wording import count, listing, number, paragraphs
from mixtura.plots import plot_classification, plot_criterion, plot_gmm, plot_merge_tree

__all__ = ["Moons", "find_moons"]

_ARCS = 2


@dataclass(frozen=True, eq=False)
class Moons:
    """Mixtures of more and more components on two arcs.

    Attributes
    ----------
    n_components : array (n,)
        The numbers of components that were tried.
    bic, icl, aic : array (n,)
        The criteria; the lower the better.
    ari : array (n,)
        Adjusted Rand index, against the two arcs, of so many components joined into two clusters; NaN for one.
    chosen : int
        The number of components with the lowest BIC.
    tree : MergeTree
        How that mixture's components were joined.
    n_clusters : int
        The number of clusters that the overlaps of the tree show.
    cluster_ari : float
        The index of these clusters.
    n_misplaced : int
        Points that the same components, joined into two clusters, put into the other arc.
    n_points : int
    kmeans_ari : float
        The index of k-means with two clusters.
    """

    n_components: IntArray  # (n,)
    bic: FloatArray  # (n,)
    icl: FloatArray  # (n,)
    aic: FloatArray  # (n,)
    ari: FloatArray  # (n,)
    chosen: int
    tree: MergeTree
    n_clusters: int
    cluster_ari: float
    n_misplaced: int
    n_points: int
    kmeans_ari: float

    @property
    def chosen_ari(self) -> float:
        """The index of two clusters at the lowest BIC."""
        return float(self.ari[self.n_components == self.chosen][0])


def find_moons(random_state: int = 0, max_components: int = 15) -> Activity[Moons]:
    """Fit more and more components to two moons, and join the components of the best fit into clusters.

    Parameters
    ----------
    random_state : int, default=0
        Seeds the points and the fits.
    max_components : int, default=15
        The greatest number of components to try.

    Examples
    --------
    >>> find_moons(random_state=0, max_components=8).numbers.chosen_ari
    1.0
    """
    X, arcs = two_moons(random_state=random_state)
    numbers = range(1, max_components + 1)
    settings: dict[str, Any] = {"covariance_type": "full", "n_init": 5, "random_state": random_state}
    searches = [GaussianMixtureSearch(k, **settings).fit(X) for k in numbers]  # each keeps its fit, to be joined below
    best = min(searches, key=lambda search: search.best_score_)
    chosen = best.best_params_["n_components"]
    pairs = [MergedGaussianMixture(min(_ARCS, k), estimator=s).fit(X) for k, s in zip(numbers, searches, strict=True)]
    merged = MergedGaussianMixture(estimator=best).fit(X)
    clusters = KMeans(_ARCS, n_init=10, random_state=0).fit(X).labels_
    found = Moons(
        n_components=np.array(numbers),
        bic=np.concatenate([search.results_["bic"] for search in searches]),
        icl=np.concatenate([search.results_["icl"] for search in searches]),
        aic=np.concatenate([search.results_["aic"] for search in searches]),
        ari=np.array([np.nan, *(adjusted_rand_score(arcs, pair.labels_) for pair in pairs[1:])]),
        chosen=chosen,
        tree=merged.merge_tree_,
        n_clusters=merged.n_clusters_,
        cluster_ari=float(adjusted_rand_score(arcs, merged.labels_)),
        n_misplaced=count_misplaced(arcs, pairs[chosen - 1].labels_),
        n_points=len(X),
        kmeans_ari=float(adjusted_rand_score(arcs, clusters)),
    )
    body = (
        Gallery(
            (
                capture(
                    plot_gmm(searches[1].best_estimator_, X, ax=panel()),
                    alt="Two moons under the ellipses of two components, each of which covers parts of both arcs.",
                    caption=f"Two components: each point goes to one of them. Adjusted Rand index against the arcs "
                    f"{number(float(found.ari[1]))}.",
                ),
                _draw_criteria(found),
                _draw_tree(merged, found),
                _draw_clusters(merged, X, found),
            )
        ),
        _table(found),
    )
    return Activity(
        name="activity-5",
        title="Activity 5: two moons",
        question=paragraphs(
            "Draw 200 points on two arcs that reach into each other. No single Gaussian is bent. Is there a way to "
            "cluster these points so that each arc becomes a cluster, or a set of clusters? What happens as the number "
            "of components grows?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            "from mixtura import GaussianMixtureSearch, MergedGaussianMixture\n"
            "from mixtura.datasets import two_moons\n"
            "from mixtura.plots import plot_classification, plot_merge_tree\n\n"
            f"X, arcs = two_moons(random_state={random_state})\n"
            f'settings = {{"covariance_type": "full", "n_init": 5, "random_state": {random_state}}}\n'
            f"searches = [GaussianMixtureSearch(k, **settings).fit(X) for k in range(1, {max_components + 1})]\n"
            "best = min(searches, key=lambda search: search.best_score_)\n"
            "merged = MergedGaussianMixture(estimator=best).fit(X)\n"
            "print(merged.summary(X))\n"
            "plot_classification(merged, X)\n"
            "plot_merge_tree(merged)"
        ),
    )


def _draw_criteria(found: Moons) -> Picture:
    values = {"BIC": found.bic, "ICL": found.icl, "AIC": found.aic}
    return capture(
        plot_criterion(found.n_components.tolist(), values, ax=panel()),
        alt=f"Three curves that fall steeply and flatten; {_best_counts(found)}.",
        caption="What each criterion says. All charge for parameters; ICL also charges for points that no component "
        "is sure of.",
    )


def _draw_tree(merged: MergedGaussianMixture, found: Moons) -> Picture:
    return capture(
        plot_merge_tree(merged, ax=panel()),
        alt=f"A tree that joins {count(found.chosen, 'component')} step by step into one; below its dashed part are "
        f"{count(found.n_clusters, 'cluster')}.",
        caption="How the components of the lowest BIC were joined: each time the two whose union lowers the entropy of "
        "the memberships most. The dashed joins are those of different clusters.",
    )


def _draw_clusters(merged: MergedGaussianMixture, X: FloatArray, found: Moons) -> Picture:
    return capture(
        plot_classification(merged, X, ax=panel()),
        alt=f"Two moons under {count(found.chosen, 'ellipse')}, coloured by cluster.",
        caption=f"What the tree makes of the points. Adjusted Rand index {number(found.cluster_ari)}.",
    )


def _table(found: Moons) -> Table:
    rows = tuple(
        (
            str(k),
            *(number(float(values[i]), 1) for values in (found.bic, found.icl, found.aic)),
            "" if np.isnan(found.ari[i]) else number(float(found.ari[i])),
        )
        for i, k in enumerate(found.n_components)
    )
    return Table(
        ("components", "BIC", "ICL", "AIC", "index of two clusters"),
        rows,
        "Criteria (lower is better), and the adjusted Rand index, against the arcs, of the components joined into two "
        "clusters.",
    )


def _best_counts(found: Moons) -> str:
    bests = [
        f"{name} is lowest at {found.n_components[np.nanargmin(values)]}"
        for name, values in (("BIC", found.bic), ("ICL", found.icl), ("AIC", found.aic))
    ]
    return listing(bests)


def _answer(found: Moons) -> str:
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
        f"More components follow the bend: {_best_counts(found)}. Then join components: each time the two clusters "
        f"whose union lowers the entropy of the memberships most. When the {found.chosen} components that BIC chooses "
        f"are joined into two clusters, {recovered} (index {number(found.chosen_ari)}).",
        (
            f"The index is 0.99 or more for {_runs(perfect)} components: the exact number hardly matters, as long as "
            "each arc has enough."
            if len(perfect) > 1
            else ""
        ),
        "So a mixture component is not a cluster. BIC counts Gaussians, and clusters may be made of several. "
        + _own_number(found),
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


def _finding(found: Moons) -> str:
    return (
        f"BIC chooses {found.chosen} components; joined into two clusters they agree with the arcs to an adjusted Rand "
        f"index of {number(found.chosen_ari)}"
    )
