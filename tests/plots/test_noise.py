"""Pictures of a mixture with a noise component: its rows are drawn, and belong to no component."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from scipy.integrate import trapezoid

from mixtura import GaussianMixture
from mixtura.plots import (
    plot_classification,
    plot_decision_boundary,
    plot_density,
    plot_gmm,
    plot_responsibilities,
    plot_uncertainty,
)
from mixtura.plots.components import read_components
from mixtura.plots.style import INK


@pytest.fixture(scope="module")
def noisy():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(-3, 0.5, (90, 2)), rng.normal(2, 1, (60, 2)), rng.uniform(-8, 8, (40, 2))])
    return GaussianMixture(2, noise="auto", random_state=0).fit(X), X


PLANE = [(plot_classification, 2), (plot_decision_boundary, 2), (plot_uncertainty, 2)]


@pytest.mark.parametrize(("picture", "n_features"), [(plot_gmm, 1), (plot_gmm, 2), *PLANE])
def test_rows_of_noise_are_crosses(noisy, picture, n_features):
    gmm, X = noisy
    if n_features == 1:
        X = X[:, :1]
        gmm = GaussianMixture(2, noise="auto", random_state=0).fit(X)
    ax = picture(gmm, X).ax_
    crosses = [
        np.asarray(drawn.get_offsets())[:, :n_features]
        for drawn in ax.collections
        if isinstance(drawn, PathCollection)
        and len(drawn.get_offsets())
        and drawn.get_zorder() < 3
        and to_rgb(drawn.get_edgecolor()[0]) == to_rgb(INK)
    ]
    expected = X[gmm.predict(X) == -1]
    assert 20 < len(expected) < 60
    found = np.concatenate(crosses)
    np.testing.assert_array_equal(found[np.lexsort(found.T)], expected[np.lexsort(expected.T)])


def test_noise_has_a_region_of_its_own(noisy):
    gmm, X = noisy
    image = plot_decision_boundary(gmm, X).ax_.images[0].get_array()
    assert len(np.unique(image.reshape(-1, 3), axis=0)) == 3


def test_one_component_and_noise_have_a_border():
    X = np.concatenate(
        [np.random.default_rng(0).normal(size=(80, 2)), np.random.default_rng(1).uniform(-9, 9, (30, 2))]
    )
    gmm = GaussianMixture(1, noise="auto", random_state=0).fit(X)
    for picture in (plot_decision_boundary(gmm, X), plot_responsibilities(gmm, 0, X)):
        contours = [drawn for drawn in picture.ax_.collections if hasattr(drawn, "levels")]
        assert len(contours) == 1


def test_the_summary_counts_noise(noisy):
    gmm, X = noisy
    summary = gmm.summary(X)
    labels = gmm.predict(X)
    assert summary.n_noise == (labels == -1).sum() == len(X) - summary.cluster_sizes.sum()
    assert summary.noise_share == gmm.noise_share_
    row = next(line for line in str(summary).splitlines() if line.startswith("weight"))
    assert sum(map(float, row.split()[1:])) == pytest.approx(1, abs=2e-4)
    assert "; 2 components and noise\n" in str(summary)


def test_curves_are_shares_of_all_rows(noisy):
    """On the line the components and noise add up to the density, which the histogram of all rows estimates."""
    X = noisy[1][:, :1]
    gmm = GaussianMixture(2, noise="auto", random_state=0).fit(X)
    drawn = {line.get_label(): line.get_xydata() for line in plot_gmm(gmm, X).ax_.get_lines()}
    mixture = drawn["mixture"]
    np.testing.assert_allclose(mixture[:, 1], np.exp(gmm.score_samples(mixture[:, :1])), rtol=1e-9)
    assert mixture[0, 0] <= X.min()
    assert drawn["noise"][:, 1] == pytest.approx(gmm.noise_share_ / gmm.mixture_.noise.volume)
    areas = [trapezoid(drawn[f"component {k}"][:, 1], drawn[f"component {k}"][:, 0]) for k in range(2)]
    assert areas == pytest.approx((1 - gmm.noise_share_) * gmm.weights_, rel=1e-3)


@pytest.mark.parametrize("n_features", [1, 2])
def test_a_density_leaves_noise_out_and_says_so(noisy, n_features):
    gmm, X = noisy
    if n_features == 1:
        X = X[:, :1]
        gmm = GaussianMixture(2, noise="auto", random_state=0).fit(X)
    components = read_components(gmm)
    noise = gmm.mixture_.noise.share / gmm.mixture_.noise.volume
    np.testing.assert_allclose(components.heights(X), np.exp(gmm.score_samples(X)) - noise, rtol=1e-7, atol=1e-12)
    assert plot_density(gmm, X).ax_.get_title().startswith("density of a Gaussian mixture, noise left out\n")
