"""The picture of a search."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from mixtura import GaussianMixture, GaussianMixtureSearch
from mixtura.families import list_families
from mixtura.plots import plot_criterion_curves


class Searched:
    """What the picture reads of a fitted search."""

    results_ = ()

    def __init__(self, curves, criterion="bic"):
        self._curves = {name: np.array(values, dtype=float) for name, values in curves.items()}
        self.criterion = criterion
        self.n_components_ = np.arange(1, 1 + len(next(iter(self._curves.values()))))
        sign = -1 if criterion == "held_out" else 1
        name = min(self._curves, key=lambda name: np.nanmin(sign * self._curves[name]))
        place = int(np.nanargmin(sign * self._curves[name]))
        self.best_params_ = {"n_components": place + 1, "covariance_type": name}
        self.best_score_ = self._curves[name][place]

    def curves(self):
        return self._curves


@pytest.mark.filterwarnings("ignore:The best number of components")
def test_the_curves_are_the_searchs_own_and_the_best_is_ringed(blobs):
    search = GaussianMixtureSearch((1, 2, 3), covariance_type=["EEI", "VVI"], random_state=0).fit(blobs)
    ax = search.plot().ax_
    *curves, ring = ax.lines
    for line, (name, values) in zip(curves, search.curves().items(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.column_stack([[1, 2, 3], values]))
        assert line.get_label() == name
    best = search.best_params_
    assert ring.get_xydata().tolist() == [[best["n_components"], search.best_score_]]
    assert ring.get_label() == f"best: {best['covariance_type']}, {best['n_components']}"


def test_fourteen_families_look_unlike():
    ax = plot_criterion_curves(Searched({family.code: np.arange(5) for family in list_families()})).ax_
    looks = [(line.get_color(), line.get_marker()) for line in ax.lines[:-1]]
    assert len(set(looks)) == 14
    lines = {line.get_label(): line.get_linestyle() for line in ax.lines}
    assert (lines["VII"], lines["EVI"], lines["EVE"], lines["VVV"]) == (":", "--", "-", "-")
    assert len(ax.get_legend().get_texts()) == 15


def test_values_that_would_press_the_rest_flat_lie_beyond_the_frame():
    good = np.linspace(100, 110, 9)
    ax = plot_criterion_curves(Searched({"VVV": good, "EEE": good + 1, "EII": [*good[:-2] + 2, 5000, 6000]})).ax_
    assert ax.get_title() == "2 worse values lie beyond the frame"
    assert ax.get_ylim()[0] < 100 < 112 < ax.get_ylim()[1] < 5000
    ax = plot_criterion_curves(Searched({"VVV": -good, "EII": [*-good[:-1], -7000]}, "held_out")).ax_
    assert ax.get_title() == "1 worse value lies beyond the frame"
    assert -7000 < ax.get_ylim()[0] < -110 < -100 < ax.get_ylim()[1]
    assert ax.get_ylabel() == "held-out log-likelihood (higher is better)"


def test_a_failed_cell_is_a_gap():
    ax = plot_criterion_curves(Searched({"full": [3, np.nan, 2], "diag": [4, 3, 3]})).ax_
    assert np.isnan(ax.lines[0].get_ydata()[1])
    assert ax.get_title() == ""


def test_many_numbers_share_few_ticks():
    ax = plot_criterion_curves(Searched({"full": np.arange(40)})).ax_
    assert len(ax.get_xticks()) < 20


def test_refused_before_fit():
    with pytest.raises(TypeError, match="search is of type GaussianMixture; expected a fitted GaussianMixtureSearch"):
        plot_criterion_curves(GaussianMixture())
    with pytest.raises(NotFittedError, match="this GaussianMixtureSearch is not fitted"):
        plot_criterion_curves(GaussianMixtureSearch())
    assert plt.get_fignums() == []
