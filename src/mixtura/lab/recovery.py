"""Recovery: what a mixture found beside what the points were drawn from."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray, IntArray
from mixtura.lab.activity import Table
from mixtura.lab.wording import number, signed

__all__ = ["Parameters", "Recovery", "recover", "recovery_table"]


@dataclass(frozen=True, eq=False)
class Parameters:
    """Weights, means and covariances of K components in the plane, or their standard errors."""

    weights: FloatArray  # (K,)
    means: FloatArray  # (K, 2)
    covariances: FloatArray  # (K, 2, 2)


@dataclass(frozen=True, eq=False)
class Recovery:
    """A fitted mixture in the order of the blobs that it was fitted to.

    Attributes
    ----------
    true, fitted : Parameters
        What the points were drawn from, and what the mixture found.
    chance : Parameters
        Standard errors: how far the average of so many points lies from the truth by chance. For the weights they
        are zero, since the sizes of the blobs are not drawn.
    order : array (K,)
        The component that stands for each blob.
    n_misplaced : int
        Points whose most probable component is not that of their blob.
    n_points : int
    n_iterations : int
        Of EM.
    converged : bool
    """

    true: Parameters
    fitted: Parameters
    chance: Parameters
    order: IntArray  # (K,)
    n_misplaced: int
    n_points: int
    n_iterations: int
    converged: bool

    @property
    def surprises(self) -> FloatArray:
        """Errors of means and of distinct covariances, each in units of its standard error (K, 5)."""
        rows = []
        for blob in range(len(self.order)):
            mean = (self.fitted.means - self.true.means)[blob] / self.chance.means[blob]  # (2,)
            spread = (self.fitted.covariances - self.true.covariances)[blob] / self.chance.covariances[blob]  # (2, 2)
            rows.append([*mean, spread[0, 0], spread[1, 1], spread[0, 1]])
        return np.array(rows)


def recover(
    gmm: GaussianMixture, X: FloatArray, labels: IntArray, centres: FloatArray, spreads: FloatArray
) -> Recovery:
    """Put a mixture with full covariances beside the round blobs that it was fitted to.

    Parameters
    ----------
    gmm : GaussianMixture
        Fitted to X, with as many components as blobs.
    X, labels : arrays (n, 2) and (n,)
        The points, and the blob that each was drawn from.
    centres, spreads : arrays (K, 2) and (K,)
        Mean and standard deviation of each blob.
    """
    sizes = np.bincount(labels)  # (K,)
    distances = np.linalg.norm(centres[:, None] - gmm.means_, axis=2)  # (blobs, components)
    order = linear_sum_assignment(distances)[1]  # (K,)
    variances = spreads**2  # (K,)
    # Of n draws, a mean has the deviation s / sqrt(n), a variance s² sqrt(2 / n), a covariance s² / sqrt(n).
    shape = np.array([[np.sqrt(2.0), 1.0], [1.0, np.sqrt(2.0)]])
    return Recovery(
        true=Parameters(sizes / len(X), centres, variances[:, None, None] * np.eye(2)),
        fitted=Parameters(gmm.weights_[order], gmm.means_[order], gmm.covariances_[order]),
        chance=Parameters(
            np.zeros(len(sizes)),
            np.repeat((spreads / np.sqrt(sizes))[:, None], 2, axis=1),
            (variances / np.sqrt(sizes))[:, None, None] * shape,
        ),
        order=order,
        n_misplaced=int((np.argsort(order)[gmm.predict(X)] != labels).sum()),
        n_points=len(X),
        n_iterations=gmm.n_iter_,
        converged=gmm.converged_,
    )


QUANTITIES = ("mean, first feature", "mean, second feature", "variance, first", "variance, second", "covariance")
"""What the five columns of `Recovery.surprises` are of."""


def recovery_table(found: Recovery, names: tuple[str, ...], caption: str) -> Table:
    """Write every parameter out: what it is, what was found, and how many standard errors lie between."""
    rows = []
    for blob, name in enumerate(names):
        true, fitted = _five(found.true, blob), _five(found.fitted, blob)
        rows.append((f"{name}: weight", *(number(p.weights[blob]) for p in (found.true, found.fitted)), ""))
        for quantity, a, b, surprise in zip(QUANTITIES, true, fitted, found.surprises[blob], strict=True):
            rows.append((f"{name}: {quantity}", number(a, 4), number(b, 4), signed(surprise, 1)))
    return Table(("quantity", "true", "fitted", "error, in standard errors"), tuple(rows), caption)


def _five(parameters: Parameters, blob: int) -> list[float]:
    covariance = parameters.covariances[blob]
    return [*parameters.means[blob], covariance[0, 0], covariance[1, 1], covariance[0, 1]]


def verdict(found: Recovery, names: tuple[str, ...]) -> str:
    """Say in one sentence whether the errors of means and covariances are those of chance."""
    blob, column = np.unravel_index(np.abs(found.surprises).argmax(), found.surprises.shape)
    size = abs(float(found.surprises[blob, column]))
    farthest = f"the {QUANTITIES[column].split(',')[0]} of the {names[blob]} blob"
    lies = f"Of all means and covariances, {farthest} lies farthest off, by {number(size, 1)} standard errors"
    return lies + (
        ": no more than chance alone does to so few points."
        if size <= MOST_BY_CHANCE
        else ": more than chance alone does as a rule, so something else is at work, such as blobs that overlap."
    )


MOST_BY_CHANCE = 3.0
"""Standard errors: the largest of ten draws exceeds it in 3 of 100 runs."""
