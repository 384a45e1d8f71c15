"""Reseeding: a component that lost its rows begins again where the mixture explains rows worst."""

import numpy as np

from mixtura import em
from mixtura.engines.memory import Memory
from mixtura.mixture import Mixture
from mixtura.outcome import Fit
from mixtura.starts import Ground

__all__ = ["run_reseeding"]

_ATTEMPTS = 3
_FEWEST_ROWS = 1.0
"""A component with less than this weight of rows is dead."""


def run_reseeding(ground: Ground, start: Mixture, stop: em.StoppingRule, observe: em.Observer) -> Fit:
    """Run EM; while components are dead and iterations are left, put them elsewhere and run on.

    A dead component goes to the row of least density, with the covariance of the heaviest component and half of its
    weight, and the next dead one to the next row. The run with the higher likelihood is kept, so nothing is lost; its
    history holds all iterations that led to it.
    """
    best = em.run(ground.engine, ground.structure, start, stop, ground.regularisation, observe)
    for _ in range(_ATTEMPTS):
        left = em.StoppingRule(stop.tol, stop.max_iter - best.n_iter)
        dead = _dead(ground.engine, best.mixture)
        if not dead.size or left.max_iter < 1 or not best.outcome.converged:
            break
        again = _reseeded(ground.engine, best.mixture, dead)
        fit = em.run(ground.engine, ground.structure, again, left, ground.regularisation, observe)
        if not fit.outcome.sound or fit.log_likelihood <= best.log_likelihood:
            break
        best = Fit(fit.mixture, (*best.history, *fit.history[1:]), fit.outcome)
    return best


def _dead(engine: Memory, mixture: Mixture) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    rows = len(engine.rows) if engine.weights is None else engine.weights.sum() / engine.weights.max()
    return np.flatnonzero(mixture.weights * rows < _FEWEST_ROWS)


def _reseeded(engine: Memory, mixture: Mixture, dead: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Mixture:
    worst = np.argsort(engine.assign(mixture).log_densities, kind="stable")
    heaviest = int(np.argmax(mixture.weights))
    weights, means = mixture.weights.copy(), mixture.means.copy()
    order = np.arange(mixture.n_components)
    for place, k in enumerate(dead[: len(worst)]):
        means[k] = engine.rows[worst[place]]
        order[k] = heaviest
    weights[[heaviest, *dead]] = weights[heaviest] / (len(dead) + 1)
    return Mixture(weights / weights.sum(), means, mixture.covariances.select([int(k) for k in order]))
