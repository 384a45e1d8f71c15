"""Activity 5: two moons. How many components, of which family, and which of them make up an arc?"""

from html import escape
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixtureSearch, MergedGaussianMixture
from mixtura.arrays import FloatArray
from mixtura.datasets import two_moons
from mixtura.lab.activity import Activity, Gallery, Picture, Prose, Table
from mixtura.lab.figures import WHOLE, capture, panel
from mixtura.lab.matching import count_misplaced
from mixtura.lab.moons import Moons, answer_of, best_counts, finding_of
from mixtura.lab.wording import count, number, paragraphs
from mixtura.plots import (
    plot_classification,
    plot_criterion_curves,
    plot_gmm,
    plot_merge_tree,
    plot_uncertainty,
)

__all__ = ["Moons", "find_moons"]

_ARCS = 2
_DOUBT = 0.1


def find_moons(random_state: int = 0, max_components: int = 15) -> Activity[Moons]:
    """Fit more and more components of all families to two moons, and join those of the best fit into clusters.

    Parameters
    ----------
    random_state : int, default=0
        Seeds the points and the fits.
    max_components : int, default=15
        The greatest number of components to try.

    Warns
    -----
    UserWarning
        If the best number of components is the greatest that was tried.

    Examples
    --------
    >>> found = find_moons(random_state=0, max_components=10).numbers
    >>> found.family, found.chosen, found.chosen_ari
    ('EEV', 8, 1.0)
    """
    X, arcs = two_moons(random_state=random_state)
    numbers = range(1, max_components + 1)
    settings: dict[str, Any] = {"covariance_type": "full", "n_init": 2, "random_state": random_state}
    searches = [GaussianMixtureSearch(k, **settings).fit(X) for k in numbers]  # each keeps its fit, to be joined below
    pairs = [MergedGaussianMixture(min(_ARCS, k), estimator=s).fit(X) for k, s in zip(numbers, searches, strict=True)]
    best = GaussianMixtureSearch(numbers, random_state=random_state).fit(X)
    merged = MergedGaussianMixture(estimator=best).fit(X)
    in_two = MergedGaussianMixture(_ARCS, estimator=best).fit(X)
    clusters = KMeans(_ARCS, n_init=10, random_state=0).fit(X).labels_
    family = best.best_estimator_.family_
    found = Moons(
        n_components=np.array(numbers),
        bic=np.concatenate([search.results_["bic"] for search in searches]),
        icl=np.concatenate([search.results_["icl"] for search in searches]),
        aic=np.concatenate([search.results_["aic"] for search in searches]),
        ari=np.array([np.nan, *(adjusted_rand_score(arcs, pair.labels_) for pair in pairs[1:])]),
        family=family.code,
        words=family.description,
        n_families=len(best.covariance_types_),
        chosen=best.best_params_["n_components"],
        chosen_bic=best.best_score_,
        tree=merged.merge_tree_,
        n_clusters=merged.n_clusters_,
        cluster_ari=float(adjusted_rand_score(arcs, merged.labels_)),
        n_misplaced=count_misplaced(arcs, in_two.labels_),
        chosen_ari=float(adjusted_rand_score(arcs, in_two.labels_)),
        n_doubtful=int((best.uncertainty(X) > _DOUBT).sum()),
        cluster_doubt=float(merged.uncertainty(X).max()),
        n_points=len(X),
        kmeans_ari=float(adjusted_rand_score(arcs, clusters)),
    )
    body = (
        capture(
            plot_gmm(searches[1].best_estimator_, X, ax=panel()),
            alt="Two moons under the ellipses of two components, each of which covers parts of both arcs.",
            caption=f"Two components: each point goes to one of them. Adjusted Rand index against the arcs "
            f"{number(float(found.ari[1]))}.",
        ),
        _table(found),
        _draw_families(best, found),
        Prose(f"<p>What the best of them says of itself:</p><pre><code>{escape(str(merged.summary(X)))}</code></pre>"),
        Gallery((_draw_uncertainty(best, X, found), _draw_tree(merged, found), _draw_clusters(merged, X, found))),
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
        answer=answer_of(found),
        finding=finding_of(found),
        code=(
            "from mixtura import GaussianMixtureSearch, MergedGaussianMixture\n"
            "from mixtura.datasets import two_moons\n"
            "from mixtura.plots import plot_classification, plot_merge_tree, plot_uncertainty\n\n"
            f"X, arcs = two_moons(random_state={random_state})\n"
            f"search = GaussianMixtureSearch(range(1, {max_components + 1}), random_state={random_state}).fit(X)\n"
            "merged = MergedGaussianMixture(estimator=search).fit(X)\n"
            "print(merged.summary(X))\n"
            "search.plot()\n"
            "plot_uncertainty(search, X)\n"
            "plot_merge_tree(merged)\n"
            "plot_classification(merged, X)"
        ),
    )


def _draw_families(search: GaussianMixtureSearch, found: Moons) -> Picture:
    return capture(
        plot_criterion_curves(search, ax=panel(WHOLE)),
        alt=f"A curve of BIC against the number of components for each of {found.n_families} families; the lowest "
        f"point is that of {found.family} at {found.chosen}.",
        caption="BIC of every family of covariances. The three letters say whether volume, shape and orientation are "
        "equal among components (E), vary (V), or are those of a ball or of the axes (I).",
    )


def _draw_uncertainty(search: GaussianMixtureSearch, X: FloatArray, found: Moons) -> Picture:
    return capture(
        plot_uncertainty(search, X, ax=panel()),
        alt="Two moons; the marks are large where two ellipses of one arc meet, and small elsewhere.",
        caption="The larger the mark, the less sure the component. Doubt lies between pieces of one arc, not between "
        "the arcs.",
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
        "Mixtures of more and more components, each with a covariance of its own: criteria (lower is better; ICL also "
        "charges for points that no component is sure of), and the adjusted Rand index, against the arcs, of the "
        f"components joined into two clusters. {best_counts(found)}.",
    )
