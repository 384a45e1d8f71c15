"""The sum over classes: the whole of it where glances are right, never more than it, classes asked where they count."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp

from mixtura.images.class_sum import log_sum_over_classes

SHARES = np.array([0.5, 0.3, 0.2])
LOGS = np.random.default_rng(0).normal(-50.0, 30.0, size=(3, 200))


def test_nothing_that_counts_is_left_out():
    asked = []

    def score(number, rows):
        asked.append((number, len(rows)))
        return LOGS[number, rows]

    whole = logsumexp(LOGS + np.log(SHARES)[:, None], axis=0)
    assert_allclose(log_sum_over_classes(SHARES, LOGS, score, reach=40.0), whole, rtol=1e-14)
    assert sum(count for _, count in asked) < 0.8 * LOGS.size
    assert (log_sum_over_classes(SHARES, LOGS, score, reach=1.0) <= whole + 1e-12).all()


@pytest.mark.parametrize("level", [-np.inf, 0.0])
def test_images_whose_glances_are_alike_are_asked_of_all_classes(level):
    """Also where every glance says that there is no probability at all."""
    with np.errstate(invalid="raise"):
        found = log_sum_over_classes(SHARES, np.full((3, 2), level), lambda number, rows: np.log([0.1, 0.4])[rows], 5.0)
    assert_allclose(np.exp(found), [0.1, 0.4])
