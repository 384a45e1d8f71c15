"""The sum over classes of the probability of images whose class is not told."""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from mixtura.arrays import FloatArray, IntArray

__all__ = ["log_sum_over_classes"]


def log_sum_over_classes(
    shares: FloatArray, glances: FloatArray, score: Callable[[int, IntArray], FloatArray], reach: float
) -> FloatArray:
    """Return log sum_c share_c P(x | c) of images (n,), where most classes are ruled out by an estimate that is cheap.

    What is left out only lowers the sum: by a factor of less than C exp(-reach) where glances are right.

    Parameters
    ----------
    shares : array (C,)
        Of the classes.
    glances : array (C, n)
        Cheap estimates of log P(x | c).
    score : callable
        From the number of a class and of some images (m,) to log P(x | c) of those (m,).
    reach : float
        Classes more than so many nats below the best at a glance are left out.

    Examples
    --------
    >>> shares, logs = np.array([0.5, 0.5]), np.log([[0.1, 0.3], [0.3, 1e-9]])
    >>> np.exp(log_sum_over_classes(shares, logs, lambda c, rows: logs[c, rows], reach=9.0)).round(3)
    array([0.2 , 0.15])
    """
    logarithms = np.log(shares)[:, None]
    glances = glances + logarithms
    wanted = glances >= glances.max(axis=0) - reach  # (C, n)
    joint = np.full(wanted.shape, -np.inf)
    for number in range(len(shares)):
        rows = np.flatnonzero(wanted[number])
        if rows.size:
            joint[number, rows] = logarithms[number] + score(number, rows)
    total: FloatArray = logsumexp(joint, axis=0)
    return total
