"""The loop: sweep, update, compare, until the likelihood stops changing.

An engine sweeps the data and returns moments; a structure turns moments into a new mixture. This file knows both by
their contracts only.

Source: Dempster, Laird and Rubin (1977), "Maximum likelihood from incomplete data via the EM algorithm"; for mixtures
McLachlan and Peel (2000), "Finite Mixture Models", equations (3.2) to (3.8).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from mixtura.engines.contract import Engine
from mixtura.forms import NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import Need
from mixtura.outcome import Fit, Outcome
from mixtura.regularisation import Regularisation
from mixtura.structures.contract import Structure

__all__ = ["Observer", "StoppingRule", "expect", "maximise", "run"]

Observer = Callable[[int, Mixture, float, float], bool | None]
"""Called after each iteration with its number, mixture, mean log-likelihood and change; true asks to stop."""

_CANCELLATION = 1e2
"""A sweep whose sums lose more than these two digits is taken again, about the means that it found.

Sums of float32 rows may have seven digits to begin with.
"""


@dataclass(frozen=True)
class StoppingRule:
    """Stop one iteration after the mean log-likelihood changed by no more than ``tol`` nats, or after ``max_iter``.

    The sweep that shows so small a change has already summed what the next maximisation needs, so that one is taken
    too. These are scikit-learn's iterations: it compares the mixtures before its last maximisation.
    """

    tol: float = 1e-3
    max_iter: int = 100


def run(
    engine: Engine,
    structure: Structure,
    start: Mixture,
    stop: StoppingRule,
    regularisation: Regularisation,
    observe: Observer = lambda *_: False,
) -> Fit:
    """Run EM from ``start`` and return how it went. Prints nothing, warns of nothing, raises nothing of its own."""
    mixture, outcome = start, Outcome.UNFINISHED if stop.max_iter else Outcome.STARTED
    moments = expect(engine, mixture, structure.need_of(mixture))
    history = [moments.mean_log_likelihood]
    for iteration in range(1, stop.max_iter + 1):
        if not any(moments.counts.tolist()):
            outcome = Outcome.DROWNED
            break
        try:
            candidate = maximise(structure, moments, mixture, regularisation)
        except NotPositiveDefiniteError:
            outcome = Outcome.COLLAPSED
            break
        del moments  # as large as the mixture: not kept beside those of the next sweep
        moments = expect(engine, candidate, structure.need_of(candidate))
        if not isfinite(moments.mean_log_likelihood):
            outcome = Outcome.OVERFLOWED
            break
        mixture = candidate
        history.append(moments.mean_log_likelihood)
        change = history[-1] - history[-2]
        stopped = observe(iteration, mixture, history[-1], change)
        if outcome is Outcome.CONVERGED:  # by the iteration before; this one was paid for
            break
        if abs(change) <= stop.tol:  # a fall is a change too: it is not convergence
            outcome = Outcome.CONVERGED
        elif stopped:
            outcome = Outcome.STOPPED
        if stopped:
            break
    if outcome is Outcome.CONVERGED and mixture.submerged:
        outcome = Outcome.SUBMERGED
    elif outcome is Outcome.CONVERGED and not mixture.weights.all():
        outcome = Outcome.EMPTIED
    return Fit(mixture, tuple(history), outcome)


def expect(engine: Engine, mixture: Mixture, need: Need) -> Moments:
    """Sweep the data once; where means moved so far that digits cancel, once more about where they went."""
    moments = engine.sweep(mixture, need)
    return engine.sweep(mixture, need, moments.means) if moments.cancels(_CANCELLATION) else moments


def maximise(structure: Structure, moments: Moments, previous: Mixture, regularisation: Regularisation) -> Mixture:
    """Return the mixture that maximises the expected log-likelihood, pseudo-rows included.

    Raises
    ------
    NotPositiveDefiniteError
        If a component collapsed.
    """
    covariances = structure.update(regularisation.added_to(moments), previous)
    collapsed = covariances.variances <= regularisation.least  # (K or 1, D)
    if collapsed.any():
        raise NotPositiveDefiniteError(int(collapsed.any(axis=1).argmax()))
    noise = previous.noise and previous.noise.with_share(float(moments.noise / moments.weight))
    return Mixture(moments.weights, moments.means, covariances, noise)
