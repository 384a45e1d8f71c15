"""Narrow arithmetic: when a sweep of float32 rows may compute in float32, with sums of more than a few rows in float64.

The compiled kernel subtracts the nearest float32 to a mean first, so it does not matter where the data lie. What it
costs is said, with the bound, in ``native/include/mixtura/lane_model.hpp``; the conditions of that bound stand in
``narrow.hpp`` beside it.

The mean log-likelihood that a sweep reports is off by at most about 2^-23 D sqrt(V) nats, where V is the largest
variance inflation factor of a component: 1.1e-5 nats a feature at the limit. That is what rounding adds up to where it
never averages out, as on few distinct values with strong correlations, the hardest rows known; there it was found to be
a tenth of that. With up to 16 features a row 22 nats below the largest height loses another 1.3e-6 nats at most (see
``reference.hpp`` there). A step of EM on them loses less than 1e-5 nats a row against float64, up to 200 features.
Whole fits of discrete, offset and badly scaled rows end where those in float64 do.

Where one component's factor is above the limit the whole sweep is in float64: of many features the sums are so anyway,
and what is left to gain is a third of it.
"""

import numpy as np

from mixtura.arrays import Array
from mixtura.forms import Dense
from mixtura.kernels import _native
from mixtura.mixture import Mixture

__all__ = ["suffices"]


def suffices(rows: Array, mixture: Mixture) -> bool:
    """Whether float32 arithmetic suffices for these rows (N, D): the answer depends on their type and the mixture."""
    if rows.dtype != np.float32:
        return False
    form = mixture.covariances
    return _native.suffices_in_floats(
        means=np.ascontiguousarray(mixture.means),
        variances=np.ascontiguousarray(form.variances),
        whiteners=np.ascontiguousarray(form.whiteners),
        log_scales=np.ascontiguousarray(mixture.log_scales),
        dense=isinstance(form, Dense),
        shared=form.shared,
    )
