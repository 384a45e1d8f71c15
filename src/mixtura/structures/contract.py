"""The contract of a structure: a family of covariances, and how the best member is found from moments.

Invariants, each a test that walks the list of structures:

* ``update`` maximises the expected log-likelihood over the family: no other member, least of all the previous one,
  has a higher one for the same moments.
* ``update`` is equivariant: moments of rows times c give covariances times c².
* ``n_parameters`` is the dimension of the family.
* ``form(publish(form.stored))`` is ``form``.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from mixtura.arrays import FloatArray
from mixtura.forms import Form
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import Need
from mixtura.structures.family import Family

__all__ = ["NamedStructure", "Structure"]


class Structure(ABC):
    """A family of covariances for K components in D dimensions."""

    need: Need
    """Which second moment ``update`` reads, where that does not depend on the mixture."""

    rounds: ClassVar[int] = 1
    """Maximisations that a start makes under fixed memberships: more than one where ``update`` betters the previous
    mixture instead of finding the best."""

    def need_of(self, mixture: Mixture) -> Need:
        """Return which second moment ``update`` reads of a sweep of ``mixture``."""
        return self.need

    @abstractmethod
    def update(self, moments: Moments, previous: Mixture) -> Form:
        """Return the covariances that maximise the expected log-likelihood.

        Parameters
        ----------
        moments : Moments
            Sums of a sweep, with ``need`` as this structure's.
        previous : Mixture
            The mixture that entered the sweep. A component without rows keeps its covariance.

        Raises
        ------
        NotPositiveDefiniteError
            If a maximiser is singular, which means that the likelihood has no upper bound.
        """

    @abstractmethod
    def n_parameters(self, n_components: int, n_features: int) -> int:
        """Return the number of free parameters of the covariances alone."""

    @abstractmethod
    def shape(self, n_components: int, n_features: int) -> tuple[int, ...]:
        """Return the shape in which users read and give the covariances: what is common to all is there once."""

    @abstractmethod
    def publish(self, stored: FloatArray) -> FloatArray:
        """Turn an array laid out as ``Form.stored`` into the users' shape."""

    @abstractmethod
    def form(self, covariances: FloatArray, n_components: int, n_features: int) -> Form:
        """Turn covariances in the users' shape into a form."""


class NamedStructure(Structure):
    """A structure that users choose by a name: it says what it is, and which of scikit-learn's types holds it."""

    family: Family
    """What it says of itself, in words."""

    holder: ClassVar[str]
    """The smallest of scikit-learn's covariance types that holds the family; its structure publishes the same form."""
