"""Merging: which components are joined first, by the entropy of the memberships."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr

from mixtura.arrays import Array, FloatArray
from mixtura.clusters.merge_tree import MergeTree

__all__ = ["merge_components"]


def merge_components(responsibilities: ArrayLike, sample_weight: ArrayLike | None = None) -> MergeTree:
    """Join the two clusters whose union lowers the entropy most, until one is left.

    With t_nk the membership of row n in cluster k, each step joins the pair k, l with the largest

        Δ_kl = Σ_n w_n (-t_nk log t_nk - t_nl log t_nl + (t_nk + t_nl) log (t_nk + t_nl)),

    which is what is lost of the entropy -Σ_n w_n Σ_k t_nk log t_nk (Baudry, Raftery, Celeux, Lo and Gottardo 2010,
    "Combining mixture components for clustering", Journal of Computational and Graphical Statistics 19, section 3; R's
    mclust has it as ``clustCombi``). The density of the mixture stays as it is: only what counts as a cluster changes.
    Δ_kl is summed here as Σ_n w_n (t_nk log(1 + t_nl / t_nk) + t_nl log(1 + t_nk / t_nl)), where nothing cancels, so
    even clusters that barely touch are joined in the right order.

    Parameters
    ----------
    responsibilities : array-like of shape (N, K)
        Non-negative. Rows sum to one, or to less where the rest belongs to noise, which is never joined.
    sample_weight : array-like of shape (N,), default=None
        Non-negative; 2 is a row twice.

    Returns
    -------
    MergeTree

    Raises
    ------
    ValueError
        If shapes disagree, or an entry is negative, NaN or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> merge_components(np.array([[0.6, 0.4, 0.0], [0.0, 0.1, 0.9]])).pairs
    array([[0, 1],
           [2, 3]])
    """
    shares = np.asarray(responsibilities, dtype=np.float64)
    if shares.ndim != 2 or not shares.size or not np.isfinite(shares).all() or (shares < 0).any():
        raise ValueError(
            f"Got responsibilities of shape {shares.shape}, expected (N, K) with finite entries of at least 0: what "
            "predict_proba returns."
        )
    weights = np.ones(len(shares)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != shares.shape[:1] or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(
            f"Got sample_weight of shape {weights.shape}, expected ({len(shares)},) finite numbers of at least 0: one "
            "for each row."
        )
    kept = weights > 0
    columns = [np.ascontiguousarray(column) for column in shares[kept].T]
    return _merge(columns, weights[kept])


def _merge(columns: list[FloatArray], weights: FloatArray) -> MergeTree:
    """Join the clusters whose memberships are ``columns``, K of shape (N,)."""
    n_components = len(columns)
    gains = _gains(columns, weights)  # (K, K), the upper triangle
    overlaps = _overlaps(gains, columns, weights)  # (K, K), symmetric
    names, groups = list(range(n_components)), [[k] for k in range(n_components)]
    entropies = [sum(float(weights @ entr(column)) for column in columns)]
    pairs, rows, bridges = [], [], []
    for step in range(n_components - 1):
        k, m = (int(i) for i in np.unravel_index(gains.argmax(), gains.shape))
        winners = np.argmax(columns, axis=0)
        rows.append(float(weights[(winners == k) | (winners == m)].sum()))
        bridges.append(float(overlaps[np.ix_(groups[k], groups[m])].max()))
        pairs.append(sorted((names[k], names[m])))
        columns[k] = columns[k] + columns[m]
        groups[k] = groups[k] + groups[m]
        names[k] = n_components + step
        for parts in (columns, groups, names):
            del parts[m]
        gains = np.delete(np.delete(gains, m, axis=0), m, axis=1)
        gains[:k, k] = [_gain(column, columns[k], weights) for column in columns[:k]]
        gains[k, k + 1 :] = [_gain(columns[k], column, weights) for column in columns[k + 1 :]]
        entropies.append(sum(float(weights @ entr(column)) for column in columns))
    return MergeTree(np.array(pairs, dtype=np.intp), np.array(entropies[::-1]), np.array(rows), np.array(bridges))


def _gains(columns: list[FloatArray], weights: FloatArray) -> FloatArray:
    """Return Δ of all pairs in the upper triangle (K, K), and -1 elsewhere."""
    gains = np.full((len(columns), len(columns)), -1.0)
    for k, column in enumerate(columns):
        gains[k, k + 1 :] = [_gain(column, other, weights) for other in columns[k + 1 :]]
    return gains


def _gain(one: FloatArray, other: FloatArray, weights: FloatArray) -> float:
    """Return Δ of two clusters, in nats: how unsure their rows are which of the two they belong to."""
    both: Array = np.flatnonzero((one > 0) & (other > 0))
    t, s = one[both], other[both]
    with np.errstate(over="ignore", under="ignore"):  # a ratio may be infinite, where the other side settles the sum
        unsure = t * np.log1p(s / t) + s * np.log1p(t / s)
    return float(weights[both] @ np.where(np.isfinite(unsure), unsure, 0.0))


def _overlaps(gains: FloatArray, columns: list[FloatArray], weights: FloatArray) -> FloatArray:
    """Return Δ_kl as a part of the largest that two components of such counts can have, of all pairs (K, K).

    With n_k = Σ_n w_n t_nk that is n_k log(1 + n_l / n_k) + n_l log(1 + n_k / n_l), Δ of memberships in the same
    proportion everywhere: Δ is concave and of degree one in the memberships of a row, so the sum over rows is at most
    Δ of the sums.
    """
    counts = np.array([weights @ column for column in columns])[:, None]  # (K, 1): one row for all
    one = np.ones(1)
    largest = [[_gain(count, other, one) for other in counts] for count in counts]  # (K, K)
    overlaps: FloatArray = np.maximum(gains, gains.T) / np.maximum(largest, np.finfo(np.float64).tiny)
    return np.clip(overlaps, 0.0, 1.0)  # rounding may pass 1
