"""Splitting: where to begin with one component more than a fitted mixture has."""

from copy import copy

import numpy as np

from mixtura import GaussianMixture, Mixture
from mixtura.arrays import FloatArray
from mixtura.selection.rows import Rows

__all__ = ["cut_component", "halve_component"]


def cut_component(fit: GaussianMixture, rows: Rows) -> FloatArray | None:
    """Return responsibilities (N, K + 1), those of noise not counted, in which one component is cut in two.

    It is the one that gains most, cut through its mean, across the direction in which its rows are spread most,
    features in units of their deviation. Ueda, Nakano, Ghahramani and Hinton (2000), "SMEM algorithm for mixture
    models", Neural Computation 12, section 4, split components too. None where no component has enough rows.
    """
    memberships = fit.predict_proba(rows.X).astype(np.float64)  # (N, K), with noise (N, K + 1)
    weights = np.ones(len(rows.X)) if rows.weights is None else rows.weights
    scaled = (rows.X - rows.X.mean(axis=0)) / np.maximum(rows.X.std(axis=0), np.finfo(np.float64).tiny)
    cuts = [_cut(scaled, weights * memberships[:, k]) for k in range(len(fit.weights_))]
    k = int(np.argmax([gain for gain, _ in cuts]))
    gain, beyond = cuts[k]
    if not np.isfinite(gain):
        return None
    divided: FloatArray = np.insert(memberships, k + 1, beyond * memberships[:, k], axis=1)  # noise stays the last
    divided[:, k] -= divided[:, k + 1]
    return divided


def halve_component(fit: GaussianMixture) -> GaussianMixture:
    """Return the same mixture with one component more, ready to be run on: the largest is there twice."""
    mixture, k = fit.mixture_, int(fit.mixture_.weights.argmax())
    order = [*range(k + 1), *range(k, mixture.n_components)]
    weights = mixture.weights[order]
    weights[k : k + 2] /= 2
    halved = copy(fit).set_params(n_components=len(order), init_params="random", warm_start=True)
    halved.mixture_ = Mixture(weights, mixture.means[order], mixture.covariances.select(order), mixture.noise)
    return halved


def _cut(scaled: FloatArray, counts: FloatArray) -> tuple[float, FloatArray]:
    """Return what a cut of a component gains in the classification likelihood, and which rows (N,) lie beyond it.

    ``counts`` (N,) are its responsibilities, weighted. A cut that leaves too few rows on a side gains nothing.
    """
    centred = scaled - np.average(scaled, axis=0, weights=counts)
    axis = np.linalg.eigh(centred.T @ (counts[:, None] * centred))[1][:, -1]
    beyond = (centred @ axis > 0).astype(np.float64)
    sides = [counts * beyond, counts * (1.0 - beyond)]
    if min(side.sum() for side in sides) <= scaled.shape[1] + 1:
        return -np.inf, beyond
    return _term(scaled, counts) - sum(_term(scaled, side) for side in sides), beyond


def _term(scaled: FloatArray, counts: FloatArray) -> float:
    """Return n log |S| - 2 n log n of rows that count ``counts`` (N,): twice what they cost, but for a constant."""
    total = counts.sum()
    centred = scaled - counts @ scaled / total
    log_volume = np.linalg.slogdet(centred.T @ (counts[:, None] * centred) / total)[1]
    return float(total * (log_volume - 2.0 * np.log(total)))
