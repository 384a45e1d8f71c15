"""The contract of a start: where EM begins.

A start looks at the ground, which holds all that is known before the first iteration, and returns a mixture. Starts
differ in what they guess: memberships of rows, or points that rows gather around.

Invariants, each a test that walks the list of starts: the mixture has the asked number of components and the ground's
structure; rows of weight zero are never looked at; the same random state gives the same mixture.
"""

from collections.abc import Callable
from typing import TypeAlias

from numpy.random import RandomState

from mixtura.mixture import Mixture
from mixtura.starts.ground import Ground

__all__ = ["Start"]

Start: TypeAlias = Callable[[Ground, RandomState], Mixture]
