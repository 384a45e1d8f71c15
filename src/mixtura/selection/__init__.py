"""Which model? How many components, which family of covariances, and how sure. A tour:

``GaussianMixtureSearch`` (``search``)
    The best mixture over numbers of components and families, by BIC, ICL, AIC or held-out likelihood (``criteria``).
    ``families`` knows the names and which family holds which; ``starts``, ``fitting`` and ``workers`` fit every pair on
    threads; a ``trial`` is what became of one; ``table`` sets them side by side; ``delegation`` lets the search
    predict as its best mixture does.

BIC, ICL and AIC are the lower the better, as in scikit-learn; R's mclust prints their negatives.
"""

from mixtura.selection.criteria import CRITERIA, Criterion
from mixtura.selection.families import FAMILIES
from mixtura.selection.search import GaussianMixtureSearch

__all__ = ["CRITERIA", "FAMILIES", "Criterion", "GaussianMixtureSearch"]
