"""The two pictures under the module name that a course's own cells import them from.

A notebook in this folder that says ``from utils_GMM import plot_gmm, plot_kmeans`` runs as it is, with scikit-learn's
mixtures as well as with ours.
"""

from mixtura.plots import plot_gmm, plot_kmeans

__all__ = ["plot_gmm", "plot_kmeans"]
