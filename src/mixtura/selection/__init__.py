"""Which model? How many components, which family of covariances, and how sure. A tour:

``GaussianMixtureSearch`` (``search``)
    The best mixture over numbers of components and families, by BIC, ICL, AIC or held-out likelihood (``criteria``).
    ``families`` says which are tried and which holds which; ``starts``, ``fitting`` and ``workers`` fit every pair on
    threads; ``nesting`` and ``splitting`` begin again where a pair ends below one that it holds, ``polishing`` goes on
    with what may win; a ``trial`` is what became of one; ``table`` sets them side by side, with what they say of rows
    that were ``held_out``; ``delegation`` lets the search predict as its best mixture does.

``bootstrap_likelihood_ratio`` (``likelihood_ratio``)
    Tests of k against k + 1 components, by simulation.

``bootstrap_parameters`` (``uncertainty``)
    Standard errors and intervals of weights, means and covariances, from mixtures fitted again to resampled data
    (``resampling``, ``refitting``).

BIC, ICL and AIC are the lower the better, as in scikit-learn; R's mclust prints their negatives.
"""

from mixtura.selection.criteria import CRITERIA, Criterion
from mixtura.selection.likelihood_ratio import LikelihoodRatioTest, bootstrap_likelihood_ratio
from mixtura.selection.search import GaussianMixtureSearch
from mixtura.selection.uncertainty import MixtureParameters, ParameterReplicates, bootstrap_parameters

__all__ = [
    "CRITERIA",
    "Criterion",
    "GaussianMixtureSearch",
    "LikelihoodRatioTest",
    "MixtureParameters",
    "ParameterReplicates",
    "bootstrap_likelihood_ratio",
    "bootstrap_parameters",
]
