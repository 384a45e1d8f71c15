"""Narrow arithmetic: when a sweep of float32 rows may compute in float32, with sums of more than a few rows in float64.

The compiled kernel subtracts the nearest float32 to a mean first, so it does not matter where the data lie. What it
costs is said, with the bound, in ``native/include/mixtura/lane_model.hpp``. Here stand the conditions of that bound.

The mean log-likelihood that a sweep reports is off by at most about 2^-23 D sqrt(V) nats, where V is the largest
variance inflation factor of a component: 1.1e-5 nats a feature at the limit. That is what rounding adds up to where it
never averages out, as on few distinct values with strong correlations, the hardest rows known; there it was found to be
a tenth of that. With up to 16 features a row 22 nats below the largest height loses another 1.3e-6 nats at most (see
``reference.hpp`` there). A step of EM on them loses less than 1e-5 nats a row against float64, up to 200 features.
Whole fits of discrete, offset and badly scaled rows end where those in float64 do.

Where one component's factor is above the limit the whole sweep is in float64: of many features the sums are so anyway,
and what is left to gain is a third of it.
"""

from weakref import WeakKeyDictionary

import numpy as np

from mixtura.arrays import Array
from mixtura.forms import Dense
from mixtura.mixture import Mixture

__all__ = ["inflation", "suffices"]

_INFLATION = 2.0**13
"""Largest variance inflation factor: by it a maximisation multiplies what the sums have lost."""

_FEATURES = 512
"""More features make squared distances of ordinary rows so large that float32 loses digits of their densities."""

_HEIGHTS = 256.0
"""Largest ratio, in nats, between the heights of two components: float32 densities are relative to the highest."""

_RESOLUTION = 2.0**-24
"""Half the distance of float32 numbers, relative to them: deviations below it have no digits left."""

_LEAST, _MOST = 1e-24, 1e24
"""Variances whose squares and roots, and what they multiply, stay well inside float32."""


def suffices(rows: Array, mixture: Mixture) -> bool:
    """Whether float32 arithmetic suffices for these rows (N, D); the answer is the same for all shards of a sweep."""
    if rows.dtype != np.float32:
        return False
    if (known := _known.get(mixture)) is None:
        known = _known[mixture] = _suffices(mixture)
    return known


_known: WeakKeyDictionary[Mixture, bool] = WeakKeyDictionary()  # all shards of a sweep ask; it keeps no mixture alive


def _suffices(mixture: Mixture) -> bool:
    if mixture.n_features > _FEATURES:
        return False
    variances = mixture.covariances.variances  # (K or 1, D)
    if not (variances.min() >= _LEAST and variances.max() <= _MOST):
        return False
    heights = mixture.log_scales[mixture.weights > 0]
    if np.ptp(heights) > _HEIGHTS or ((_RESOLUTION * mixture.means) ** 2 > variances).any():
        return False
    return not isinstance(mixture.covariances, Dense) or inflation(mixture.covariances) <= _INFLATION


def inflation(form: Dense) -> float:
    """Return the largest variance inflation factor: how much larger a variance is than what other features leave."""
    precisions = np.einsum("kij,kij->ki", form.whiteners, form.whiteners)  # of each feature, given all others
    return float((form.variances * precisions).max())
