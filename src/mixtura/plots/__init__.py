"""Pictures of mixtures, of their fits and of images, drawn with matplotlib.

Every picture is a function. It draws on ``ax``, or on a new figure where ``ax`` is None, and returns a
`Display` that holds ``ax_`` and ``figure_``. None calls ``show``, none changes a global setting. All count
components and clusters from 0, as the rows of ``means_``.

What a mixture says about points in the plane (or on the line)
    ``plot_gmm``: points coloured by component, under ellipses at 1, 2 and 3 standard deviations.
    ``plot_kmeans``: k-means in the same style, to stand beside it.
    ``plot_responsibilities``: how far one component answers for each place of the plane.
    ``plot_decision_boundary``: which component is the most probable, and where two tie.

What clusters look like, in any number of features
    ``plot_classification``: strips, a plane, or a matrix of planes, coloured by cluster.
    ``plot_uncertainty``: the same, the larger the mark the less sure the cluster.
    ``plot_density``: regions of highest density, lines, shades or a surface.
    ``plot_projection``: the plane in which the clusters differ most.

How components became clusters
    ``plot_entropy``: what merging gains at each number of clusters, and the elbow.
    ``plot_merge_tree``: which components were joined, in which order, and how far they overlap.

How a fit went, and how many components or basis vectors to take
    ``plot_convergence``: log-likelihood against iteration.
    ``plot_criterion``: BIC, AIC and the like against the number of components.
    ``plot_criterion_curves``: the criterion of a search, a curve for each family.
    ``plot_bootstrap_test``: whether one component more is more than chance would give.
    ``plot_bootstrap_parameters``: how sure weights, means and variances are.
    ``plot_singular_values``: singular values on a log axis with suggested cuts.

Images
    ``plot_image_grid``: many images side by side.
    ``plot_reconstructions``: originals beside what more and more basis vectors make of them.

The rest serves these: ``style`` holds palette and sizes, ``canvas`` alone imports matplotlib, ``points``,
``components``, ``grouping``, ``quantities`` and ``tiles`` check and draw one kind of input each, ``plane``, ``line``,
``ellipses``, ``pairs`` and ``regions`` are shared geometry, ``density_kinds`` holds the ways to draw a density,
``merging`` reads merged components.
Matplotlib comes with ``pip install 'mixtura[plots]'``.
"""

from mixtura.plots.bootstrap_parameters import plot_bootstrap_parameters
from mixtura.plots.bootstrap_test import plot_bootstrap_test
from mixtura.plots.boundary import plot_decision_boundary
from mixtura.plots.classification import plot_classification
from mixtura.plots.convergence import plot_convergence
from mixtura.plots.criterion import plot_criterion
from mixtura.plots.criterion_curves import plot_criterion_curves
from mixtura.plots.density import plot_density
from mixtura.plots.display import Display
from mixtura.plots.entropy import plot_entropy
from mixtura.plots.gmm import plot_gmm
from mixtura.plots.image_grid import plot_image_grid
from mixtura.plots.kmeans import plot_kmeans
from mixtura.plots.merge_tree import plot_merge_tree
from mixtura.plots.projection import plot_projection
from mixtura.plots.reconstructions import plot_reconstructions
from mixtura.plots.responsibilities import plot_responsibilities
from mixtura.plots.singular_values import plot_singular_values
from mixtura.plots.uncertainty import plot_uncertainty

__all__ = [
    "Display",
    "plot_bootstrap_parameters",
    "plot_bootstrap_test",
    "plot_classification",
    "plot_convergence",
    "plot_criterion",
    "plot_criterion_curves",
    "plot_decision_boundary",
    "plot_density",
    "plot_entropy",
    "plot_gmm",
    "plot_image_grid",
    "plot_kmeans",
    "plot_merge_tree",
    "plot_projection",
    "plot_reconstructions",
    "plot_responsibilities",
    "plot_singular_values",
    "plot_uncertainty",
]
