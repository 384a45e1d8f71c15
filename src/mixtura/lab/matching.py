"""Matching: groups have no names, so each is paired with the true group that it shares most points with."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix

from mixtura.arrays import IntArray

__all__ = ["count_misplaced"]


def count_misplaced(truth: IntArray, groups: IntArray) -> int:
    """Count the points that are left outside by the best pairing of groups with true groups, both (n,).

    Examples
    --------
    >>> import numpy as np
    >>> count_misplaced(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 1]))
    1
    """
    shared = contingency_matrix(truth, groups)  # (true groups, groups)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    return int(len(np.asarray(truth)) - shared[rows, columns].sum())
