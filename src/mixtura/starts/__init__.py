"""Where EM begins: each start looks at the ground and returns a mixture.

The names, as ``init_params`` takes them, from the surest to the quickest:

- ``"auto"`` (``automatic``): starts of all kinds compete for a few iterations (``contest``), also such as find long
  parallel groups by the lines on which they part (``directions``). For when the answer matters.
- ``"short-em"`` (``short``): many random starts compete. Good on overlapping groups, blind to small tight ones.
- ``"hierarchical"``: rows are merged two by two into Gaussian groups as mclust does. ``transformations`` says in which
  coordinates, ``agglomeration`` by which criterion; ``tree`` holds the result, and ``ward`` first merges many rows
  into few. Finds small tight groups, always the same.
- ``"kmeans"``, the default: k-means with features as they are, scaled, and whitened; the likelihood chooses.
  ``seeding`` says where it begins among many rows, ``lloyd`` how it goes on.
- ``"k-means++"``, ``"random_from_data"`` (``rows``): quick draws of rows, far apart or evenly, for many restarts.
- ``"random"`` (``scattered``): ignores where the rows are.

``hierarchical_labels`` (``partition``) gives the hierarchy's groups in other coordinates or by another criterion, as
labels to begin with. ``given`` takes what the user knows, ``noisy`` begins as any other beside a noise component.
``STARTS`` is the one table that turns a name into a start. ``ground`` holds what every start stands on; ``sketch`` the
sample of rows, its tree and its lines, which are found once for all numbers of components and families.
"""

from mixtura.starts.automatic import automatic
from mixtura.starts.contract import Start
from mixtura.starts.given import GivenMemberships, GivenParameters
from mixtura.starts.ground import Ground
from mixtura.starts.hierarchical import hierarchical
from mixtura.starts.kmeans import k_means
from mixtura.starts.noisy import NoisyStart
from mixtura.starts.partition import hierarchical_labels
from mixtura.starts.rows import k_means_plus_plus, random_rows
from mixtura.starts.scattered import scattered
from mixtura.starts.short import short_runs

__all__ = ["STARTS", "GivenMemberships", "GivenParameters", "Ground", "NoisyStart", "Start", "hierarchical_labels"]

STARTS: dict[str, Start] = {
    "auto": automatic,
    "kmeans": k_means,
    "hierarchical": hierarchical,
    "short-em": short_runs,
    "k-means++": k_means_plus_plus,
    "random_from_data": random_rows,
    "random": scattered,
}
