"""Equality of fitted mixtures, bit for bit."""

import numpy as np

from mixtura import GaussianMixture


def same_bits(one: GaussianMixture, other: GaussianMixture) -> bool:
    a, b = one.mixture_, other.mixture_
    return all(
        np.array_equal(x, y)
        for x, y in [(a.weights, b.weights), (a.means, b.means), (a.covariances.stored, b.covariances.stored)]
    )
