"""Every picture with plain input, so that the tests of what all have in common can walk the list."""

from functools import cache

import numpy as np

from mixtura import GaussianMixture, GaussianMixtureSearch, plots


def _blobs():
    rng = np.random.default_rng(7)
    return np.concatenate([rng.normal(-3, 0.5, (90, 2)), rng.normal(2, 1, (30, 2))])


@cache
def _fitted(n_components=2):
    return GaussianMixture(n_components, random_state=0).fit(_blobs())


@cache
def _searched():
    return GaussianMixtureSearch((1, 2, 3), covariance_type=["spherical", "full"], random_state=0).fit(_blobs())


def _images(n=6):
    return np.random.default_rng(0).random((n, 7, 5))


PICTURES = {
    "plot_convergence": lambda ax: plots.plot_convergence(_fitted(), ax=ax),
    "plot_criterion": lambda ax: plots.plot_criterion([1, 2, 3], {"BIC": [9, 7, 8.5], "AIC": [8, 6, 5]}, ax=ax),
    "plot_criterion_curves": lambda ax: plots.plot_criterion_curves(_searched(), ax=ax),
    "plot_decision_boundary": lambda ax: plots.plot_decision_boundary(_fitted(3), _blobs(), ax=ax),
    "plot_gmm": lambda ax: plots.plot_gmm(_fitted(), _blobs(), ax=ax),
    "plot_image_grid": lambda ax: plots.plot_image_grid(_images(), titles=list("abcdef"), ax=ax),
    "plot_kmeans": lambda ax: plots.plot_kmeans(_blobs(), 3, ax=ax),
    "plot_reconstructions": lambda ax: plots.plot_reconstructions({1: _images(2), 5: _images(2)}, _images(2), ax=ax),
    "plot_responsibilities": lambda ax: plots.plot_responsibilities(_fitted(), 1, _blobs(), ax=ax),
    "plot_singular_values": lambda ax: plots.plot_singular_values([9, 4, 1, 0.1], {"knee": 2, "half": 1}, ax=ax),
}
