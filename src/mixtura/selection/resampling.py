"""Resampling: the ways to make data as they might have been."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray
from mixtura.selection.rows import Rows

__all__ = ["RESAMPLINGS", "Resampling"]


@dataclass(frozen=True)
class Resampling:
    """One way.

    Parameters
    ----------
    draw : callable
        From the fitted mixture, the rows, the number of the replicate and a generator, returns new rows, or the same
        rows with other weights.
    leaves_one_out : bool
        Whether replicates are as many as rows, and alike but for one row: standard errors are then larger than their
        spread by (n - 1) / √n.
    """

    draw: Callable[[GaussianMixture, Rows, int, Generator], Rows]
    leaves_one_out: bool = False


def _draw_rows(model: GaussianMixture, rows: Rows, number: int, generator: Generator) -> Rows:
    """As many rows as there are, drawn with replacement: Efron (1979), "Bootstrap methods: another look"."""
    shares = _weights(rows) / rows.weight
    return replace(rows, weights=generator.multinomial(max(round(rows.weight), 1), shares).astype(np.float64))


def _draw_weights(model: GaussianMixture, rows: Rows, number: int, generator: Generator) -> Rows:
    """Exponential weights, which are Dirichlet's but for a factor.

    Newton and Raftery (1994), "Approximate Bayesian inference with the weighted likelihood bootstrap", Journal of the
    Royal Statistical Society B 56, section 2.
    """
    return replace(rows, weights=_weights(rows) * generator.standard_exponential(len(rows.X)))


def _simulate(model: GaussianMixture, rows: Rows, number: int, generator: Generator) -> Rows:
    """Rows sampled from the fitted mixture."""
    return Rows(model.sample(max(round(rows.weight), 1), generator)[0])


def _leave_one_out(model: GaussianMixture, rows: Rows, number: int, generator: Generator) -> Rows:
    """All rows but one."""
    weights = np.ones(len(rows.X))
    weights[number] = 0.0
    return replace(rows, weights=weights)


def _weights(rows: Rows) -> FloatArray:
    return np.ones(len(rows.X)) if rows.weights is None else rows.weights


RESAMPLINGS: dict[str, Resampling] = {
    "nonparametric": Resampling(_draw_rows),
    "weighted_likelihood": Resampling(_draw_weights),
    "parametric": Resampling(_simulate),
    "jackknife": Resampling(_leave_one_out, leaves_one_out=True),
}
