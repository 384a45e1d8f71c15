"""Points in the plane, one small set for each lesson: what a mixture finds, and where k-means fails.

Thin wrappers around scikit-learn's generators. ``random_state`` means what it means there: a seed, a
``RandomState`` to draw from, or None for NumPy's global one.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from sklearn.datasets import make_blobs, make_moons
from sklearn.utils import check_random_state

from mixtura.arrays import FloatArray, IntArray

RandomState: TypeAlias = int | np.random.RandomState | None
_SIDES = ((-2.0, 0.0), (2.0, 0.0))


def two_blobs(
    sizes: Sequence[int] = (250, 250),
    centres: Sequence[Sequence[float]] = _SIDES,
    spreads: Sequence[float] = (0.25, 0.25),
    *,
    random_state: RandomState = None,
) -> tuple[FloatArray, IntArray]:
    """Draw two compact round blobs that a mixture recovers at once.

    Parameters
    ----------
    sizes : sequence of int, default (250, 250)
        Points in each blob.
    centres : sequence of points, default ((-2, 0), (2, 0))
        The mean of each blob.
    spreads : sequence of float, default (0.25, 0.25)
        The standard deviation of each blob, the same in both directions.
    random_state : int, RandomState or None, default None
        What the points are drawn with.

    Returns
    -------
    X : array of shape (n, 2)
        The points, in random order.
    labels : int array of shape (n,)
        The blob of each point.

    Examples
    --------
    >>> X, labels = two_blobs(random_state=0)
    >>> X.shape, labels.shape
    ((500, 2), (500,))
    """
    X, labels = make_blobs(
        n_samples=list(sizes),
        centers=np.asarray(centres, dtype=float),
        cluster_std=list(spreads),
        random_state=random_state,
    )
    return X, labels


def wide_and_tight(*, random_state: RandomState = None) -> tuple[FloatArray, IntArray]:
    """Draw 450 points around (-2, 0) with deviation 1, and 50 around (2, 0) with deviation 0.25.

    Unequal in size and in spread: the boundary between them bends around the tight one, and far away on every
    side the wide one wins.

    Parameters
    ----------
    random_state : int, RandomState or None, default None
        What the points are drawn with.

    Returns
    -------
    X : array of shape (500, 2)
        The points, in random order.
    labels : int array of shape (500,)
        0 for the wide blob, 1 for the tight one.

    Examples
    --------
    >>> X, labels = wide_and_tight(random_state=0)
    >>> int((labels == 1).sum())
    50
    """
    return two_blobs(sizes=(450, 50), spreads=(1.0, 0.25), random_state=random_state)


def mapped_blobs(
    n_blobs: int = 3, n_per_blob: int = 100, *, spread: float = 0.75, random_state: RandomState = None
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Draw round blobs and send each through a random linear map of its own: they become long and slanted.

    Parameters
    ----------
    n_blobs : int, default 3
        How many; their centres are uniform in the square from -5 to 5.
    n_per_blob : int, default 100
        Points in each.
    spread : float, default 0.75
        The standard deviation of each blob before the map.
    random_state : int, RandomState or None, default None
        What centres, points and maps are drawn with.

    Returns
    -------
    before : array of shape (n_blobs * n_per_blob, 2)
        The round blobs, one after the other.
    after : array of shape (n_blobs * n_per_blob, 2)
        Each of them times a 2 x 2 matrix of standard normal numbers.
    labels : int array of shape (n_blobs * n_per_blob,)
        The blob of each point.

    Examples
    --------
    >>> before, after, labels = mapped_blobs(random_state=0)
    >>> before.shape, after.shape, labels.shape
    ((300, 2), (300, 2), (300,))
    """
    draw = check_random_state(random_state)
    before = np.empty((n_blobs, n_per_blob, 2))
    after = np.empty_like(before)
    for blob in range(n_blobs):
        before[blob], _ = make_blobs(
            n_samples=n_per_blob, centers=1, cluster_std=spread, center_box=(-5, 5), random_state=draw
        )
        after[blob] = before[blob] @ draw.normal(size=(2, 2))
    labels = np.repeat(np.arange(n_blobs), n_per_blob)
    return before.reshape(-1, 2), after.reshape(-1, 2), labels


def two_moons(
    n_samples: int = 200, noise: float = 0.05, *, random_state: RandomState = None
) -> tuple[FloatArray, IntArray]:
    """Draw two arcs that reach into each other: no single Gaussian fits one, several together do.

    Parameters
    ----------
    n_samples : int, default 200
        Points in both arcs together.
    noise : float, default 0.05
        The standard deviation of the points about their arc, whose radius is 1.
    random_state : int, RandomState or None, default None
        What the points are drawn with.

    Returns
    -------
    X : array of shape (n_samples, 2)
        The points, in random order.
    labels : int array of shape (n_samples,)
        The arc of each point.

    Examples
    --------
    >>> X, labels = two_moons(random_state=0)
    >>> X.shape
    (200, 2)
    """
    X, labels = make_moons(n_samples, noise=noise, random_state=random_state)
    return X, labels
