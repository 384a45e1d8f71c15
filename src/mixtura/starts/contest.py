"""Contest: of many starts, each polished a little, the better ones are polished more, until one is left."""

from collections.abc import Callable, Iterable

import numpy as np

from mixtura import em
from mixtura.forms import Diagonal, NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.outcome import Fit
from mixtura.starts.ground import Ground

__all__ = ["ROUNDS", "best_polished"]

ROUNDS = ((2, 6), (5, 3), (12, 1))
"""In each round: iterations of EM for each start, and how many starts are left after it."""

_MANY = 128
"""More features than this, and components are not compared in every direction: it would take longer than EM."""

_SAME = 1e-7
"""Starts whose mean log-likelihoods are nearer than this after a round have met."""


def best_polished(starts: Iterable[Callable[[], Mixture]], sample: Ground, ground: Ground) -> Mixture:
    """Return what one iteration of EM on all rows, ``ground``, makes of the best of ``starts`` after all rounds.

    The rounds are run on the rows of ``sample``. Starts that are singular, or that collapse, are left out.

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
    for n_iter, n_left in ROUNDS:
        stop = em.StoppingRule(1e-5, n_iter)
        fits = [em.run(sample.engine, sample.structure, start, stop, sample.regularisation) for start in mixtures]
        ranked = _unlike(sorted(fits, key=lambda fit: _merit(fit, sample), reverse=True))
        mixtures = ranked[:n_left]
        if len(mixtures) == 1:
            break
    for mixture in ranked:
        moments = em.expect(ground.engine, mixture, ground.structure.need_of(mixture))
        if not moments.counts.any():
            return mixture  # EM will say that noise took every row
        try:
            return em.maximise(ground.structure, moments, mixture, ground.regularisation)
        except NotPositiveDefiniteError:
            continue
    return ranked[0]  # EM will say that it collapses


def _merit(fit: Fit, ground: Ground) -> tuple[bool, float]:
    return fit.outcome.sound, fit.log_likelihood - _excess(fit.mixture) / len(ground.engine.rows) ** 1.5


def _excess(mixture: Mixture) -> float:
    """Return how far narrower than the others some components are: Σ_k [tr(S Σ_k⁻¹) - D - log|S Σ_k⁻¹|].

    S is the covariance within components, and empty components do not count. Times 1/√n in the log-likelihood of n
    rows, it is next to nothing for sensible mixtures, and grows faster than the likelihood where a component runs onto
    a few rows (Chen and Tan 2009, "Inference for multivariate normal mixtures", Journal of Multivariate Analysis 100,
    section 2; their S is of all rows, which long parallel groups would suffer from). Where features are independent or
    very many, each is looked at by itself.
    """
    filled = np.flatnonzero(mixture.weights)
    if isinstance(mixture.covariances, Diagonal) or mixture.n_features > _MANY:
        variances = np.broadcast_to(mixture.covariances.variances, mixture.means.shape)[filled]  # (K, D)
        narrower = mixture.weights[filled] @ variances / variances
        return float((narrower - 1.0 - np.log(narrower)).sum())
    matrices = np.stack([mixture.covariances.matrix(int(k)) for k in filled])  # (K, D, D)
    within = np.einsum("k,kde->de", mixture.weights[filled], matrices)
    ratios = np.linalg.solve(matrices, within)
    _, log_determinants = np.linalg.slogdet(ratios)
    return float(np.einsum("kdd->", ratios) - len(filled) * len(within) - log_determinants.sum())


def _unlike(ranked: list[Fit]) -> list[Mixture]:
    """Return the mixtures of fits in order, without those that have met one before."""
    kept: list[Fit] = []
    for fit in ranked:
        if all(abs(fit.log_likelihood - other.log_likelihood) > _SAME for other in kept):
            kept.append(fit)
    return [fit.mixture for fit in kept]
