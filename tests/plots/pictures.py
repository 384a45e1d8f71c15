"""Every picture with plain input, so that the tests of what all have in common can walk the list."""

from functools import cache

import numpy as np

from mixtura import GaussianMixture, GaussianMixtureSearch, MergedGaussianMixture, plots
from mixtura.selection import bootstrap_likelihood_ratio, bootstrap_parameters


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


@cache
def _merged():
    return MergedGaussianMixture(n_components=5, random_state=0).fit(_blobs())


@cache
def _in_other_dimensions(n_features):
    """A mixture of one or three features, and its rows."""
    rng = np.random.default_rng(3)
    centre = 4 * np.eye(n_features)[0]
    X = np.concatenate([rng.normal(0, 1, (60, n_features)), rng.normal(0, 0.5, (40, n_features)) + centre])
    return GaussianMixture(2, random_state=0).fit(X), X


@cache
def _replicates():
    return bootstrap_parameters(_fitted(), _blobs(), n_bootstrap=20, random_state=0)


@cache
def _test():
    return bootstrap_likelihood_ratio(_blobs(), max_components=2, n_bootstrap=20, random_state=0)


PICTURES = {
    "plot_bootstrap_parameters": lambda ax: plots.plot_bootstrap_parameters(_replicates(), ax=ax),
    "plot_bootstrap_test": lambda ax: plots.plot_bootstrap_test(_test(), ax=ax),
    "plot_classification": lambda ax: plots.plot_classification(_fitted(3), _blobs(), ax=ax),
    "plot_convergence": lambda ax: plots.plot_convergence(_fitted(), ax=ax),
    "plot_criterion": lambda ax: plots.plot_criterion([1, 2, 3], {"BIC": [9, 7, 8.5], "AIC": [8, 6, 5]}, ax=ax),
    "plot_criterion_curves": lambda ax: plots.plot_criterion_curves(_searched(), ax=ax),
    "plot_decision_boundary": lambda ax: plots.plot_decision_boundary(_fitted(3), _blobs(), ax=ax),
    "plot_density": lambda ax: plots.plot_density(_fitted(3), _blobs(), ax=ax),
    "plot_entropy": lambda ax: plots.plot_entropy(_merged(), ax=ax),
    "plot_gmm": lambda ax: plots.plot_gmm(_fitted(), _blobs(), ax=ax),
    "plot_image_grid": lambda ax: plots.plot_image_grid(_images(), titles=list("abcdef"), ax=ax),
    "plot_kmeans": lambda ax: plots.plot_kmeans(_blobs(), 3, ax=ax),
    "plot_merge_tree": lambda ax: plots.plot_merge_tree(_merged(), ax=ax),
    "plot_projection": lambda ax: plots.plot_projection(_fitted(3), _blobs(), ax=ax),
    "plot_reconstructions": lambda ax: plots.plot_reconstructions({1: _images(2), 5: _images(2)}, _images(2), ax=ax),
    "plot_responsibilities": lambda ax: plots.plot_responsibilities(_fitted(), 1, _blobs(), ax=ax),
    "plot_singular_values": lambda ax: plots.plot_singular_values([9, 4, 1, 0.1], {"knee": 2, "half": 1}, ax=ax),
    "plot_uncertainty": lambda ax: plots.plot_uncertainty(_fitted(3), _blobs(), ax=ax),
}

# The same functions where they draw something of another shape.
VARIANTS = {
    **{
        f"{name} of {n_features}": lambda ax, name=name, n=n_features: getattr(plots, name)(
            *_in_other_dimensions(n), ax=ax
        )
        for name in ("plot_classification", "plot_uncertainty", "plot_density")
        for n_features in (1, 3)
    },
    **{
        f"plot_density as {kind}": lambda ax, kind=kind: plots.plot_density(_fitted(), _blobs(), kind, ax=ax)
        for kind in ("contours", "image", "surface")
    },
    "plot_projection on a line": lambda ax: plots.plot_projection(_fitted(2), _blobs(), ax=ax, mean_share=1),
}
