"""Activity 5, second part: moons among wild points, and how sure the answer is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixtureSearch, MergedGaussianMixture
from mixtura.arrays import FloatArray, IntArray
from mixtura.datasets import two_moons
from mixtura.lab.activity import Activity, Gallery, Picture, Table
from mixtura.lab.figures import capture, panel
from mixtura.lab.wording import count, number, paragraphs, percent
from mixtura.plots import plot_classification
from mixtura.plots.points import draw_groups
from mixtura.plots.style import PALE, dress, scale_equally
from mixtura.selection import bootstrap_parameters

__all__ = ["WildMoons", "find_moons_among_outliers"]

_FAMILY = "EEV"
_WILD = 20
_CORNERS = (-2.0, -1.5), (3.0, 2.0)
_NUMBERS = range(5, 13)
_REPLICATES = 60
_ARCS = 2


@dataclass(frozen=True, eq=False)
class WildMoons:
    """Two mixtures of two moons among outliers: without a noise component, and with one.

    Attributes
    ----------
    n_points, n_wild : int
        Points of both arcs, and others.
    plain_components, noisy_components : int
        Components of the lowest BIC.
    plain_bic, noisy_bic : float
        That BIC.
    plain_clusters, noisy_clusters : int
        Clusters that the overlaps show.
    plain_ari, noisy_ari : float
        Adjusted Rand index, against the arcs, of two clusters, over the points of the arcs.
    n_found, n_lost : int
        Outliers that are called noise, and points of the arcs that are.
    cluster_of_component : array (K,)
        The cluster of each component of the mixture with noise.
    shares, lower, upper : array (K,)
        Weights of its components, and intervals of 95 %.
    cluster_shares : array (C, 3)
        Of each cluster the weight and the ends of its interval.
    along, across : float
        How far the mean of a component moves over samples of this size: standard deviations in the direction in which
        it moves most, and in the other one; means over components.
    """

    n_points: int
    n_wild: int
    plain_components: int
    noisy_components: int
    plain_bic: float
    noisy_bic: float
    plain_clusters: int
    noisy_clusters: int
    plain_ari: float
    noisy_ari: float
    n_found: int
    n_lost: int
    cluster_of_component: IntArray  # (K,)
    shares: FloatArray  # (K,)
    lower: FloatArray  # (K,)
    upper: FloatArray  # (K,)
    cluster_shares: FloatArray  # (C, 3)
    along: float
    across: float


def find_moons_among_outliers(random_state: int = 0) -> Activity[WildMoons]:
    """Scatter points among two moons, fit mixtures without and with a noise component, and resample.

    Parameters
    ----------
    random_state : int, default=0
        Seeds points, fits and resampling.

    Warns
    -----
    UserWarning
        If the best number of components is the greatest or the smallest that was tried.

    Examples
    --------
    >>> found = find_moons_among_outliers(random_state=0).numbers
    >>> found.plain_ari, found.noisy_ari
    (0.0, 1.0)
    """
    X, arcs = _scatter(random_state)
    true = arcs >= 0
    settings: dict[str, Any] = {"covariance_type": _FAMILY, "random_state": random_state}
    plain = GaussianMixtureSearch(_NUMBERS, **settings).fit(X)
    noisy = GaussianMixtureSearch(_NUMBERS, noise="auto", **settings).fit(X)
    joined, cleaned = (MergedGaussianMixture(estimator=search).fit(X) for search in (plain, noisy))
    indices = [
        float(adjusted_rand_score(arcs[true], MergedGaussianMixture(_ARCS, estimator=search).fit(X).labels_[true]))
        for search in (plain, noisy)
    ]
    replicates = bootstrap_parameters(noisy, X, n_bootstrap=_REPLICATES, random_state=random_state)
    lower, upper = replicates.intervals()
    owners = cleaned.cluster_of_component_
    weights, means = replicates.replicates.weights, replicates.replicates.means  # (B, K), (B, K, 2)
    clusters = np.stack([weights[:, owners == k].sum(axis=1) for k in range(cleaned.n_clusters_)])  # (C, B)
    spread = np.sqrt([np.linalg.eigvalsh(np.cov(places.T)) for places in means.swapaxes(0, 1)])  # (K, 2), rising
    estimates = replicates.estimates.weights
    found = WildMoons(
        n_points=int(true.sum()),
        n_wild=int((~true).sum()),
        plain_components=plain.best_params_["n_components"],
        noisy_components=noisy.best_params_["n_components"],
        plain_bic=plain.best_score_,
        noisy_bic=noisy.best_score_,
        plain_clusters=joined.n_clusters_,
        noisy_clusters=cleaned.n_clusters_,
        plain_ari=indices[0],
        noisy_ari=indices[1],
        n_found=int((cleaned.labels_[~true] < 0).sum()),
        n_lost=int((cleaned.labels_[true] < 0).sum()),
        cluster_of_component=owners,
        shares=estimates,
        lower=lower.weights,
        upper=upper.weights,
        cluster_shares=np.column_stack(
            [np.bincount(owners, weights=estimates), *np.quantile(clusters, [0.025, 0.975], axis=1)]
        ),
        along=float(spread[:, 1].mean()),
        across=float(spread[:, 0].mean()),
    )
    body = (
        Gallery(
            (
                capture(
                    plot_classification(joined, X, ax=panel()),
                    alt="Two moons among scattered points; some ellipses lie on the arcs, others on a few wild points.",
                    caption="Every point must belong to a component, so some components go after a few wild points. "
                    f"Two clusters of them agree with the arcs to an index of {number(found.plain_ari)}.",
                ),
                capture(
                    plot_classification(cleaned, X, ax=panel()),
                    alt="The same points; narrow ellipses follow the arcs, and crosses mark points that belong to "
                    "neither.",
                    caption="With a noise component, uniform over the plane: crosses belong to no cluster. Index "
                    f"{number(found.noisy_ari)}.",
                ),
                _draw_means(X, means, owners),
            )
        ),
        _table(found),
    )
    return Activity(
        name="activity-5-outliers",
        title="Activity 5: moons among wild points",
        question=paragraphs(
            f"Scatter {_WILD} points over the plane that belong to neither arc. What becomes of the clusters? And if "
            "other points had been drawn from the same arcs, how different would the answer be?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            "import numpy as np\n"
            "from mixtura import GaussianMixtureSearch, MergedGaussianMixture\n"
            "from mixtura.datasets import two_moons\n"
            "from mixtura.plots import plot_bootstrap_parameters, plot_classification\n"
            "from mixtura.selection import bootstrap_parameters\n\n"
            f"X, arcs = two_moons(random_state={random_state})\n"
            f"wild = np.random.default_rng({random_state}).uniform({_CORNERS[0]}, {_CORNERS[1]}, ({_WILD}, 2))\n"
            "X = np.concatenate([X, wild])\n"
            f'settings = {{"covariance_type": "{_FAMILY}", "noise": "auto", "random_state": {random_state}}}\n'
            f"search = GaussianMixtureSearch({_NUMBERS}, **settings).fit(X)\n"
            "plot_classification(MergedGaussianMixture(estimator=search).fit(X), X)\n"
            f"replicates = bootstrap_parameters(search, X, n_bootstrap={_REPLICATES}, random_state={random_state})\n"
            "print(search.summary(X, intervals=replicates))\n"
            'plot_bootstrap_parameters(replicates, "weights")'
        ),
    )


def _scatter(random_state: int) -> tuple[FloatArray, IntArray]:
    """Return points of the moons and wild ones (n, 2), and the arc of each (n,), -1 for wild ones."""
    X, arcs = two_moons(random_state=random_state)
    wild = np.random.default_rng(random_state).uniform(*_CORNERS, (_WILD, 2))
    return np.concatenate([X, wild]), np.concatenate([arcs, np.full(_WILD, -1)])


def _draw_means(X: FloatArray, means: FloatArray, owners: IntArray) -> Picture:
    ax = panel()
    ax.scatter(X[:, 0], X[:, 1], s=10, color=PALE, linewidths=0, zorder=1)
    places = means.reshape(-1, 2)  # (B K, 2)
    draw_groups(ax, places, np.tile(owners, len(means)), int(owners.max()) + 1, shrink=0.4)
    dress(ax, title=f"means in {len(means)} resampled fits", x_label="first feature", y_label="second feature")
    scale_equally(ax, *np.ptp(X, axis=0), keep_limits=False)
    return capture(
        ax,
        alt="The points in grey; over them clouds of means, drawn out along the arcs and thin across them.",
        caption="Where the components' means lie when the points are drawn again, with replacement: they slide along "
        "their arc, and hardly leave it.",
    )


def _table(found: WildMoons) -> Table:
    def row(title: str, share: float, low: float, high: float) -> tuple[str, ...]:
        return title, number(share), f"{number(low)} to {number(high)}"

    rows = []
    for k, ends in enumerate(found.cluster_shares):
        rows.append(row(f"<strong>cluster {k}</strong>", *ends))
        for member in np.flatnonzero(found.cluster_of_component == k):
            ends = found.shares[member], found.lower[member], found.upper[member]
            rows.append(row(f"component {member}", *ends))
    return Table(
        ("", "share of the points that are no noise", "interval of 95 %"),
        tuple(rows),
        f"How sure the shares are, from {_REPLICATES} resampled fits.",
    )


def _answer(found: WildMoons) -> str:
    def clusters(n: int) -> str:
        return count(n, "cluster")

    better = found.noisy_bic < found.plain_bic
    wide = float((found.upper - found.lower)[found.shares > 0].mean() / found.shares.mean())
    whole = float((found.cluster_shares[:, 2] - found.cluster_shares[:, 1]).mean() / found.cluster_shares[:, 0].mean())
    held = ((found.cluster_shares[:, 1] <= 0.5) & (found.cluster_shares[:, 2] >= 0.5)).all()
    return paragraphs(
        f"Without noise, components go after the wild points: BIC chooses {found.plain_components}, their overlaps "
        f"show {clusters(found.plain_clusters)}, and two clusters agree with the arcs to an index of "
        f"{number(found.plain_ari)}.",
        f"A noise component is a density that is the same everywhere. With it BIC {'falls' if better else 'goes'} from "
        f"{number(found.plain_bic, 1)} to {number(found.noisy_bic, 1)}, and {found.noisy_components} components form "
        f"{clusters(found.noisy_clusters)} (index {number(found.noisy_ari)}). {found.n_found} of {found.n_wild} wild "
        f"points are called noise, and {found.n_lost} of {found.n_points} points of the arcs: wild points that fall "
        "on an arc cannot be told from its own.",
        f"How sure is it? Fits to resampled points put a component's mean {number(found.along)} away along the arc, "
        f"and {number(found.across)} across it (standard deviations). The interval of a component's share is as wide "
        f"as {percent(wide, 0)} of the share, that of a cluster's as {percent(whole, 0)}"
        + (", and both clusters' intervals hold the true half. " if held and found.noisy_clusters == _ARCS else ". ")
        + "Where an arc is cut into pieces is arbitrary; that there is an arc is not.",
    )


def _finding(found: WildMoons) -> str:
    return (
        f"{count(found.n_wild, 'wild point')} lower the index of two clusters to {number(found.plain_ari)}; a noise "
        f"component takes {found.n_found} of them and brings it to {number(found.noisy_ari)}"
    )
