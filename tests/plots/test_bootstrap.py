"""The pictures of the bootstrap: tests of the number of components, and how sure parameters are."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mixtura import GaussianMixture
from mixtura.plots import plot_bootstrap_parameters, plot_bootstrap_test
from mixtura.selection import LikelihoodRatioTest, bootstrap_parameters

RANDOM = np.random.default_rng(0)
TEST = LikelihoodRatioTest(
    "full",
    np.array([1, 2]),
    np.array([40.0, 3.0]),
    np.array([0.01, 0.62]),
    (RANDOM.chisquare(4, 99), RANDOM.chisquare(5, 99)),
    0.05,
)


@pytest.fixture(scope="module")
def replicates():
    rng = np.random.default_rng(1)
    X = np.concatenate([rng.normal(size=(60, 2)), rng.normal((6, 2), 1, (40, 2))])
    return bootstrap_parameters(GaussianMixture(2, random_state=0).fit(X), X, n_bootstrap=40, random_state=0)


def test_the_last_test_is_drawn_unless_another_is_asked_for():
    ax = plot_bootstrap_test(TEST).ax_
    assert ax.get_title() == "2 against 3 components, p = 0.62"
    assert sum(bar.get_height() for bar in ax.patches) == 99
    assert set(ax.lines[0].get_xdata()) == {3.0}
    first = plot_bootstrap_test(TEST, n_components=1).ax_
    assert first.get_title() == "1 against 2 components, p = 0.01"
    assert set(first.lines[1].get_xdata()) == {np.quantile(TEST.replicates[0], 0.95)}


@pytest.mark.parametrize("number", [1, 2])
def test_the_legend_covers_no_bar_and_no_line(number):
    display = plot_bootstrap_test(TEST, n_components=number)
    display.figure_.canvas.draw()
    legend = display.ax_.get_legend().get_window_extent()
    marks = [*display.ax_.patches, *display.ax_.lines]
    assert len(marks) > 5
    assert not any(legend.overlaps(mark.get_window_extent()) for mark in marks)


def test_what_the_test_refuses():
    with pytest.raises(TypeError, match=r"test is of type dict; expected what mixtura\.selection\.bootstrap_like"):
        plot_bootstrap_test({})
    with pytest.raises(ValueError, match="n_components is 3; the tests were of 1, 2 against one more"):
        plot_bootstrap_test(TEST, 3)
    empty = LikelihoodRatioTest("full", np.array([1]), np.array([1.0]), np.array([1.0]), (np.empty(0),), None)
    with pytest.raises(ValueError, match="none of the replicates of the test of 1 components could be fitted"):
        plot_bootstrap_test(empty)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("what", "n_rows"), [("weights", 1), ("means", 2), ("variances", 2)])
def test_a_histogram_for_each_parameter(replicates, what, n_rows):
    ax = plot_bootstrap_parameters(replicates, what, level=0.9).ax_
    assert len(ax.child_axes) == 2 * n_rows
    lower, upper = replicates.intervals(0.9)
    for place, cell in enumerate(ax.child_axes):
        row, k = divmod(place, 2)

        def number(parameters, row=row, k=k):
            return {
                "weights": lambda: parameters.weights[..., k],
                "means": lambda: parameters.means[..., k, row],
                "variances": lambda: parameters.covariances[..., k, row, row],
            }[what]()

        assert list(cell.lines[0].get_xdata()) == [number(replicates.estimates)] * 2
        np.testing.assert_allclose(cell.lines[1].get_xdata(), [number(lower), number(upper)])
        heights, edges, _ = cell.patches[0].get_data()
        expected, _ = np.histogram(number(replicates.replicates), bins=edges)
        np.testing.assert_array_equal(heights, expected)
    assert f"in {len(replicates.replicates.weights)} replicates; bars: intervals of 90 %" in ax.get_title()


def test_the_axes_of_a_row_are_equally_long_and_bear_its_name(replicates):
    cells = plot_bootstrap_parameters(replicates, names=["width", "length"]).ax_.child_axes
    spans = [float(np.diff(cell.get_xlim())[0]) for cell in cells]
    assert spans[0] == pytest.approx(spans[1])
    assert cells[0].get_ylim() == cells[1].get_ylim()
    assert [cell.get_ylabel() for cell in cells] == ["width", "", "length", ""]


def test_names_are_those_that_the_mixture_was_fitted_with():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["height", "depth"])
    named = bootstrap_parameters(GaussianMixture(1).fit(frame), frame, n_bootstrap=9, random_state=0)
    cells = plot_bootstrap_parameters(named).ax_.child_axes
    assert [cell.get_ylabel() for cell in cells] == ["height", "depth"]


def test_what_the_histograms_refuse(replicates):
    with pytest.raises(TypeError, match="replicates is of type list"):
        plot_bootstrap_parameters([])
    with pytest.raises(ValueError, match="what is 'mean'; expected one of weights, means, variances"):
        plot_bootstrap_parameters(replicates, "mean")
    with pytest.raises(ValueError, match="names has 1 entries; expected 2"):
        plot_bootstrap_parameters(replicates, names=["width"])
    wide = np.random.default_rng(0).normal(size=(40, 9))
    many = bootstrap_parameters(GaussianMixture(1).fit(wide), wide, n_bootstrap=3, random_state=0)
    with pytest.raises(ValueError, match="1 components and 9 features; expected at most 8"):
        plot_bootstrap_parameters(many)
    assert plt.get_fignums() == []
