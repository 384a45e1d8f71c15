"""Pruning: once EM has converged with all factors, those that do not pay for their parameters are dropped."""

from mixtura import em
from mixtura.forms import NotPositiveDefiniteError
from mixtura.low_rank import LowRank
from mixtura.outcome import Fit
from mixtura.starts import Ground
from mixtura.structures.factors import Factors

__all__ = ["merit", "prune"]


def prune(ground: Ground, fit: Fit, stop: em.StoppingRule, observe: em.Observer, price: float) -> Fit:
    """Drop factors that are not worth ``price`` for each parameter and run on, as long as that and iterations last.

    Not before EM has converged: until its direction is found a factor explains little, and one that is dropped is not
    missed. Each round ends with a higher `merit`, or the fit before it is kept. The history holds all iterations.
    """
    assert isinstance(ground.structure, Factors)
    best, structure = fit, ground.structure
    while best.outcome.converged and best.n_iter < stop.max_iter:
        moments = em.expect(ground.engine, best.mixture, structure.need_of(best.mixture))
        try:
            fewer = structure.pruned(ground.regularisation.added_to(moments), best.mixture, price)
        except NotPositiveDefiniteError:  # one more iteration would have collapsed
            break
        if fewer is structure:
            break
        left = em.StoppingRule(stop.tol, stop.max_iter - best.n_iter)
        fit = em.run(ground.engine, fewer, best.mixture, left, ground.regularisation, observe)
        if not fit.outcome.sound or merit(ground, fit, price) <= merit(ground, best, price):
            break
        best, structure = Fit(fit.mixture, (*best.history, *fit.history[1:]), fit.outcome), fewer
    return best


def merit(ground: Ground, fit: Fit, price: float) -> float:
    """Return the mean log-likelihood less half the ``price`` of all loadings; at log N it falls as the BIC rises."""
    structure, form = ground.structure, fit.mixture.covariances
    assert isinstance(structure, Factors)
    assert isinstance(form, LowRank)
    return fit.log_likelihood - price * structure.n_parameters_in_use(form) / (2 * ground.engine.weight)
