"""Contest: of several starts, each polished by a few iterations, the one whose likelihood is highest and sound."""

from collections.abc import Callable, Sequence

import numpy as np

from mixtura import em
from mixtura.forms import NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.outcome import Fit
from mixtura.starts.ground import Ground

__all__ = ["best_polished"]

_ROUNDS = ((4, 0.5), (8, 0.25), (15, 0.0))
"""Iterations of each round, and the share of the starts that goes on to the next one: the last round keeps one."""

_SAME = 1e-7
"""Starts whose mean log-likelihoods are nearer than this after a round have met."""


def best_polished(starts: Sequence[Callable[[], Mixture]], ground: Ground) -> Mixture:
    """Return the best of ``starts`` after the rounds; the worse half leaves after each.

    Raises
    ------
    NotPositiveDefiniteError
        If every start is singular.
    """
    mixtures, singular = [], None
    for start in starts:
        try:
            mixtures.append(start())
        except NotPositiveDefiniteError as error:
            singular = error
    if singular is not None and not mixtures:
        raise singular
    for n_iter, share in _ROUNDS:
        stop = em.StoppingRule(1e-5, n_iter)
        fits = [em.run(ground.engine, ground.structure, start, stop, ground.regularisation) for start in mixtures]
        ranked = sorted(fits, key=lambda fit: _merit(fit, ground), reverse=True)
        mixtures = _distinct(ranked)[: max(int(np.ceil(share * len(starts))), 1)]
        if len(mixtures) == 1:
            break
    return mixtures[0]


def _merit(fit: Fit, ground: Ground) -> tuple[bool, float]:
    return fit.outcome.sound, fit.log_likelihood - _excess(fit.mixture, ground)


def _excess(mixture: Mixture, ground: Ground) -> float:
    """Return the penalty of components that are far narrower than the others, per unit of weight.

    With S the covariance within components, Σ_k [tr(S Σ_k⁻¹) - D - log|S Σ_k⁻¹|] / √n: it grows without bound where
    the likelihood does, on components that have run onto a few rows (Chen and Tan 2009, "Inference for multivariate
    normal mixtures", Journal of Multivariate Analysis 100, equation (2), whose S is of all rows).
    """
    filled = [int(k) for k in np.flatnonzero(mixture.weights)]
    matrices = np.stack([mixture.covariances.matrix(k) for k in filled])
    within = np.einsum("k,kde->de", mixture.weights[filled], matrices)
    ratios = np.linalg.solve(matrices, within)
    _, log_ratios = np.linalg.slogdet(ratios)
    penalty = np.einsum("kdd->", ratios) - len(filled) * len(within) - log_ratios.sum()
    return float(penalty) / len(ground.engine.rows) ** 1.5


def _distinct(ranked: Sequence[Fit]) -> list[Mixture]:
    """Drop fits whose likelihood equals that of one before."""
    kept: list[Fit] = []
    for fit in ranked:
        if all(abs(fit.log_likelihood - other.log_likelihood) > _SAME for other in kept):
            kept.append(fit)
    return [fit.mixture for fit in kept]
