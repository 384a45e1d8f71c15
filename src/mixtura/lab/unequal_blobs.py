"""Activity 2: a wide blob of 450 points and a tight one of 50."""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray, IntArray
from mixtura.datasets import wide_and_tight
from mixtura.lab.activity import Activity, Gallery
from mixtura.lab.figures import capture, panel
from mixtura.lab.recovery import Recovery, recover, recovery_table, verdict
from mixtura.lab.wording import listing, number, paragraphs
from mixtura.plots import plot_gmm, plot_kmeans

__all__ = ["UnequalBlobs", "fit_wide_and_tight", "recover_unequal_blobs"]

_NAMES = ("wide", "tight")


@dataclass(frozen=True)
class UnequalBlobs:
    """How mixture and k-means part a wide blob from a tight one.

    Attributes
    ----------
    recovery : Recovery
        The mixture beside the truth; the wide blob comes first.
    mixture_ari, kmeans_ari : float
        Adjusted Rand index of either against the truth: 1 for the same groups, about 0 for chance.
    n_taken_by_kmeans : int
        Points of the wide blob that k-means gives to the tight one.
    """

    recovery: Recovery
    mixture_ari: float
    kmeans_ari: float
    n_taken_by_kmeans: int


def fit_wide_and_tight(random_state: int) -> tuple[GaussianMixture, FloatArray, IntArray]:
    """Return the mixture of activities 2 and 3, its points (n, 2), and the blob of each (n,): 0 is the wide one."""
    X, labels = wide_and_tight(random_state=random_state)
    return GaussianMixture(2, n_init=5, random_state=random_state).fit(X), X, labels


def recover_unequal_blobs(random_state: int = 0) -> Activity[UnequalBlobs]:
    """Fit two components to two blobs of unequal size and spread, and put k-means beside them.

    Parameters
    ----------
    random_state : int, default=0
        Seeds the points and the fit.

    Examples
    --------
    >>> found = recover_unequal_blobs(random_state=0).numbers
    >>> found.recovery.fitted.weights.round(2)
    array([0.9, 0.1])
    """
    gmm, X, labels = fit_wide_and_tight(random_state)
    recovery = recover(gmm, X, labels, np.array([[-2.0, 0.0], [2.0, 0.0]]), np.array([1.0, 0.25]))
    clusters = KMeans(2, n_init=10, random_state=0).fit(X)  # as plot_kmeans draws it
    tight = int(np.argmax(np.bincount(clusters.labels_[labels == 1], minlength=2)))
    found = UnequalBlobs(
        recovery,
        mixture_ari=float(adjusted_rand_score(labels, gmm.predict(X))),
        kmeans_ari=float(adjusted_rand_score(labels, clusters.labels_)),
        n_taken_by_kmeans=int((clusters.labels_[labels == 0] == tight).sum()),
    )
    body = (
        Gallery(
            (
                capture(
                    plot_gmm(gmm, X, ax=panel()),
                    alt="A wide group of points under large ellipses, and a small tight one at its right under "
                    "small ellipses.",
                    caption=f"The mixture. Adjusted Rand index {number(found.mixture_ari)}.",
                ),
                capture(
                    plot_kmeans(X, 2, ax=panel()),
                    alt="The same points, parted by k-means into two discs of like size.",
                    caption=f"k-means on the same points. Adjusted Rand index {number(found.kmeans_ari)}.",
                ),
            )
        ),
        recovery_table(
            recovery,
            _NAMES,
            "The truth, the fit, and their difference in standard errors. The tight blob has nine times fewer "
            "points, but its spread is four times smaller.",
        ),
    )
    return Activity(
        name="activity-2",
        title="Activity 2: a wide blob and a tight one",
        question=paragraphs(
            "Draw 450 points around (−2, 0) with a standard deviation of 1, and 50 around (2, 0) with 0.25. Now size "
            "and spread differ. Does the mixture still find both? And would k-means?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            "from mixtura import GaussianMixture\n"
            "from mixtura.datasets import wide_and_tight\n"
            "from mixtura.plots import plot_gmm, plot_kmeans\n\n"
            f"X, labels = wide_and_tight(random_state={random_state})\n"
            f"gmm = GaussianMixture(2, n_init=5, random_state={random_state}).fit(X)\n"
            "plot_gmm(gmm, X)\n"
            "plot_kmeans(X, 2)"
        ),
    )


def _answer(found: UnequalBlobs) -> str:
    recovery = found.recovery
    weights = listing([number(weight) for weight in recovery.fitted.weights])
    truth = listing([number(weight, 1) for weight in recovery.true.weights])
    n_wide = round(recovery.n_points * float(recovery.true.weights[0]))
    compared = (
        f"k-means gives {found.n_taken_by_kmeans} of the {n_wide} points of the wide blob to the tight one. It knows "
        "distances only, so it cuts half-way between two centres. The mixture has learned how far each blob reaches "
        "and how heavy it is, and cuts close to the tight one."
        if found.kmeans_ari < found.mixture_ari
        else "k-means does as well on these points: they lie far enough apart for its cut half-way between the centres."
    )
    return paragraphs(
        f"The weights are {weights}, where {truth} are right. {verdict(recovery, _NAMES)} The mixture misplaces "
        f"{recovery.n_misplaced} of {recovery.n_points} points.",
        compared,
    )


def _finding(found: UnequalBlobs) -> str:
    return (
        f"the mixture misplaces {found.recovery.n_misplaced} of {found.recovery.n_points} points; adjusted "
        f"Rand index {number(found.mixture_ari)}, that of k-means {number(found.kmeans_ari)}"
    )
