"""Activity 4: three blobs through random linear maps, the mixture beside k-means."""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray, IntArray
from mixtura.datasets import mapped_blobs
from mixtura.lab.activity import Activity, Gallery, Picture, Table
from mixtura.lab.figures import capture, panel, scatter_groups
from mixtura.lab.matching import count_misplaced
from mixtura.lab.wording import listing, number, paragraphs
from mixtura.plots import plot_gmm, plot_kmeans

__all__ = ["LinearMaps", "compare_with_kmeans"]


@dataclass(frozen=True, eq=False)
class LinearMaps:
    """Mixture and k-means on many draws of three mapped blobs.

    Attributes
    ----------
    mixture_ari, kmeans_ari : array (n_draws,)
        Adjusted Rand index against the truth.
    mixture_misplaced, kmeans_misplaced : array (n_draws,)
        Points outside the group that stands for their blob.
    informed_ari, informed_misplaced : array (n_draws,)
        The same for Gaussians that were fitted to each blob by itself: what is left to the mixture's best.
    shown : int
        The draw that the pictures show: the one in which the two indices differ most.
    stretch : array (3,)
        Of each blob shown, its longest deviation divided by its shortest, after the map.
    n_points : int
        In each draw.
    """

    mixture_ari: FloatArray  # (n_draws,)
    kmeans_ari: FloatArray  # (n_draws,)
    mixture_misplaced: IntArray  # (n_draws,)
    kmeans_misplaced: IntArray  # (n_draws,)
    informed_ari: FloatArray  # (n_draws,)
    informed_misplaced: IntArray  # (n_draws,)
    shown: int
    stretch: FloatArray  # (3,)
    n_points: int

    @property
    def n_draws(self) -> int:
        """How many draws were tried."""
        return len(self.mixture_ari)

    @property
    def wins(self) -> tuple[int, int, int]:
        """In how many draws the mixture, neither, and k-means has the higher index."""
        gaps = np.round(self.mixture_ari - self.kmeans_ari, 9)
        return int((gaps > 0).sum()), int((gaps == 0).sum()), int((gaps < 0).sum())


def compare_with_kmeans(random_state: int = 0, n_draws: int = 12) -> Activity[LinearMaps]:
    """Send round blobs through random linear maps, and score mixture and k-means against the truth.

    Parameters
    ----------
    random_state : int, default=0
        Seeds the first draw and its fit; the next numbers seed the others.
    n_draws : int, default=12
        How many sets of three blobs to draw. The pictures show the one in which mixture and k-means differ most.

    Examples
    --------
    >>> found = compare_with_kmeans(random_state=0, n_draws=2).numbers
    >>> bool(found.mixture_ari[found.shown] > found.kmeans_ari[found.shown])
    True
    """
    seeds = range(random_state, random_state + n_draws)
    scores = np.array([_score(seed) for seed in seeds])  # (n_draws, 6)
    shown = int(np.argmax(np.abs(scores[:, 0] - scores[:, 1])))
    before, after, labels = mapped_blobs(random_state=seeds[shown])
    found = LinearMaps(
        mixture_ari=scores[:, 0],
        kmeans_ari=scores[:, 1],
        mixture_misplaced=scores[:, 3].astype(np.intp),
        kmeans_misplaced=scores[:, 4].astype(np.intp),
        informed_ari=scores[:, 2],
        informed_misplaced=scores[:, 5].astype(np.intp),
        shown=shown,
        stretch=np.array([_stretch(after[labels == blob]) for blob in range(3)]),
        n_points=len(after),
    )
    gmm = _fit(after, seeds[shown])
    body = (
        Gallery(
            (
                _draw(before, labels, "before", "Three round groups of points, each in its own colour."),
                _draw(after, labels, "after", "The same three groups, long and slanted now, at other places."),
                capture(
                    plot_gmm(gmm, after, ax=panel()),
                    alt="The mapped points, coloured by the component that claims them, under slanted ellipses.",
                    caption=f"The mixture. Adjusted Rand index {number(float(found.mixture_ari[shown]))}.",
                ),
                capture(
                    plot_kmeans(after, 3, ax=panel()),
                    alt="The mapped points, coloured by their k-means cluster, under three discs.",
                    caption=f"k-means. Adjusted Rand index {number(float(found.kmeans_ari[shown]))}.",
                ),
            )
        ),
        _table(found),
    )
    return Activity(
        name="activity-4",
        title="Activity 4: three blobs through random linear maps",
        question=paragraphs(
            "Draw three round blobs of 100 points, and multiply each by a random 2 × 2 matrix of its own. Why would "
            "one do that? Are you still happy with the mixture? And can k-means do a good job here?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            "from sklearn.metrics import adjusted_rand_score\n"
            "from mixtura import GaussianMixture\n"
            "from mixtura.datasets import mapped_blobs\n\n"
            f"before, after, labels = mapped_blobs(random_state={seeds[shown]})\n"
            f"gmm = GaussianMixture(3, n_init=5, random_state={seeds[shown]}).fit(after)\n"
            "index = adjusted_rand_score(labels, gmm.predict(after))"
        ),
    )


