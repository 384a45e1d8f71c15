"""Directions: lines on which white rows fall apart into groups, however long the groups are across them.

K-means and hierarchies look at distances, and long parallel groups are no farther from each other than from
themselves. White rows have the same variance along every line, so what is left to tell lines apart is the shape of the
rows' distribution along them: two groups make it flat (negative excess kurtosis) or lopsided (skewness). Peña and
Prieto (2001), "Cluster identification using projections", Journal of the American Statistical Association 96, show
that the line of least kurtosis is Fisher's discriminant between two groups, whatever covariance they share.

Symbols: n rows of D features, m lines.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState

from mixtura.arrays import FloatArray

__all__ = ["Projection", "pursue"]

_LINES = 40
"""Lines from which the search begins, at most."""

_STEPS = 15
"""The fixed point is reached at a cubic rate; a line that is not there by then leads to no groups."""

_ROUNDS = 20
"""How often outliers are looked for, at most: where there are none, once."""

_NARROWEST = 1e-4
"""Variances of groups on a line, as a share of that of all rows, are counted as no less than this."""


@dataclass(frozen=True, eq=False)
class Projection:
    """White rows on lines that are orthogonal in white coordinates, the line of the clearest groups first."""

    places: FloatArray  # (n, m)
    gains: FloatArray  # (m,) what the best split of each line gains, in nats per row; above 0: there are groups


def pursue(rows: FloatArray, counts: FloatArray, most: int = 8) -> Projection:
    """Find at most ``most`` lines on which ``rows`` (n, D), each counted ``counts`` (n,) times, fall into groups.

    From each of some lines the search goes up the kurtosis or the skewness by the fixed-point iteration of Hyvärinen
    (1999), "Fast and robust fixed-point algorithms for independent component analysis", IEEE Transactions on Neural
    Networks 10, equation (20). It begins with the eigenvectors of fourth moments (Tyler, Critchley, Dümbgen and Oja
    2009, "Invariant co-ordinate selection", Journal of the Royal Statistical Society B 71) and with random lines,
    always the same.
    """
    share = counts / counts.sum()  # (n,)
    white, share = _white(rows, share)
    n_dims = white.shape[1]
    if n_dims == 0:
        return Projection(np.zeros((len(rows), 0)), np.zeros(0))
    weighted = white * share[:, None]
    lengths = np.einsum("nd,nd->n", white, white)
    _, moments = np.linalg.eigh((weighted * lengths[:, None]).T @ white)  # (D, D), least kurtosis first
    random, _ = np.linalg.qr(RandomState(0).standard_normal((n_dims, n_dims)))
    half = min(n_dims, _LINES // 2)
    ends = np.argsort(-np.abs(np.arange(n_dims) - (n_dims - 1) / 2), kind="stable")[:half]
    begun = np.concatenate([moments[:, ends], random[:, :half]], axis=1)  # (D, m)
    flat, lopsided = begun, begun
    for _ in range(_STEPS):
        places = white @ flat
        flat = _unit(weighted.T @ (places * places * places) - 3.0 * flat)
        places = white @ lopsided
        lopsided = _unit(weighted.T @ (places * places))
    lines = np.concatenate([flat, lopsided, begun], axis=1)
    gains = np.array([split_gain(place, share) for place in (white @ lines).T])

    chosen = np.zeros((n_dims, 0))
    found: list[float] = []
    for line in np.argsort(-gains, kind="stable"):
        rest = lines[:, line] - chosen @ (chosen.T @ lines[:, line])
        if len(found) < min(most, n_dims) and rest @ rest > 0.75:  # less than 30 degrees from what was chosen before
            chosen = np.column_stack([chosen, _unit(rest)])
            found.append(gains[line])
    return Projection(white @ chosen, np.array(found))


def split_gain(places: FloatArray, share: FloatArray) -> float:
    """Return how much the best cut of ``places`` (n,) into two Gaussians gains over one, in nats per row.

    It is the gain in classification likelihood, from which the groups' own shares are already taken: negative for
    one Gaussian, so that a positive gain means groups and needs no scale. Groups of less than 2 % of the rows are
    outliers.
    """
    order = np.argsort(places, kind="stable")
    u, w = places[order], share[order]
    below, first, second = np.cumsum(w), np.cumsum(w * u), np.cumsum(w * u * u)
    inner = slice(int(np.searchsorted(below, 0.02)), int(np.searchsorted(below, 0.98)))
    p, a, b = below[inner], first[inner], second[inner]
    if not p.size:
        return -np.inf
    q = below[-1] - p
    left = np.maximum(b / p - (a / p) ** 2, _NARROWEST)
    right = np.maximum((second[-1] - b) / q - ((first[-1] - a) / q) ** 2, _NARROWEST)
    whole = max(second[-1] - first[-1] ** 2, _NARROWEST)
    return float(
        (0.5 * np.log(whole) - p * (0.5 * np.log(left) - np.log(p)) - q * (0.5 * np.log(right) - np.log(q))).max()
    )


def _white(rows: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return rows (n, d) of unit covariance in as many dimensions as they can be known in, and shares (n,) to use.

    A few outliers have more kurtosis than any groups, so rows far outside get share 0, and the others are made white
    anew, until there are none. A group of share p lies √((1 - p) / p) outside: one of some percent is none.
    """
    white = rows - share @ rows
    scale = np.abs(white).max(axis=0)
    varied = scale > 1e-13 * np.abs(rows).max(axis=0)
    white = white[:, varied] / scale[varied]
    for _ in range(_ROUNDS):
        if not white.shape[1]:
            break
        white = white - share @ white
        values, axes = np.linalg.eigh((white * share[:, None]).T @ white)
        kept = np.flatnonzero(values > 1e-10 * values[-1])[-max(len(rows) // 5, 1) :]
        white = white @ (axes[:, kept] / np.sqrt(values[kept]))
        lengths = np.sqrt(np.einsum("nd,nd->n", white, white))
        near = lengths < 1.5 * np.sqrt(len(kept) + 4.0 * np.sqrt(2.0 * len(kept)))
        if near[share > 0].all() or share[near].sum() < 0.5:
            break
        share = np.where(near, share, 0.0) / share[near].sum()
    return white, share


def _unit(lines: FloatArray) -> FloatArray:
    lengths = np.sqrt((lines * lines).sum(axis=0))
    return lines / np.where(lengths > 0, lengths, 1.0)
