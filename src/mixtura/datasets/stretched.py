"""Long groups side by side, in any number of dimensions: where distances mislead and shapes do not."""

from collections.abc import Sequence

import numpy as np
from sklearn.utils import check_random_state

from mixtura.arrays import FloatArray, IntArray
from mixtura.datasets.toys import RandomState

__all__ = ["parallel_clusters"]


def parallel_clusters(
    n_samples: int = 600,
    n_features: int = 2,
    n_clusters: int = 2,
    *,
    length: float = 50.0,
    gap: float = 8.0,
    n_long: int | None = None,
    shares: Sequence[float] | None = None,
    random_state: RandomState = None,
) -> tuple[FloatArray, IntArray]:
    """Draw Gaussian groups that are long in the same directions and lie side by side in another, then turn them.

    Two rows of one group are ``length / gap`` times farther apart than two neighbouring groups are, so k-means, and
    what begins with it, cuts all groups across. Yet the groups hardly overlap: a gap of 8 deviations leaves 3 rows in
    100,000 on the wrong side.

    Parameters
    ----------
    n_samples : int, default 600
        Rows in all groups together.
    n_features : int, default 2
    n_clusters : int, default 2
    length : float, default 50
        Deviation of a group along its long directions, in units of its deviation along the others.
    gap : float, default 8
        Distance between the means of neighbouring groups, in the same unit.
    n_long : int or None, default None
        In how many directions a group is long; None for all but one.
    shares : sequence of float or None, default None
        Share of each group; None for equal ones.
    random_state : int, RandomState or None, default None
        What rows and rotation are drawn with.

    Returns
    -------
    X : array of shape (n_samples, n_features)
        The rows, in random order.
    labels : int array of shape (n_samples,)
        The group of each row.

    Raises
    ------
    ValueError
        If ``n_long`` is not below ``n_features``, or there is not one share for each group.

    Examples
    --------
    >>> X, labels = parallel_clusters(n_features=5, random_state=0)
    >>> X.shape, int(labels.max())
    ((600, 5), 1)
    """
    n_long = n_features - 1 if n_long is None else n_long
    if not 0 <= n_long < n_features:
        raise ValueError(
            f"Got n_long={n_long} with {n_features} features, expected 0 to {n_features - 1}: groups lie side by side "
            "in a direction in which they are not long."
        )
    if shares is not None and len(shares) != n_clusters:
        raise ValueError(f"Got {len(shares)} shares, expected {n_clusters}: one for each cluster.")
    draw = check_random_state(random_state)
    share = np.full(n_clusters, 1.0) if shares is None else np.asarray(shares, dtype=float)
    labels = draw.choice(n_clusters, n_samples, p=share / share.sum())
    deviations = np.where(np.arange(n_features) < n_features - n_long, 1.0, length)
    X = draw.standard_normal((n_samples, n_features)) * deviations
    X[:, 0] += gap * labels
    turn, _ = np.linalg.qr(draw.standard_normal((n_features, n_features)))
    return X @ turn, labels
