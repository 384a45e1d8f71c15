"""The short start: brief runs of EM from many random places, of which the best goes on."""

from numpy.random import RandomState

from mixtura.mixture import Mixture
from mixtura.starts.contest import best_polished
from mixtura.starts.ground import Ground
from mixtura.starts.rows import random_rows
from mixtura.starts.sketch import Sketch

__all__ = ["short_runs"]

_RUNS = 30


def short_runs(ground: Ground, random: RandomState) -> Mixture:
    """Begin with the best of 30 short runs from random rows, on a sample of at most 2,000.

    Biernacki, Celeux and Govaert (2003), "Choosing starting values for the EM algorithm for getting the highest
    likelihood in multivariate Gaussian mixture models", Computational Statistics and Data Analysis 41, call it
    em-EM; here the runs that fall behind end first.
    """
    small = Sketch.of(ground.engine).ground(ground)
    return best_polished([lambda: random_rows(small, random)] * _RUNS, small, ground)
