"""The pictures of merged components: entropy and tree."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from sklearn.exceptions import NotFittedError

from mixtura import GaussianMixture, MergedGaussianMixture
from mixtura.datasets import two_moons
from mixtura.plots import plot_decision_boundary, plot_entropy, plot_gmm, plot_merge_tree, plot_responsibilities
from mixtura.plots.style import COLOURS, INK, colour_of

BOTH = [plot_entropy, plot_merge_tree]


@pytest.fixture(scope="module")
def moons():
    X, _ = two_moons(random_state=0)
    return MergedGaussianMixture(n_components=7, random_state=0).fit(X)


@pytest.mark.parametrize("against", ["clusters", "rows"])
def test_the_entropies_stand_at_their_numbers_of_clusters(moons, against):
    tree = moons.merge_tree_
    ax = plot_entropy(moons, against=against).ax_
    places, heights = ax.lines[0].get_data()
    np.testing.assert_array_equal(heights, tree.entropies)
    expected = np.arange(1, 8) if against == "clusters" else [0, *np.cumsum(tree.rows[::-1])]
    np.testing.assert_array_equal(places, expected)
    ring = ax.lines[-1]
    assert ring.get_xydata()[0] == pytest.approx((places[1], tree.entropies[1]))
    assert ring.get_label() == "2 clusters, chosen by the elbow of overlaps"


def test_the_dashed_lines_are_least_squares(moons):
    """No other pair of lines, parted at a point of the curve, is nearer to it."""
    ax = plot_entropy(moons).ax_
    places, heights = ax.lines[0].get_data()
    elbow = int(re.fullmatch(r"two lines, up to (\d) clusters and from there on", ax.lines[1].get_label())[1])

    def residual(c):
        parts = [(places[:c], heights[:c]), (places[c - 1 :], heights[c - 1 :])]
        return sum(np.sum((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2) for x, y in parts)

    assert residual(elbow) == pytest.approx(min(residual(c) for c in range(2, 7)))
    drawn = sum(
        np.sum((line.get_ydata() - heights[np.searchsorted(places, line.get_xdata())]) ** 2) for line in ax.lines[1:3]
    )
    assert drawn == pytest.approx(residual(elbow))


def test_the_number_may_be_asked_for(moons):
    X, _ = two_moons(random_state=0)
    asked = MergedGaussianMixture(3, estimator=moons.estimator_).fit(X)
    assert plot_entropy(asked).ax_.lines[-1].get_label() == "3 clusters, as asked"


@pytest.mark.parametrize("height", ["step", "entropy"])
def test_each_join_lies_above_what_it_joins(moons, height):
    tree = moons.merge_tree_
    ax = plot_merge_tree(moons, height=height).ax_
    joins = ax.lines[:6]
    tops = [join.get_ydata()[1] for join in joins]
    assert tops == (
        list(range(1, 7)) if height == "step" else pytest.approx(tree.entropies[-1] - tree.entropies[-2::-1])
    )
    for join, (first, second) in zip(joins, tree.pairs, strict=True):
        below = [0.0 if part < 7 else tops[part - 7] for part in (first, second)]
        assert [join.get_ydata()[0], join.get_ydata()[3]] == below
    assert [text.get_text() for text in ax.texts] == [f"{overlap:.2f}" for overlap in tree.overlaps]


def test_no_two_lines_of_the_tree_cross(moons):
    """Each join spans the components below it and no other."""
    ax = plot_merge_tree(moons).ax_
    order = [int(label.get_text()) for label in ax.get_xticklabels()]
    members = [{k} for k in range(7)]
    for join, (first, second) in zip(ax.lines[:6], moons.merge_tree_.pairs, strict=True):
        members.append(members[first] | members[second])
        places = sorted(order.index(component) for component in members[-1])
        assert places == list(range(places[0], places[-1] + 1))
        assert places[0] <= join.get_xdata()[0] < join.get_xdata()[3] <= places[-1] or (
            places[0] <= join.get_xdata()[3] < join.get_xdata()[0] <= places[-1]
        )


def test_clusters_have_colours_and_what_joins_them_has_none(moons):
    ax = plot_merge_tree(moons).ax_
    assert to_hex(ax.lines[5].get_color()).lower() == INK
    assert ax.lines[5].get_linestyle() == "--"
    for component, dot in enumerate(ax.lines[6:]):
        assert to_hex(dot.get_color()).upper() == COLOURS[moons.cluster_of_component_[component]]


@pytest.mark.parametrize("picture", BOTH)
def test_what_is_refused(picture):
    with pytest.raises(NotFittedError, match="this MergedGaussianMixture is not fitted"):
        picture(MergedGaussianMixture())
    with pytest.raises(TypeError, match="merged is of type GaussianMixture; expected a fitted MergedGaussianMixture"):
        picture(GaussianMixture(2))
    assert plt.get_fignums() == []


def test_unknown_names_and_a_tree_of_one(blobs, moons):
    with pytest.raises(ValueError, match="against is 'x'; expected one of clusters, rows"):
        plot_entropy(moons, against="x")
    with pytest.raises(ValueError, match="height is 'x'; expected one of step, entropy"):
        plot_merge_tree(moons, height="x")
    one = MergedGaussianMixture(n_components=1).fit(blobs)
    with pytest.raises(ValueError, match="there is one component"):
        plot_merge_tree(one)
    assert plot_entropy(one).ax_.get_ylabel() == "entropy in nats"
    plt.close("all")


@pytest.mark.parametrize("n_features", [1, 2])
def test_pictures_of_the_plane_colour_clusters(n_features):
    """Of merged components the labels are clusters, so components, regions and centres have their colours too."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(0, 1, (60, 2)), rng.normal(4, 1, (60, 2)), rng.normal(20, 1, (60, 2))])
    X = np.concatenate([X, rng.uniform(-60, 60, (20, 2))])[:, :n_features]
    merged = MergedGaussianMixture(2, n_components=3, noise="auto", random_state=0).fit(X)
    ax = plot_gmm(merged, X).ax_
    assert "3 components in 2 clusters" in ax.get_title()
    numbers = sorted(text.get_text() for text in ax.texts)
    assert numbers == sorted(str(owner) for owner in merged.cluster_of_component_)
    if n_features == 1:
        assert {f"cluster {c}" for c in range(2)} <= {line.get_label() for line in ax.get_lines()}
        return
    colours = {to_hex(patch.get_facecolor()) for patch in ax.patches if patch.get_fill()}
    assert colours == {to_hex(colour_of(0)), to_hex(colour_of(1))}
    drawn = plot_decision_boundary(merged, X).ax_
    tints = np.unique(drawn.images[0].get_array().reshape(-1, 3), axis=0)
    assert len(tints) == 3
    assert (np.ptp(tints, axis=1) < 1e-9).sum() == 1  # noise is grey
    assert drawn.get_title().startswith("most probable cluster\n")
    assert plot_responsibilities(merged, 1, X).ax_.get_title().startswith("responsibility of cluster 1\n")
    with pytest.raises(ValueError, match="component is 2"):
        plot_responsibilities(merged, 2, X)
