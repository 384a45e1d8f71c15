"""Lloyd: k-means itself, compiled where that was built, and scikit-learn's elsewhere.

Both draw the same numbers and take the same steps, so they find the same centres, to rounding; scikit-learn's takes a
millisecond or two for its checks before it begins, which is more than all the work for a few thousand rows.
"""

import warnings

import numpy as np
from numpy.random import RandomState
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning

from mixtura.arrays import FloatArray, IntArray
from mixtura.compiled import compiled, instruction_set

__all__ = ["find_centres", "move_centres"]


def find_centres(
    rows: FloatArray, weights: FloatArray, n_clusters: int, most: int, random: RandomState, trials: int | None = None
) -> tuple[FloatArray, IntArray]:
    """Return k-means centres (K, D) of ``rows`` (n, D) of ``weights`` (n,), and the nearest of each row (n,).

    The first centres are drawn far apart (Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful
    seeding", section 2.2), the best of several ``trials`` each time; then they move at most ``most`` times (Lloyd 1982,
    "Least squares quantization in PCM").
    """
    trials = trials or 2 + int(np.log(n_clusters))  # as scikit-learn has it
    if compiled() is None:
        return _find_centres(rows, weights, n_clusters, most, random, trials)
    draws = random.random_sample(1 + trials * (n_clusters - 1))
    return _run(rows, weights, draws, most, np.empty((n_clusters, rows.shape[1])))


def move_centres(rows: FloatArray, weights: FloatArray, centres: FloatArray, most: int) -> tuple[FloatArray, IntArray]:
    """Return where k-means takes given ``centres`` (K, D) in at most ``most`` moves, and the nearest of each row."""
    if compiled() is None:
        return _ask_sklearn(KMeans(len(centres), init=centres, n_init=1, max_iter=most), rows, weights)
    return _run(rows, weights, np.empty(0), most, centres.copy())


def _run(
    rows: FloatArray, weights: FloatArray, draws: FloatArray, most: int, centres: FloatArray
) -> tuple[FloatArray, IntArray]:
    functions = compiled()
    assert functions is not None
    labels = np.empty(len(rows), dtype=np.int64)
    white = np.ascontiguousarray(rows, dtype=np.float64)
    functions.k_means(instruction_set(), white, weights, draws, most, centres, labels)
    return centres, labels


def _find_centres(
    rows: FloatArray, weights: FloatArray, n_clusters: int, most: int, random: RandomState, trials: int
) -> tuple[FloatArray, IntArray]:
    def begin(X: FloatArray, n_clusters: int, random_state: RandomState) -> FloatArray:
        drawn: FloatArray = kmeans_plusplus(
            X, n_clusters, sample_weight=weights, random_state=random_state, n_local_trials=trials
        )[0]
        return drawn

    return _ask_sklearn(KMeans(n_clusters, init=begin, n_init=1, max_iter=most, random_state=random), rows, weights)


def _ask_sklearn(model: KMeans, rows: FloatArray, weights: FloatArray) -> tuple[FloatArray, IntArray]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct rows than clusters: some stay empty
        model.fit(rows, sample_weight=weights)
    return model.cluster_centers_, model.labels_.astype(np.intp)
