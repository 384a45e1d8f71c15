"""A course's own cells, with scikit-learn's mixtures, run beside ``utils_GMM.py``."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Ellipse
from sklearn.datasets import load_digits, make_blobs
from sklearn.mixture import GaussianMixture

from .conftest import NOTEBOOKS


@pytest.fixture
def utils(monkeypatch):
    monkeypatch.syspath_prepend(NOTEBOOKS)
    import utils_GMM

    return utils_GMM


@pytest.fixture
def unequal():
    X2, _ = make_blobs(n_samples=[450, 50], centers=np.array([[-2, 0], [2, 0]]), cluster_std=[1, 0.25], random_state=0)
    return GaussianMixture(n_components=2, random_state=0).fit(X2), X2


def test_the_two_pictures_are_those_of_mixtura(utils):
    import mixtura.plots

    assert utils.plot_gmm is mixtura.plots.plot_gmm
    assert utils.plot_kmeans is mixtura.plots.plot_kmeans


def test_a_mixture_of_scikit_learn_is_drawn_on_the_axes_given(utils, unequal, shown):
    gmm2, X2 = unequal
    fig, ax1 = plt.subplots(nrows=1, ncols=1, figsize=(10, 5))
    utils.plot_gmm(gmm2, X2, ax=ax1)
    plt.tight_layout()
    assert sum(isinstance(patch, Ellipse) for patch in ax1.patches) == 12  # two components, three rings, tint and line
    assert fig.axes == [ax1]
    plt.show()
    assert len(shown) == 1


def test_responsibilities_of_a_grid_are_drawn_by_hand(unequal, shown):
    gmm2, X2 = unequal
    side = np.linspace(-6, 6, 50)
    across, up = np.meshgrid(side, side)
    answers = gmm2.predict_proba(np.vstack([across.flatten(), up.flatten()]).T)
    fig, (ax1, ax2) = plt.subplots(1, 2, figsize=(10, 5))
    ax1.scatter(across, up, c=answers[:, 0].reshape(across.shape))
    ax1.scatter(X2[:, 0], X2[:, 1], edgecolor="black", s=100, color="cyan")
    lines = ax2.contour(across, up, (answers[:, 0] - answers[:, 1]).reshape(across.shape), levels=[0])
    plt.tight_layout()
    (boundary,) = lines.get_paths()
    assert np.allclose(boundary.vertices[0], boundary.vertices[-1])  # a closed curve, around the tight blob
    assert boundary.contains_point((2, 0))
    plt.show()
    assert shown == [fig.number]


def test_k_means_opens_a_figure_of_its_own(utils, shown):
    random = np.random.RandomState(0)
    X3 = np.concatenate(
        [
            make_blobs(100, centers=1, cluster_std=0.75, center_box=(-5, 5), random_state=random)[0]
            @ random.randn(2, 2)
            for _ in range(3)
        ]
    )
    utils.plot_gmm(GaussianMixture(n_components=3, random_state=0).fit(X3), X3)
    plt.show()
    utils.plot_kmeans(X3, n_clusters=3)
    plt.show()
    assert len(shown) == 2


def test_images_are_decomposed_rebuilt_and_drawn():
    """The whole decomposition with its square U, then a mixture of the left singular vectors."""
    images = load_digits().images[:400] / 16.0
    mean = np.mean(images, axis=0)
    U, S, V = np.linalg.svd((images - mean).reshape(len(images), -1))
    assert (U.shape, S.shape, V.shape) == ((400, 400), (64,), (64, 64))
    kept, n_components = 10, 3
    gmm = GaussianMixture(n_components=n_components, random_state=0).fit(U[:, :kept].reshape(U.shape[0], -1))
    for k in range(n_components):
        picture = np.clip((gmm.means_[k] @ np.diag(S[:kept]) @ V[:kept, :]).reshape(8, 8) + mean, 0, 1)
        members = images[gmm.predict(U[:, :kept]) == k].mean(axis=0)
        assert np.abs(picture - members).mean() < 0.05  # the mean of a component looks like the mean of its images
    random = np.random.RandomState(0)
    chosen = random.choice(n_components, 1, p=gmm.weights_)
    drawn = gmm.means_[chosen] + random.randn(1, kept) @ np.linalg.cholesky(gmm.covariances_[chosen])  # (1, 1, kept)
    picture = np.clip((drawn @ np.diag(S[:kept]) @ V[:kept, :]).reshape(8, 8) + mean, 0, 1)
    assert 0.05 < np.abs(picture - mean).mean() < 0.5  # another image than the mean, and an image still
