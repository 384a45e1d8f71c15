"""Activity 1: two compact blobs. What are the weights, means and covariances?"""

import numpy as np

from mixtura import GaussianMixture
from mixtura.datasets import two_blobs
from mixtura.lab.activity import Activity, Gallery
from mixtura.lab.figures import capture, panel, scatter_groups
from mixtura.lab.recovery import Recovery, recover, recovery_table, verdict
from mixtura.lab.wording import count, listing, number, paragraphs
from mixtura.plots import plot_gmm

__all__ = ["recover_two_blobs"]

_NAMES = ("left", "right")


def recover_two_blobs(random_state: int = 0) -> Activity[Recovery]:
    """Fit two components to two compact blobs, and compare what was drawn with what was found.

    Parameters
    ----------
    random_state : int, default=0
        Seeds the points and the fit.

    Examples
    --------
    >>> found = recover_two_blobs(random_state=0).numbers
    >>> found.n_misplaced, found.fitted.weights.round(3)
    (0, array([0.5, 0.5]))
    """
    centres, spreads = np.array([[-2.0, 0.0], [2.0, 0.0]]), np.array([0.25, 0.25])
    X, labels = two_blobs((250, 250), centres.tolist(), spreads.tolist(), random_state=random_state)
    gmm = GaussianMixture(2, random_state=random_state).fit(X)
    found = recover(gmm, X, labels, centres, spreads)
    body = (
        Gallery(
            (
                capture(
                    scatter_groups(X, np.zeros(len(X), dtype=np.intp), "the points"),
                    alt=f"Two separate round groups of points around {_places(found)}.",
                    caption="What the mixture sees: points without labels.",
                ),
                capture(
                    plot_gmm(gmm, X, ax=panel()),
                    alt="The same points in two colours, each group under three ellipses.",
                    caption="What it finds, told only to use two components. "
                    f"{'EM converged' if found.converged else 'EM was stopped'} after "
                    f"{count(found.n_iterations, 'iteration')}: the start was right already."
                    if found.n_iterations == 1
                    else "What it finds, told only to use two components.",
                ),
            )
        ),
        recovery_table(
            found,
            _NAMES,
            "The truth, the fit, and their difference in standard errors, which is how far an average of 250 points "
            "lies from the truth by chance.",
        ),
    )
    return Activity(
        name="activity-1",
        title="Activity 1: two compact blobs",
        question=paragraphs(
            "Draw 250 points around (−2, 0) and 250 around (2, 0), both with a standard deviation of 0.25, and fit a "
            "mixture of two Gaussians. Before you look: which weights do you expect, which centres, and which "
            "covariance matrices?",
            "Expect weights of one half, since half of the points belong to each blob. Expect the centres "
            "themselves. And expect 0.25² = 0.0625 on the diagonals of the covariances and 0 off them, since the "
            "blobs are round.",
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            "from mixtura import GaussianMixture\n"
            "from mixtura.datasets import two_blobs\n\n"
            f"X, labels = two_blobs(random_state={random_state})\n"
            f"gmm = GaussianMixture(2, random_state={random_state}).fit(X)\n"
            "print(gmm.weights_, gmm.means_, gmm.covariances_)"
        ),
    )


def _places(found: Recovery) -> str:
    return listing([f"({number(x, 1)}, {number(y, 1)})" for x, y in found.true.means])


def _answer(found: Recovery) -> str:
    weights = listing([number(weight) for weight in found.fitted.weights])
    placed = (
        f"all {found.n_points} points are given to the component of their own blob"
        if not found.n_misplaced
        else f"{found.n_misplaced} of {found.n_points} points are given to the component of the other blob"
    )
    return paragraphs(
        f"The weights are {weights}; they sum to {number(float(found.fitted.weights.sum()))}, as weights must. "
        f"{verdict(found, _NAMES)} And {placed}.",
        "Which component stands for which blob is arbitrary. In this run "
        + listing([f"component {part} is the {name} blob" for name, part in zip(_NAMES, found.order, strict=True)])
        + "; with another seed it may be the other way round, and the density is the same.",
    )


def _finding(found: Recovery) -> str:
    size = float(np.abs(found.surprises).max())
    weights = listing([number(weight) for weight in found.fitted.weights])
    return (
        f"the weights are {weights}; means and covariances lie within {number(size, 1)} standard errors of the truth, "
        f"and {found.n_misplaced} of {found.n_points} points are misplaced"
    )
