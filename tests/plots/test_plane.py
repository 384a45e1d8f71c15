"""The plane, and both pictures over it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture
from mixtura.plots import plot_decision_boundary, plot_responsibilities
from mixtura.plots.plane import read_plane
from mixtura.plots.style import colour_of

BOTH = [plot_decision_boundary, plot_responsibilities]


def contour_points(ax):
    """The vertices of all contour lines, (n, 2)."""
    sets = [drawn for drawn in ax.collections if isinstance(drawn, ContourSet)]
    paths = [path.vertices for drawn in sets for path in drawn.get_paths()]
    return np.concatenate(paths) if paths else np.empty((0, 2))


@pytest.fixture(scope="module")
def three():
    """A mixture of three overlapping components, and its points (300, 2)."""
    rng = np.random.default_rng(2)
    X = np.concatenate([rng.normal(centre, width, (100, 2)) for centre, width in [(0, 0.6), (2, 1.0), (4, 0.5)]])
    return Theirs(3, random_state=0).fit(X), X


@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs])
def test_the_shades_are_the_responsibilities(blobs, estimator):
    gmm = estimator(2, random_state=0).fit(blobs)
    ax = plot_responsibilities(gmm, component=1, extent=(-6, 6, -5, 5)).ax_
    image = ax.images[0].get_array()
    rows, columns = image.shape
    x, y = np.meshgrid(np.linspace(-6, 6, columns), np.linspace(-5, 5, rows))
    expected = gmm.predict_proba(np.column_stack([x.ravel(), y.ravel()]))[:, 1]
    np.testing.assert_allclose(image, expected.reshape(rows, columns), rtol=1e-9, atol=1e-300)
    assert ax.images[0].get_clim() == (0, 1)
    assert ax.images[0].origin == "lower"


def test_the_half_line_is_where_the_responsibility_is_one_half(three):
    gmm, X = three
    for component in range(3):
        line = contour_points(plot_responsibilities(gmm, component, X).ax_)
        assert len(line) > 50
        np.testing.assert_allclose(gmm.predict_proba(line)[:, component], 0.5, atol=0.01)


def test_the_boundary_is_where_the_two_largest_tie(three):
    gmm, X = three
    line = contour_points(plot_decision_boundary(gmm, X).ax_)
    assert len(line) > 100
    posteriors = np.sort(gmm.predict_proba(line), axis=1)
    # Near a place where three tie, linear interpolation rounds the corner off.
    assert np.quantile(posteriors[:, -1] - posteriors[:, -2], 0.98) < 0.01


def test_the_boundary_of_mirror_images_is_the_mirror():
    gmm = Theirs(2, covariance_type="spherical")
    gmm.fit([[-2.0, 0], [-1, 0], [1, 0], [2, 0], [-1.5, 1], [1.5, 1]])
    gmm.weights_, gmm.means_ = np.array([0.5, 0.5]), np.array([[-1.5, 0.0], [1.5, 0.0]])
    gmm.covariances_, gmm.precisions_cholesky_ = np.ones(2), np.ones(2)
    line = contour_points(plot_decision_boundary(gmm, extent=(-4.1, 4, -3, 3)).ax_)
    np.testing.assert_allclose(line[:, 0], 0, atol=1e-9)
    assert np.ptp(line[:, 1]) == pytest.approx(6)


def test_tints_show_the_most_probable(three):
    gmm, X = three
    ax = plot_decision_boundary(gmm, X).ax_
    assert ax.images[0].origin == "lower"
    left, right, bottom, top = ax.images[0].get_extent()
    tints = ax.images[0].get_array()
    rows, columns, _ = tints.shape
    x = left + (np.arange(columns) + 0.5) / columns * (right - left)
    y = bottom + (np.arange(rows) + 0.5) / rows * (top - bottom)
    grid = np.stack(np.meshgrid(x, y), axis=-1)  # (rows, columns, 2)
    best = gmm.predict(grid.reshape(-1, 2)).reshape(rows, columns)
    for group in range(3):
        (tint,) = np.unique(tints[best == group], axis=0)
        np.testing.assert_allclose(tint, 0.65 + 0.35 * np.array(to_rgb(colour_of(group))))


@pytest.mark.parametrize("picture", BOTH)
def test_one_component_has_no_boundary(blobs, picture):
    assert len(contour_points(picture(Theirs(1).fit(blobs), X=blobs).ax_)) == 0


@pytest.mark.parametrize("picture", BOTH)
def test_a_place_that_one_component_owns_has_no_boundary(blobs, picture):
    gmm = Theirs(2, random_state=0).fit(blobs)
    assert len(contour_points(picture(gmm, extent=(-3.1, -2.9, -3.1, -2.9)).ax_)) == 0


@pytest.mark.parametrize("picture", BOTH)
def test_far_away_and_sharp_components_raise_no_warning(picture):
    X = np.concatenate([np.random.default_rng(0).normal(centre, 1e-3, (50, 2)) for centre in (-1, 1)])
    display = picture(Theirs(2, random_state=0, reg_covar=0).fit(X), X=X, extent=(-1e4, 1e4, -1e4, 1e4))
    display.figure_.canvas.draw()


@pytest.mark.parametrize("picture", BOTH)
def test_the_extent_holds_the_points_or_else_the_components(blobs, picture):
    gmm = Theirs(2, random_state=0).fit(blobs)
    ax = picture(gmm, X=blobs).ax_
    assert ax.get_xlim()[0] < blobs[:, 0].min() < blobs[:, 0].max() < ax.get_xlim()[1]
    assert ax.get_ylim()[0] < blobs[:, 1].min() < blobs[:, 1].max() < ax.get_ylim()[1]
    ax = picture(gmm).ax_
    reach = 3 * np.sqrt(gmm.covariances_[:, [0, 1], [0, 1]])
    assert (ax.get_xlim()[0], ax.get_ylim()[0]) < tuple((gmm.means_ - reach).min(axis=0))
    assert (ax.get_xlim()[1], ax.get_ylim()[1]) > tuple((gmm.means_ + reach).max(axis=0))


@pytest.mark.parametrize("picture", BOTH)
def test_one_point_still_gets_a_rectangle(blobs, picture):
    left, right = picture(Theirs(2, random_state=0).fit(blobs), X=blobs[:1]).ax_.get_xlim()
    assert left < blobs[0, 0] < right


@pytest.mark.parametrize("picture", BOTH)
def test_a_mixture_of_a_data_frame(blobs, picture):
    X = pd.DataFrame(blobs, columns=["length", "width"])
    assert picture(Theirs(2, random_state=0).fit(X), X=X).ax_.get_ylabel() == "width"


def test_points_are_drawn_in_both(blobs):
    gmm = Theirs(2, random_state=0).fit(blobs)
    plain = plot_responsibilities(gmm, X=blobs).ax_
    assert any(np.array_equal(drawn.get_offsets(), blobs) for drawn in plain.collections)
    grouped = plot_decision_boundary(gmm, blobs).ax_
    members = blobs[gmm.predict(blobs) == 1]
    assert any(np.array_equal(drawn.get_offsets(), members) for drawn in grouped.collections)


def test_the_bar_says_what_it_measures(blobs):
    figure = plot_responsibilities(Theirs(2).fit(blobs)).figure_
    assert "responsibility" in [ax.get_ylabel() for ax in figure.findobj(type(figure.axes[0]))]


@pytest.mark.parametrize("component", [-1, 2, 0.5, True, "first"])
def test_no_such_component(blobs, component):
    with pytest.raises(ValueError, match=r"component is .*; expected a whole number from 0 to 1"):
        plot_responsibilities(Theirs(2).fit(blobs), component)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("picture", BOTH)
@pytest.mark.parametrize(
    ("extent", "message"),
    [
        ((0, 1, 2), "expected four numbers"),
        ("abcd", "expected four numbers"),
        (5, "expected four numbers"),
        ((1, 0, 0, 1), "expected left < right and bottom < top"),
        ((0, 1, 0, np.nan), "expected left < right and bottom < top"),
    ],
)
def test_no_rectangle(blobs, picture, extent, message):
    with pytest.raises(ValueError, match=f"extent is .*{message}"):
        picture(Theirs(2).fit(blobs), extent=extent)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("picture", BOTH)
def test_a_mixture_of_other_than_two_features(picture):
    X = np.random.default_rng(0).normal(size=(40, 3))
    with pytest.raises(ValueError, match=r"the mixture has 3 features; plot_\w+ needs 2: fit it on two columns, or"):
        picture(Theirs(2).fit(X), X=X)


@pytest.mark.parametrize("picture", BOTH)
def test_points_of_other_width(blobs, picture):
    with pytest.raises(ValueError, match="X has 3 features, but the mixture was fitted on 2"):
        picture(Theirs(2).fit(blobs), X=np.ones((2, 3)))


def test_advantage_over_the_best_and_over_all(three):
    gmm, X = three
    plane = read_plane(gmm, X, None, "a picture")
    posteriors = np.exp(plane.log_posteriors)
    best, everyone = plane.advantage(0, over="best"), plane.advantage(0, over="all")
    np.testing.assert_allclose(best, np.log(posteriors[0] / np.maximum(posteriors[1], posteriors[2])), atol=1e-9)
    np.testing.assert_allclose(everyone, np.log(posteriors[0] / (posteriors[1] + posteriors[2])), atol=1e-9)
