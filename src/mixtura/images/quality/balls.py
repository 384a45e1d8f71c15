"""Balls: around each point one that reaches to its k-th nearest neighbour, and which points lie in which."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics.pairwise import euclidean_distances

from mixtura.arrays import FloatArray, IntArray
from mixtura.images.quality.stacks import parts

__all__ = ["Balls", "Membership"]


@dataclass(frozen=True, eq=False)
class Membership:
    """Which points lie in which balls.

    Attributes
    ----------
    balls : array (m,)
        For each point the number of balls that it lies in.
    points : array (n,)
        For each ball the number of points that lie in it.
    """

    balls: IntArray
    points: IntArray


@dataclass(frozen=True, eq=False)
class Balls:
    """Balls around points.

    Attributes
    ----------
    centres : array (n, F)
        The points, less their mean: squared distances lose digits with the square of the distance from zero.
    squared_radii : array (n,)
        Squared distance from each to the k-th nearest of the others.
    origin : array (F,)
        The mean of the points.
    """

    centres: FloatArray
    squared_radii: FloatArray
    origin: FloatArray

    @classmethod
    def around(cls, points: FloatArray, k: int) -> "Balls":
        """Draw balls around points (n, F), n above k."""
        origin: FloatArray = points.mean(axis=0)
        centres = points - origin
        squares = np.empty(len(centres))
        for part in parts(len(centres), len(centres)):
            distances = euclidean_distances(centres[part], centres, squared=True)
            distances[np.arange(part.stop - part.start), np.arange(part.start, part.stop)] = np.inf  # not itself
            squares[part] = np.partition(distances, k - 1, axis=1)[:, k - 1]
        return cls(centres, squares, origin)

    def holding(self, points: FloatArray) -> Membership:
        """Find which points (m, F) lie in which balls, their edges included."""
        balls = np.empty(len(points), dtype=np.intp)
        held = np.zeros(len(self.centres), dtype=np.intp)
        for part in parts(len(points), len(self.centres)):
            asked = points[part] - self.origin
            inside = euclidean_distances(asked, self.centres, squared=True) <= self.squared_radii
            balls[part] = inside.sum(axis=1)
            held += inside.sum(axis=0)
        return Membership(balls, held)
