"""The pictures of clusters in any number of features: classification and uncertainty."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture
from mixtura.plots import plot_classification, plot_uncertainty
from mixtura.plots.ellipses import ellipse_of
from mixtura.plots.grouping import read_grouping
from mixtura.plots.style import INK, colour_of

BOTH = [plot_classification, plot_uncertainty]


class Merged:
    """A model whose three components make two clusters, with rows far away that belong to none."""

    covariance_type = "full"

    def __init__(self, gmm):
        self.mixture_ = gmm.mixture_
        self.cluster_of_component_ = np.array([0, 1, 0])
        self._gmm = gmm

    def predict_proba(self, X):
        raise AssertionError("the clusters' own uncertainty is asked for")

    def predict(self, X):
        return np.where(X[:, 0] > 8, -1, self.cluster_of_component_[self._gmm.predict(X)])

    def uncertainty(self, X):
        return np.linspace(0, 0.5, len(X))


@pytest.fixture(scope="module")
def four():
    """A mixture of three components in four features, and its rows."""
    rng = np.random.default_rng(5)
    X = np.concatenate([rng.normal(centre, 1 + centre / 4, (60, 4)) for centre in (0, 4, 8)])
    return GaussianMixture(3, random_state=0).fit(X), X


def offsets(ax):
    return np.concatenate([np.asarray(drawn.get_offsets()) for drawn in ax.collections if len(drawn.get_offsets())])


def lower(rows):
    return np.sort(rows.view("f8,f8").ravel())


def test_the_matrix_shows_every_pair_once(four):
    gmm, X = four
    cells = plot_classification(gmm, X).ax_.child_axes
    assert len(cells) == 10
    pairs = iter([cell for place, cell in enumerate(cells) if place not in (0, 2, 5, 9)])
    for row in range(4):
        for column in range(row):
            cell = next(pairs)
            np.testing.assert_array_equal(lower(offsets(cell)), lower(np.ascontiguousarray(X[:, [column, row]])))
            outlines = [patch for patch in cell.patches if not patch.get_fill()]
            for k, patch in enumerate(outlines):
                shape = ellipse_of(gmm.covariances_[k][np.ix_([column, row], [column, row])], 2)
                assert (patch.get_width(), patch.get_height(), patch.angle) == pytest.approx(shape)
                np.testing.assert_allclose(patch.get_center(), gmm.means_[k, [column, row]])
    labels = [text.get_text() for text in plot_classification(gmm, X).ax_.get_legend().get_texts()]
    assert labels == [f"cluster {k}: {size} rows" for k, size in enumerate(np.bincount(gmm.predict(X)))]


def test_cells_of_one_feature_share_its_scale(four):
    cells = plot_classification(*four).ax_.child_axes
    assert cells[0].get_xlim() == cells[1].get_xlim() == cells[6].get_xlim()  # the first column
    assert cells[6].get_ylim() == cells[7].get_ylim() == cells[8].get_ylim()  # the lowest row


@pytest.mark.parametrize("picture", BOTH)
def test_merged_components_share_the_colour_of_their_cluster_and_noise_has_none(four, picture):
    gmm, X = four
    two = GaussianMixture.from_parameters(gmm.weights_, gmm.means_[:, :2], gmm.covariances_[:, :2, :2])
    model = Merged(two)
    ax = picture(model, X[:, :2]).ax_
    assert "3 components in 2 clusters and noise" in ax.get_title()
    fills = [to_rgb(patch.get_facecolor()) for patch in ax.patches if patch.get_fill()]
    assert fills == [to_rgb(colour_of(k)) for k in (0, 1, 0)]
    noise = np.concatenate(
        [
            np.asarray(drawn.get_offsets())
            for drawn in ax.collections
            if len(drawn.get_offsets()) and to_rgb(drawn.get_edgecolor()[0]) == to_rgb(INK) and drawn.get_zorder() < 4
        ]
    )
    expected = X[model.predict(X[:, :2]) == -1][:, :2]
    np.testing.assert_array_equal(lower(np.ascontiguousarray(noise)), lower(np.ascontiguousarray(expected)))


def test_the_line_has_a_strip_for_each_cluster_and_one_for_all():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, 80), rng.normal(5, 0.5, 40)])[:, None]
    gmm = GaussianMixture(2, random_state=0).fit(x)
    ax = plot_classification(gmm, x).ax_
    groups = gmm.predict(x)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["all", "0", "1"]
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), x[:, 0])
    for group in range(2):
        np.testing.assert_array_equal(ax.lines[1 + group].get_xdata(), x[groups == group, 0])
        reach = ax.collections[group].get_paths()[0].vertices[:, 0]
        deviation = np.sqrt(gmm.covariances_[group, 0, 0])
        assert (reach.min(), reach.max()) == pytest.approx(gmm.means_[group, 0] + deviation * np.array([-2, 2]))


@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs])
def test_marks_grow_at_the_quantiles_of_uncertainty(blobs, estimator):
    X = blobs * 0.3  # closer to each other than their spread
    gmm = estimator(3, random_state=0).fit(X)
    uncertainty = 1 - gmm.predict_proba(X).max(axis=1)
    ax = plot_uncertainty(gmm, X).ax_
    sizes = {}
    for drawn in ax.collections:
        for place in np.asarray(drawn.get_offsets()):
            sizes[tuple(place)] = drawn.get_sizes()[0]
    drawn = np.array([sizes[tuple(row)] for row in X])
    limits = np.quantile(uncertainty, [0.75, 0.95])
    least, middle, most = sorted(set(drawn))
    assert (drawn == np.where(uncertainty <= limits[0], least, np.where(uncertainty <= limits[1], middle, most))).all()
    counts = [text.get_text().split(": ")[1] for text in ax.get_legend().get_texts()]
    assert counts == [f"{(drawn == size).sum()} rows" for size in (least, middle, most)]


def test_on_the_line_the_height_is_the_uncertainty():
    x = np.random.default_rng(0).normal(size=(60, 1))
    gmm = GaussianMixture(2, random_state=0).fit(x)
    ax = plot_uncertainty(gmm, x).ax_
    drawn = offsets(ax)
    expected = np.column_stack([x[:, 0], 1 - gmm.predict_proba(x).max(axis=1)])
    np.testing.assert_allclose(lower(np.ascontiguousarray(drawn)).tolist(), lower(expected).tolist())
    assert ax.get_ylabel() == "probability of another cluster"


def test_a_model_without_doubt_has_marks_of_one_size(blobs):
    ax = plot_uncertainty(GaussianMixture(1).fit(blobs), blobs).ax_
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["up to 0: 120 rows"]


@pytest.mark.parametrize("picture", BOTH)
def test_what_is_refused(blobs, picture):
    with pytest.raises(NotFittedError, match="is not fitted"):
        picture(GaussianMixture(2), blobs)
    with pytest.raises(ValueError, match="X has 1 features, but the mixture was fitted on 2"):
        picture(GaussianMixture(2).fit(blobs), blobs[:, :1])
    wide = np.random.default_rng(0).normal(size=(40, 9))
    with pytest.raises(ValueError, match=r"X has 9 features; plot_.* draws up to 8: choose some.*plot_projection"):
        picture(GaussianMixture(1).fit(wide), wide)
    assert plt.get_fignums() == []


def test_without_noise_or_merging_the_words_are_plain(blobs):
    assert read_grouping(GaussianMixture(1).fit(blobs), blobs).in_words == "1 cluster"
