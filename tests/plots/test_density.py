"""The pictures of a density and of the plane that shows clusters best."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture
from mixtura.clusters import project_clusters
from mixtura.plots import plot_density, plot_projection
from mixtura.plots.components import Components, read_components
from mixtura.plots.density_kinds import KINDS, Field
from mixtura.plots.regions import highest_density_levels


@pytest.fixture(scope="module")
def three():
    """A mixture of two components in three features, and its rows."""
    rng = np.random.default_rng(1)
    turn = rng.normal(size=(3, 3))
    X = np.concatenate([rng.normal(size=(120, 3)) @ turn, rng.normal(size=(60, 3)) + 5])
    return GaussianMixture(2, random_state=0).fit(X), X


def test_regions_hold_their_share_of_fresh_samples(three):
    gmm, _ = three
    components = read_components(gmm)
    levels = highest_density_levels(components, (0.1, 0.5, 0.9))
    fresh = np.exp(gmm.score_samples(gmm.sample(40_000, random_state=1)[0]))
    assert [(fresh >= level).mean() for level in levels] == pytest.approx([0.1, 0.5, 0.9], abs=0.012)


def test_regions_of_one_gaussian_are_known_exactly():
    standard = Components(np.ones(1), np.zeros((1, 2)), np.eye(2)[None])
    shares = np.array([0.25, 0.5, 0.75, 0.95])
    np.testing.assert_allclose(highest_density_levels(standard, shares), (1 - shares) / (2 * np.pi), rtol=0.05)


def test_marginals_are_exact(three):
    gmm, _ = three
    components = read_components(gmm)
    marginal = components.project(np.eye(3)[:, [2, 0]])
    places = np.random.default_rng(0).normal(size=(20, 2))
    expected = sum(
        w * multivariate_normal(m[[2, 0]], c[np.ix_([2, 0], [2, 0])]).pdf(places)
        for w, m, c in zip(gmm.weights_, gmm.means_, gmm.covariances_, strict=True)
    )
    np.testing.assert_allclose(np.exp(marginal.as_mixture().score_samples(places)), expected, rtol=1e-10)


@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs])
def test_the_field_is_the_density(blobs, estimator):
    gmm = estimator(2, random_state=0).fit(blobs)
    field = Field.over(read_components(gmm), (-5, 6, -4, 4), None)
    grid = np.stack(np.meshgrid(field.x, field.y), axis=-1).reshape(-1, 2)
    np.testing.assert_allclose(field.heights.ravel(), np.exp(gmm.score_samples(grid)), rtol=1e-6)


def test_every_kind_says_what_it_shows(blobs):
    gmm = GaussianMixture(2, random_state=0).fit(blobs)
    titles = {kind: plot_density(gmm, blobs, kind).ax_.get_title() for kind in KINDS}
    assert len(set(titles.values())) == len(KINDS) == 4
    ax = plot_density(gmm, blobs).ax_
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["25 %", "50 %", "75 %"]
    surface = plot_density(gmm, blobs, "surface").ax_
    assert surface.child_axes[0].get_zlabel() == "density"


def test_a_curve_is_the_density_over_regions():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, 200), rng.normal(6, 0.02, 50)])[:, None]
    gmm = GaussianMixture(2, random_state=0).fit(x)
    curve = plot_density(gmm, x).ax_.lines[-1]
    places, heights = curve.get_data()
    np.testing.assert_allclose(heights, np.exp(gmm.score_samples(places[:, None])), rtol=1e-9)
    assert heights.max() == pytest.approx(np.exp(gmm.score_samples([[6.0]]))[0], rel=0.05)  # the narrow peak is there


def test_without_points_the_extent_is_three_deviations():
    gmm = GaussianMixture.from_parameters([1.0], [[1.0, 2.0]], [np.diag([1.0, 4.0])])
    ax = plot_density(gmm).ax_
    assert ax.get_xlim()[0] <= -2
    assert ax.get_ylim()[1] >= 8


def test_the_matrix_has_the_densitys_own_axes(three):
    gmm, X = three
    cells = plot_density(gmm, X, "contours").ax_.child_axes
    assert len(cells) == 6
    assert cells[3].get_xlabel() == "feature 0"


def test_projection_draws_what_the_clusters_room_finds(three):
    gmm, X = three
    ax = plot_projection(gmm, X).ax_
    projection = project_clusters(gmm, X)
    drawn = np.concatenate([drawn.get_offsets() for drawn in ax.collections[:2]])
    groups = gmm.predict(X)
    expected = projection.transform(X)[np.argsort(groups, kind="stable"), :2]
    np.testing.assert_allclose(drawn, expected)
    centres = np.concatenate([mark.get_offsets() for mark in ax.collections[2:]])
    np.testing.assert_allclose(centres, projection.transform(gmm.means_)[:, :2])
    assert ax.get_xlabel() == f"direction 1 ({100 * projection.shares[0]:.0f} %)"


def test_one_direction_is_drawn_on_the_line(three):
    gmm, X = three
    ax = plot_projection(gmm, X, mean_share=1).ax_
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("direction 1 (100 %)", "density")


def test_what_is_refused(blobs, three):
    gmm, X = three
    with pytest.raises(ValueError, match="kind is 'round'; expected one of regions, contours, image, surface"):
        plot_density(gmm, X, "round")
    with pytest.raises(ValueError, match="3 features; a surface needs 2"):
        plot_density(gmm, X, "surface")
    with pytest.raises(ValueError, match="X has 2 features, but the mixture was fitted on 3"):
        plot_density(gmm, blobs)
    with pytest.raises(ValueError, match="components do not differ"):
        plot_projection(GaussianMixture(1).fit(blobs), blobs)
    assert plt.get_fignums() == []


def test_a_matrix_says_which_tint_is_which_and_shades_its_diagonal_by_regions_alone(three):
    gmm, X = three
    regions, image = plot_density(gmm, X).ax_, plot_density(gmm, X, kind="image").ax_
    assert [text.get_text() for text in regions.get_legend().get_texts()] == ["25 %", "50 %", "75 %"]
    assert image.get_legend() is None
    shades = [sum(len(cell.collections) for cell in ax.child_axes if cell.lines) for ax in (regions, image)]
    assert shades[0] > shades[1] == 0
