"""The hierarchical start: groups of a Gaussian hierarchical clustering."""

from numpy.random import RandomState

from mixtura.mixture import Mixture
from mixtura.starts.ground import Ground
from mixtura.starts.sketch import Sketch

__all__ = ["hierarchical"]


def hierarchical(ground: Ground, random: RandomState) -> Mixture:
    """Begin with the groups of a Gaussian hierarchical clustering, as mclust does (see ``agglomeration``).

    The tree is grown once for a data set, of at most 2,000 rows, and cut for each number of components. Where there
    are more rows, each goes to the group under which it is most probable. Nothing is drawn from ``random``.
    """
    sketch = Sketch.of(ground.engine)
    return sketch.begin(ground, sketch.tree.cut(ground.n_components))
