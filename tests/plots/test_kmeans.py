import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from sklearn.cluster import KMeans

from mixtura.plots import plot_kmeans
from mixtura.plots.style import colour_of


def test_points_circles_and_centres(blobs):
    fit = KMeans(3, n_init=10, random_state=0).fit(blobs)
    ax = plot_kmeans(blobs, n_clusters=3).ax_
    outlines = [patch for patch in ax.patches if not patch.get_fill()]
    assert len(outlines) == 3
    for group, circle in enumerate(outlines):
        members = blobs[fit.labels_ == group]
        np.testing.assert_array_equal(ax.collections[group].get_offsets(), members)
        np.testing.assert_array_equal(ax.collections[group].get_facecolor()[0], to_rgba(colour_of(group)))
        np.testing.assert_allclose(circle.get_center(), members.mean(axis=0))
        farthest = np.linalg.norm(members - members.mean(axis=0), axis=1).max()
        assert (circle.get_width(), circle.get_height()) == pytest.approx((2 * farthest, 2 * farthest))
    np.testing.assert_allclose(
        np.concatenate([mark.get_offsets() for mark in ax.collections[3:]]), fit.cluster_centers_
    )
    assert ax.get_title() == "k-means, 3 clusters\ncircles reach the farthest member"
    assert ax.get_aspect() == 1


def test_the_same_picture_each_time(blobs):
    first, second = plot_kmeans(blobs, 4).ax_, plot_kmeans(blobs, 4).ax_
    for one, other in zip(first.collections, second.collections, strict=True):
        np.testing.assert_array_equal(one.get_offsets(), other.get_offsets())


def test_on_the_line_bands_reach_the_farthest_member():
    x = np.array([0.0, 1.0, 2.0, 10.0, 14.0])[:, None]
    ax = plot_kmeans(x, 2).ax_
    bands = ax.patches[-2:]  # after the bars
    corners = [band.get_patch_transform().transform(band.get_path().vertices) for band in bands]
    assert sorted((xy[:, 0].min(), xy[:, 0].max()) for xy in corners) == [(0, 2), (10, 14)]
    assert ax.get_title() == "k-means, 2 clusters\nbands reach the farthest member"


def test_a_cluster_of_one_point_is_drawn():
    assert plot_kmeans([[0.0, 0.0]], 1).ax_.get_title().startswith("k-means, 1 cluster\n")


@pytest.mark.parametrize("count", [0, -1, 2.5, True, "3", None])
def test_no_number_of_clusters(blobs, count):
    with pytest.raises(ValueError, match=r"n_clusters is .*; expected a whole number of at least 1"):
        plot_kmeans(blobs, count)
    assert plt.get_fignums() == []


def test_more_clusters_than_distinct_rows():
    X = np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0)
    with pytest.raises(ValueError, match="n_clusters is 3, but X has only 2 distinct rows; ask for 2 clusters or"):
        plot_kmeans(X, 3)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("X", "message"),
    [(np.ones((4, 3)), "X has 3 features; plot_kmeans draws 1 or 2"), ([[0, np.inf]], "NaN or infinity")],
)
def test_rows_that_cannot_be_drawn(X, message):
    with pytest.raises(ValueError, match=message):
        plot_kmeans(X, 1)
    assert plt.get_fignums() == []
