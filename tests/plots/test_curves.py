"""The pictures of curves: convergence, criteria, singular values."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.mixture import GaussianMixture as Theirs

from mixtura import GaussianMixture
from mixtura.plots import plot_convergence, plot_criterion, plot_singular_values

# Scikit-learn keeps the history since 1.7.
WITH_HISTORY = (
    [GaussianMixture, Theirs] if hasattr(Theirs().fit([[0.0], [1.0]]), "lower_bounds_") else [GaussianMixture]
)


@pytest.fixture(autouse=True)
def no_figure_after_an_error(request):
    yield
    if "refused" in request.node.name:
        assert plt.get_fignums() == []


class TestConvergence:
    @pytest.mark.parametrize("estimator", WITH_HISTORY)
    def test_a_fit(self, blobs, estimator):
        gmm = estimator(3, random_state=0, tol=1e-6, max_iter=1000).fit(blobs)
        ax = plot_convergence(gmm).ax_
        (line,) = ax.lines
        np.testing.assert_array_equal(line.get_ydata(), gmm.lower_bounds_)
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, len(gmm.lower_bounds_) + 1))
        assert ax.get_title() == f"{len(gmm.lower_bounds_)} iterations, converged"
        assert ax.get_ylabel() == "mean log-likelihood per row"

    def test_a_fit_that_stopped_early(self, blobs):
        with pytest.warns(ConvergenceWarning):
            gmm = GaussianMixture(3, random_state=0, tol=0, max_iter=1).fit(blobs)
        assert plot_convergence(gmm).ax_.get_title() == "1 iteration, stopped before convergence"

    def test_a_history(self):
        ax = plot_convergence([-3, -2, -1.5]).ax_
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), [-3, -2, -1.5])
        assert (ax.get_title(), ax.get_ylabel()) == ("3 iterations", "log-likelihood")

    @pytest.mark.parametrize(("n", "marker"), [(1, "o"), (40, "o"), (41, "None")])
    def test_few_iterations_are_marked(self, n, marker):
        assert plot_convergence(np.arange(n)).ax_.lines[0].get_marker() == marker

    def test_large_numbers_are_written_in_full(self):
        ax = plot_convergence([-1e6, -1e6 + 1, -1e6 + 1.5]).ax_
        ax.figure.canvas.draw()
        assert ax.yaxis.get_offset_text().get_text() == ""

    def test_refused_before_fit(self):
        with pytest.raises(NotFittedError, match=r"has no lower_bounds_; call fit\(X\).*pass the log-likelihoods"):
            plot_convergence(GaussianMixture(2))

    @pytest.mark.parametrize(
        ("history", "message"),
        [
            ([], r"the history has shape \(0,\); expected a flat sequence"),
            ([[1.0]], r"the history has shape \(1, 1\)"),
            ([1.0, np.nan], "the history has nan at position 1; expected finite"),
            (["a"], "the history is no flat sequence of numbers"),
            ([[1.0], [1.0, 2.0]], "the history is no flat sequence of numbers"),
            (None, "the history has shape"),
        ],
    )
    def test_refused(self, history, message):
        with pytest.raises(ValueError, match=message):
            plot_convergence(history)


class TestCriterion:
    def test_curves_best_and_direction(self):
        ax = plot_criterion([1, 2, 4], {"BIC": [9, 7, 8], "AIC": [8, 6, 5]}).ax_
        bic, ring, aic, square = ax.lines
        np.testing.assert_array_equal(bic.get_xydata(), [[1, 9], [2, 7], [4, 8]])
        np.testing.assert_array_equal(aic.get_ydata(), [8, 6, 5])
        np.testing.assert_array_equal(ring.get_xydata(), [[2, 7]])
        np.testing.assert_array_equal(square.get_xydata(), [[4, 5]])
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["BIC: best at 2", "AIC: best at 4"]
        assert ax.get_ylabel() == "criterion (lower is better)"
        assert (bic.get_color(), bic.get_marker()) != (aic.get_color(), aic.get_marker())
        np.testing.assert_array_equal(ax.get_xticks(), [1, 2, 4])

    def test_higher_may_be_better(self):
        ax = plot_criterion([1, 2], {"held-out log-likelihood": [-3, -2]}, lower_is_better=False).ax_
        assert ax.get_ylabel() == "held-out log-likelihood (higher is better)"
        np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[2, -2]])

    def test_order_does_not_matter(self):
        line = plot_criterion([3, 1, 2], {"BIC": [30, 10, 20]}).ax_.lines[0]
        np.testing.assert_array_equal(line.get_xydata(), [[1, 10], [2, 20], [3, 30]])

    def test_many_numbers_share_few_ticks(self):
        ax = plot_criterion(range(1, 101), {"BIC": np.arange(100)}).ax_
        assert len(ax.get_xticks()) < 20
        assert all(tick == round(tick) for tick in ax.get_xticks())

    @pytest.mark.parametrize(
        ("counts", "values", "message"),
        [
            ([1, 2], {"BIC": [1.0]}, r"values\['BIC'\] has 1 entries, but n_components has 2"),
            ([1, 2], {}, "values is of type dict; expected a mapping of names to sequences, not empty"),
            ([1, 2], [1.0, 2.0], "values is of type list; expected a mapping"),
            ([1, 2], {"BIC": [1.0, np.inf]}, r"values\['BIC'\] has inf at position 1"),
            ([], {"BIC": []}, "n_components has shape"),
        ],
    )
    def test_refused(self, counts, values, message):
        with pytest.raises(ValueError, match=message):
            plot_criterion(counts, values)


class TestSingularValues:
    def test_values_and_cuts(self):
        ax = plot_singular_values([8, 4, 2, 1], {"knee": 2, "90 %": 3}).ax_
        values, knee, most = ax.lines
        np.testing.assert_array_equal(values.get_xydata(), [[1, 8], [2, 4], [3, 2], [4, 1]])
        assert set(knee.get_xdata()) == {2}
        assert set(most.get_xdata()) == {3}
        assert knee.get_color() != most.get_color()
        assert knee.get_linestyle() != most.get_linestyle()
        assert ax.get_yscale() == "log"
        words = [text.get_text() for text in ax.get_legend().get_texts()]
        assert words == ["singular values", "knee: keep 2", "90 %: keep 3"]

    def test_without_cuts_no_legend(self):
        assert plot_singular_values([2, 1]).ax_.get_legend() is None

    def test_zeros_to_rounding_are_counted_not_drawn(self):
        X = np.random.default_rng(0).normal(size=(20, 6))
        X = np.column_stack([X, X[:, :2]])  # rank 6 of 8
        ax = plot_singular_values(np.linalg.svd(X, compute_uv=False)).ax_
        assert len(ax.lines[0].get_xdata()) == 6
        assert ax.get_title() == "8 singular values, 2 of them zero to rounding"

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ([1, 2], "expected singular values: falling"),
            ([2, -1], "none negative"),
            ([0, 0], "not all zero"),
            ([2, np.nan], "values has nan at position 1"),
        ],
    )
    def test_refused(self, values, message):
        with pytest.raises(ValueError, match=message):
            plot_singular_values(values)

    @pytest.mark.parametrize("cut", [0, 4, 1.5, None])
    def test_refused_cuts(self, cut):
        with pytest.raises(ValueError, match=r"cuts\['knee'\] is .*; expected a whole number from 1 to 3"):
            plot_singular_values([3, 2, 1], {"knee": cut})
