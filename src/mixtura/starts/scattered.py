"""The scattered start: components thrown at random over the region of the data, each as wide as all of it."""

from numpy.random import RandomState

from mixtura.mixture import Mixture
from mixtura.starts.ground import Ground

__all__ = ["scattered"]


def scattered(ground: Ground, random: RandomState) -> Mixture:
    """Begin at points drawn from the Gaussian of the whole data.

    Random responsibilities, the other usual meaning of a random start, put every component next to the global mean
    as soon as there are many rows; random points differ however many rows there are.
    """
    means, _ = ground.whole.sample(ground.n_components, random)
    return ground.spread(means)
