"""Ward: groups of rows merged two by two, each time those whose union adds the least sum of squares.

Ward (1963), "Hierarchical grouping to optimize an objective function", Journal of the American Statistical Association
58. Compiled where that was built, where no distances are kept, and SciPy's elsewhere, which has the same groups but for
ties.
"""

import numpy as np
from scipy.cluster.hierarchy import fcluster, ward

from mixtura.arrays import FloatArray, IntArray
from mixtura.compiled import compiled, instruction_set

__all__ = ["ward_groups"]


def ward_groups(rows: FloatArray, n_groups: int) -> IntArray:
    """Return labels (n,) from 0 of ``n_groups`` groups of ``rows`` (n, d); of fewer where SciPy meets ties."""
    functions = compiled()
    if functions is None:
        return np.unique(fcluster(ward(rows), n_groups, "maxclust"), return_inverse=True)[1]
    labels = np.empty(len(rows), dtype=np.int64)
    functions.ward(instruction_set(), np.ascontiguousarray(rows, dtype=np.float64), n_groups, labels)
    return labels
