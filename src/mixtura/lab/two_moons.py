"""Activity 5: two moons. How many components, and which of them make up an arc?"""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray, IntArray
from mixtura.datasets import two_moons
from mixtura.lab.activity import Activity, Gallery, Picture, Table
from mixtura.lab.chaining import Chains, bhattacharyya_distances, chain
from mixtura.lab.figures import capture, panel, scatter_groups
from mixtura.lab.matching import count_misplaced
from mixtura.lab.wording import listing, number, paragraphs
from mixtura.plots import plot_criterion, plot_gmm
from mixtura.plots.style import INK

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
        Adjusted Rand index of two groups of components against the two arcs; NaN for one component.
    chosen : int
        The number of components with the lowest BIC.
    chains : Chains
        The groups of that mixture's components.
    n_misplaced : int
        Points that this grouping puts into the other arc.
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
    chains: Chains
    n_misplaced: int
    n_points: int
    kmeans_ari: float

    @property
    def chosen_ari(self) -> float:
        """The index at the lowest BIC."""
        return float(self.ari[self.n_components == self.chosen][0])


def find_moons(random_state: int = 0, max_components: int = 15) -> Activity[Moons]:
    """Fit more and more components to two moons, and chain the components of the best fit into two groups.

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
    fits = [GaussianMixture(k, n_init=5, random_state=random_state).fit(X) for k in range(1, max_components + 1)]
    chains = [chain(bhattacharyya_distances(gmm), min(_ARCS, gmm.n_components)) for gmm in fits]
    groups = [each.groups[gmm.predict(X)] for gmm, each in zip(fits, chains, strict=True)]
    bic = np.array([gmm.bic(X) for gmm in fits])
    best = int(bic.argmin())
    clusters = KMeans(_ARCS, n_init=10, random_state=0).fit(X).labels_
    found = Moons(
        n_components=np.arange(1, max_components + 1),
        bic=bic,
        icl=np.array([gmm.icl(X) for gmm in fits]),
        aic=np.array([gmm.aic(X) for gmm in fits]),
        ari=np.array([np.nan, *(adjusted_rand_score(arcs, each) for each in groups[1:])]),
        chosen=best + 1,
        chains=chains[best],
        n_misplaced=count_misplaced(arcs, groups[best]),
        n_points=len(X),
        kmeans_ari=float(adjusted_rand_score(arcs, clusters)),
    )
    gmm = fits[best]
    body = (
        Gallery(
            (
                capture(
                    plot_gmm(fits[1], X, ax=panel()),
                    alt="Two moons under the ellipses of two components, each of which covers parts of both arcs.",
                    caption=f"Two components: each point goes to one of them. Adjusted Rand index against the arcs "
                    f"{number(float(found.ari[1]))}.",
                ),
                _draw_criteria(found),
                _draw_links(gmm, X, found),
                _draw_groups(X, groups[best], found),
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
            "from mixtura import GaussianMixture\nfrom mixtura.datasets import two_moons\nfrom mixtura.lab import "
            f"bhattacharyya_distances, chain\n\nX, arcs = two_moons(random_state={random_state})\nfits = "
            f"[GaussianMixture(k, n_init=5, random_state={random_state}).fit(X) for k in range(1, "
            f"{max_components + 1})]\ngmm = min(fits, key=lambda fit: fit.bic(X))\ngroups = "
            "chain(bhattacharyya_distances(gmm), n_groups=2).groups[gmm.predict(X)]"
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


def _draw_links(gmm: GaussianMixture, X: FloatArray, found: Moons) -> Picture:
    display = plot_gmm(gmm, X, ax=panel())
    for pairs, look in ((found.chains.links, "-"), (found.chains.cuts, ":")):
        for pair in pairs:
            display.ax_.plot(*gmm.means_[pair].T, color=INK, linewidth=2, linestyle=look, zorder=3.5)
    display.ax_.set_title(f"{found.chosen} components and their links", fontsize="medium")
    return capture(
        display,
        alt=f"Two moons under {found.chosen} ellipses whose centres are joined by lines into two chains.",
        caption="The mixture with the lowest BIC. Solid lines link components that overlap most; the dotted one is the "
        "longest of the tree, and is cut.",
    )


def _draw_groups(X: FloatArray, groups: IntArray, found: Moons) -> Picture:
    return capture(
        scatter_groups(X, groups, "two groups of components"),
        alt="Two moons, coloured by the group of components that claims each point.",
        caption=f"What the two chains make of the points. Adjusted Rand index {number(found.chosen_ari)}.",
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
        ("components", "BIC", "ICL", "AIC", "index of two groups"),
        rows,
        "Criteria (lower is better), and the adjusted Rand index of the two groups of components against the arcs.",
    )


def _best_counts(found: Moons) -> str:
    bests = [
        f"{name} is lowest at {found.n_components[values.argmin()]}"
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
    links = found.chains.lengths
    gap = (
        f" The link that is cut has a Bhattacharyya distance of {number(float(found.chains.cut_lengths[0]), 2)}; the "
        f"longest that is kept has {number(float(links[-1]), 2)}."
        if len(links)
        else ""
    )
    return paragraphs(
        f"With one Gaussian to an arc it does not work: two components agree with the arcs to an index of "
        f"{number(two)}, and k-means with two clusters to {number(found.kmeans_ari)}."
        if two < 0.9
        else f"Two components already agree with the arcs to an index of {number(two)}.",
        f"More components follow the bend: {_best_counts(found)}. Then take together what overlaps: link the "
        f"components by single linkage, and cut the longest link. With the {found.chosen} components that BIC chooses, "
        f"{recovered} (index {number(found.chosen_ari)}).{gap}",
        (
            f"The index is 0.99 or more for {_runs(perfect)} components: the exact number hardly matters, as long as "
            "each arc has enough."
            if len(perfect) > 1
            else ""
        ),
        "So a mixture component is not a cluster. BIC counts Gaussians, and clusters may be made of several. That "
        "there are two groups was put in by hand here.",
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
        f"BIC chooses {found.chosen} components; chained into two groups they agree with the arcs to an adjusted Rand "
        f"index of {number(found.chosen_ari)}"
    )
