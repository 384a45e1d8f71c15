"""Where EM begins: each start looks at the ground and returns a mixture.

``automatic`` tries starts of several kinds and keeps the best after a few iterations (``contest``). ``hierarchical``
merges rows two by two into Gaussian groups: ``transformations`` says in which coordinates, ``agglomeration`` by which
criterion, ``tree`` holds the result and ``sketch`` the sample of rows that it is made of, once for all numbers of
components. ``kmeans`` is the default and good for round groups; ``rows`` holds the quicker draws of rows, evenly or far
apart; ``scattered`` ignores where the rows are and suits many restarts; ``given`` takes what the user knows. ``STARTS``
is the one table that turns a name into a start. Distances are measured with features scaled to unit variance, so units
do not matter; ``kmeans`` tries both. ``noisy`` begins as any of them, beside a noise component. ``ground`` holds what
every start stands on.
"""

from mixtura.starts.automatic import automatic
from mixtura.starts.contract import Start
from mixtura.starts.given import GivenMemberships, GivenParameters
from mixtura.starts.ground import Ground
from mixtura.starts.hierarchical import hierarchical
from mixtura.starts.kmeans import k_means
from mixtura.starts.noisy import NoisyStart
from mixtura.starts.rows import k_means_plus_plus, random_rows
from mixtura.starts.scattered import scattered
from mixtura.starts.short import short_runs

__all__ = ["STARTS", "GivenMemberships", "GivenParameters", "Ground", "NoisyStart", "Start"]

STARTS: dict[str, Start] = {
    "auto": automatic,
    "kmeans": k_means,
    "hierarchical": hierarchical,
    "short-em": short_runs,
    "k-means++": k_means_plus_plus,
    "random_from_data": random_rows,
    "random": scattered,
}
