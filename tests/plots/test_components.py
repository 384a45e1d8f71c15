import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.mixture import BayesianGaussianMixture
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture
from mixtura.plots import (
    plot_classification,
    plot_density,
    plot_gmm,
    plot_projection,
    plot_responsibilities,
    plot_uncertainty,
)
from mixtura.plots.components import read_components


def draw_responsibilities(gmm, X):
    return plot_responsibilities(gmm, X=X)


KINDS = ("full", "tied", "diag", "spherical")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs, BayesianGaussianMixture])
def test_whole_covariances_whatever_the_structure(blobs, estimator, kind):
    gmm = estimator(n_components=2, covariance_type=kind, random_state=0).fit(blobs)
    components = read_components(gmm)
    assert len(components) == 2
    assert components.n_features == 2
    # The stored precisions are an independent account of the same matrices.
    precisions = {
        "full": lambda p: p,
        "tied": lambda p: np.array([p, p]),
        "diag": lambda p: np.array([np.diag(row) for row in p]),
        "spherical": lambda p: np.array([value * np.eye(2) for value in p]),
    }[kind](gmm.precisions_)
    np.testing.assert_allclose(components.covariances @ precisions, np.array([np.eye(2)] * 2), atol=1e-8)
    np.testing.assert_array_equal(components.means, gmm.means_)
    np.testing.assert_array_equal(components.weights, gmm.weights_)


@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs])
def test_not_fitted(estimator):
    with pytest.raises(NotFittedError, match=r"this GaussianMixture is not fitted; call fit\(X\) before"):
        read_components(estimator(2))


def test_no_mixture():
    with pytest.raises(TypeError, match="gmm is of type list; expected a fitted GaussianMixture"):
        read_components([1, 2])


def test_unknown_structure(blobs):
    gmm = Theirs(1).fit(blobs)
    gmm.covariance_type = "round"
    with pytest.raises(ValueError, match="covariance_type is 'round'; expected one of full, tied, diag, spherical"):
        read_components(gmm)


def test_parameters_that_are_not_finite(blobs):
    gmm = Theirs(1).fit(blobs)
    gmm.means_ = np.array([[np.nan, 0.0]])
    with pytest.raises(ValueError, match="parameters hold NaN or infinity; fit it again"):
        read_components(gmm)


@pytest.mark.parametrize(
    "draw", [plot_gmm, plot_density, plot_classification, plot_uncertainty, plot_projection, draw_responsibilities]
)
@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs])
def test_columns_in_another_order_are_refused(blobs, draw, estimator):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(blobs, columns=["width", "length"])
    gmm = estimator(2, random_state=0).fit(frame)
    if not (draw is plot_projection and estimator is Theirs):
        draw(gmm, frame).close()
    with pytest.raises(ValueError, match="X has the columns length, width, but the mixture was fitted on width, len"):
        draw(gmm, frame[["length", "width"]])
