import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from scipy.integrate import trapezoid
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture
from mixtura.plots import plot_gmm
from mixtura.plots.ellipses import ellipse_of
from mixtura.plots.style import colour_of

KINDS = ("full", "tied", "diag", "spherical")


def outlines(ax):
    return [patch for patch in ax.patches if not patch.get_fill()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs])
def test_points_ellipses_and_means_of_every_structure(blobs, estimator, kind):
    gmm = estimator(2, covariance_type=kind, random_state=0).fit(blobs)
    ax = plot_gmm(gmm, blobs).ax_
    groups = gmm.predict(blobs)
    for group in range(2):
        np.testing.assert_array_equal(ax.collections[group].get_offsets(), blobs[groups == group])
        np.testing.assert_array_equal(ax.collections[group].get_facecolor()[0], to_rgba(colour_of(group)))
    assert len(outlines(ax)) == 6
    for index, ellipse in enumerate(outlines(ax)):
        group, deviations = divmod(index, 3)
        width, height = ellipse.get_width(), ellipse.get_height()
        np.testing.assert_allclose(ellipse.get_center(), gmm.means_[group])
        whole = gmm.covariances_ if kind == "tied" else gmm.covariances_[group]
        whole = whole if np.ndim(whole) == 2 else whole * np.eye(2)
        assert (width, height, ellipse.angle) == pytest.approx(ellipse_of(whole, deviations + 1))
    means = np.concatenate([mark.get_offsets() for mark in ax.collections[2:]])
    np.testing.assert_array_equal(means, gmm.means_)
    assert ax.get_title() == "Gaussian mixture, 2 components\nellipses at 1, 2 and 3 standard deviations"


def test_a_circle_looks_round(blobs):
    display = plot_gmm(Theirs(2, covariance_type="spherical").fit(blobs), blobs)
    display.figure_.canvas.draw()
    box = outlines(display.ax_)[0].get_window_extent()
    assert box.width == pytest.approx(box.height, rel=1e-6)


def test_very_different_scales_keep_the_frame_full(blobs):
    X = blobs * [1.0, 1e6]
    assert plot_gmm(Theirs(1).fit(X), X).ax_.get_aspect() == "auto"


def test_one_component_is_no_plural(blobs):
    assert plot_gmm(Theirs(1).fit(blobs), blobs).ax_.get_title().startswith("Gaussian mixture, 1 component\n")


def test_a_data_frame_passes_without_a_warning(blobs):
    X = pd.DataFrame(blobs, columns=["length", "width"])
    ax = plot_gmm(Theirs(2).fit(X), X).ax_
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("length", "width")


@pytest.mark.parametrize("estimator", [GaussianMixture, Theirs])
def test_on_the_line_the_shares_sum_to_the_mixtures_density(estimator):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, 200), rng.normal(4, 0.02, 50)])[:, None]
    gmm = estimator(2, random_state=0).fit(x)
    ax = plot_gmm(gmm, x).ax_
    curves = {line.get_label(): line for line in ax.lines}
    grid = curves["mixture"].get_xdata()
    shares = [curves[f"component {group}"].get_ydata() for group in range(2)]
    np.testing.assert_allclose(curves["mixture"].get_ydata(), np.exp(gmm.score_samples(grid[:, None])), rtol=1e-6)
    np.testing.assert_allclose(trapezoid(shares, grid), gmm.weights_, atol=5e-3)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["component 0", "component 1", "mixture"]
    assert min(ax.get_yticks()) >= 0
    # The points lie in a strip below the axis, where no density is.
    drawn = np.concatenate([points.get_offsets() for points in ax.collections[:2]])
    np.testing.assert_array_equal(np.sort(drawn[:, 0]), np.sort(x[:, 0]))
    assert (drawn[:, 1] < 0).all()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (1, "X has 1 features, but the mixture was fitted on 2"),
        (3, "X has 3 features, but the mixture was fitted on 2"),
    ],
)
def test_other_columns_than_the_mixture(blobs, columns, message):
    with pytest.raises(ValueError, match=message):
        plot_gmm(Theirs(2).fit(blobs), np.ones((4, columns)))
    assert plt.get_fignums() == []


def test_bad_input_leaves_no_figure(blobs):
    wide = np.random.default_rng(0).normal(size=(40, 3))
    with pytest.raises(ValueError, match="X has 3 features; plot_gmm draws 1 or 2"):
        plot_gmm(Theirs(2).fit(wide), wide)
    with pytest.raises(NotFittedError, match="is not fitted"):
        plot_gmm(GaussianMixture(2), blobs)
    with pytest.raises(ValueError, match="NaN or infinity in 1 of 1 rows"):
        plot_gmm(Theirs(2).fit(blobs), [[np.nan, 0.0]])
    assert plt.get_fignums() == []