def _fit(X: FloatArray, seed: int) -> GaussianMixture:
    return GaussianMixture(3, n_init=5, random_state=seed).fit(X)


def _score(seed: int) -> list[float]:
    """Return the index and the number of misplaced points of one draw: of mixture, k-means and informed Gaussians."""
    _, X, labels = mapped_blobs(random_state=seed)
    partitions = (
        _fit(X, seed).predict(X),
        KMeans(3, n_init=10, random_state=0).fit(X).labels_,  # as plot_kmeans draws it
        GaussianMixture(3, init_params=labels, max_iter=0).fit(X).predict(X),  # one maximisation under the truth
    )
    return [
        *(float(adjusted_rand_score(labels, partition)) for partition in partitions),
        *(count_misplaced(labels, partition) for partition in partitions),
    ]


def _stretch(X: FloatArray) -> float:
    deviations = np.sqrt(np.linalg.eigvalsh(np.cov(X, rowvar=False)))  # (2,), rising
    return float(deviations[1] / deviations[0])


def _draw(X: FloatArray, labels: IntArray, when: str, alt: str) -> Picture:
    return capture(
        scatter_groups(X, labels, f"{when} the maps"),
        alt=alt,
        caption=f"The blobs {when} the maps, coloured by the truth, which neither method sees.",
    )


def _table(found: LinearMaps) -> Table:
    rows = [
        (
            name,
            number(float(ari[found.shown])),
            f"{misplaced[found.shown]} of {found.n_points}",
            number(float(np.median(ari))),
            number(float(ari.min())),
        )
        for name, ari, misplaced in (
            ("mixture", found.mixture_ari, found.mixture_misplaced),
            ("k-means", found.kmeans_ari, found.kmeans_misplaced),
            ("told the truth", found.informed_ari, found.informed_misplaced),
        )
    ]
    return Table(
        ("method", "index, shown", "misplaced, shown", "index, median", "index, worst"),
        tuple(rows),
        f"The adjusted Rand index against the truth (1 is perfect, 0 is chance), in the draw shown and over all "
        f"{found.n_draws} draws. The draw shown is the one in which mixture and k-means differ most. The last row is "
        "of Gaussians that were fitted to each blob by itself: even they cannot tell points apart where blobs overlap.",
    )


def _answer(found: LinearMaps) -> str:
    mixture, kmeans = (float(ari[found.shown]) for ari in (found.mixture_ari, found.kmeans_ari))
    wins, ties, losses = found.wins
    stretches = listing([number(float(stretch), 1) for stretch in np.sort(found.stretch)])
    if mixture > kmeans:
        lead = (
            f"In the draw shown the mixture reaches an adjusted Rand index of {number(mixture)}, k-means "
            f"{number(kmeans)}. The map of a Gaussian is a Gaussian again, with covariance "
            "A<sup>T</sup>ΣA, so a mixture with full covariances fits as well as before. The blobs are now "
            f"{stretches} times as long as they are wide, and k-means, which measures all directions alike, cuts long "
            "blobs apart or lumps the ends of several together."
        )
    elif mixture < kmeans:
        lead = (
            f"In the draw shown k-means does better: {number(kmeans)} against {number(mixture)}. The blobs overlap so "
            "much that other Gaussians than the true ones explain the points better."
        )
    else:
        lead = (
            f"In every draw both agree equally well with the truth; in the draw shown the index is {number(mixture)}."
        )
    return paragraphs(
        lead,
        f"Of {found.n_draws} draws the mixture does better in {wins}, k-means in {losses}, and in {ties} they do "
        f"equally well. The medians are {number(float(np.median(found.mixture_ari)))} and "
        f"{number(float(np.median(found.kmeans_ari)))}." + _limits(found),
    )


def _limits(found: LinearMaps) -> str:
    """Say whether what the mixture misplaces is what anybody would."""
    mixture, informed = int(found.mixture_misplaced.sum()), int(found.informed_misplaced.sum())
    total = found.n_draws * found.n_points
    if not mixture:
        return ""
    return (
        f" In all draws together the mixture misplaces {mixture} of {total:,} points, and Gaussians that know the "
        f"truth {informed}: "
        + (
            "its errors lie where blobs overlap, and knowing the truth would hardly have spared them."
            if mixture <= 1.25 * informed
            else "so some of its errors are not due to overlap. More starts (<code>n_init</code>) may help."
        )
    )


def _finding(found: LinearMaps) -> str:
    wins, ties, losses = found.wins
    return (
        f"over {found.n_draws} draws the median adjusted Rand index is {number(float(np.median(found.mixture_ari)))} "
        f"for the mixture and {number(float(np.median(found.kmeans_ari)))} for k-means; the mixture does better in "
        f"{wins} draws, k-means in {losses}, and {ties} are ties"
    )
