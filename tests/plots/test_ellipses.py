import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from mixtura.plots.components import Components
from mixtura.plots.ellipses import draw_components, ellipse_of
from mixtura.plots.style import colour_of

CIRCLE = np.column_stack([np.cos(np.linspace(0, 6, 50)), np.sin(np.linspace(0, 6, 50))])  # (50, 2)
entry = st.floats(-5, 5).filter(lambda value: abs(value) > 0.05)


def draw(weights, means, covariances):
    ax = Figure().subplots()
    draw_components(ax, Components(np.array(weights), np.array(means), np.array(covariances)))
    fills = [patch for patch in ax.patches if patch.get_fill()]
    outlines = [patch for patch in ax.patches if not patch.get_fill()]
    return ax, fills, outlines


@settings(max_examples=60, deadline=None)
@given(entry, entry, st.floats(-5, 5), st.sampled_from([1, 2, 3, 0.5]))
def test_every_point_of_the_ellipse_is_that_many_deviations_away(a, b, c, deviations):
    factor = np.array([[a, 0.0], [c, b]])
    covariance = factor @ factor.T
    width, height, angle = ellipse_of(covariance, deviations)
    assert width >= height > 0
    assert 0 <= angle <= 180
    turn = np.radians(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    rim = CIRCLE * [width / 2, height / 2] @ rotation.T  # (50, 2)
    distances = np.linalg.norm(np.linalg.solve(factor, rim.T), axis=0)
    np.testing.assert_allclose(distances, deviations, rtol=1e-6)


def test_a_flat_component_has_no_width():
    assert ellipse_of(np.array([[1.0, 1.0], [1.0, 1.0]]), 1) == pytest.approx((2 * np.sqrt(2), 0, 45), abs=1e-6)
    assert ellipse_of(np.array([[-1e-18, 0], [0, 1.0]]), 1) == pytest.approx((2, 0, 90))


def test_what_is_drawn_lies_one_two_and_three_deviations_from_its_mean():
    means, covariances = [[1.0, 2.0], [-4.0, 0.0]], [[[2.0, 0.9], [0.9, 1.0]], [[0.1, 0.0], [0.0, 3.0]]]
    _, fills, outlines = draw([0.5, 0.5], means, covariances)
    for patches in (fills, outlines):
        assert len(patches) == 6
        for index, patch in enumerate(patches):
            group, deviations = divmod(index, 3)
            offsets = patch.get_patch_transform().transform(CIRCLE) - means[group]  # (50, 2)
            squared = np.einsum("nd,nd->n", offsets, np.linalg.solve(covariances[group], offsets.T).T)
            np.testing.assert_allclose(squared, (deviations + 1) ** 2)


def test_heavier_is_more_opaque_and_each_has_its_colour():
    _, fills, outlines = draw([0.2, 0.7, 0.1], np.zeros((3, 2)), [np.eye(2)] * 3)
    opacities = [patch.get_facecolor()[3] for patch in fills[::3]]
    assert opacities[1] > opacities[0] > opacities[2] > 0
    assert [patch.get_facecolor()[:3] for patch in fills[::3]] == [to_rgb(colour_of(group)) for group in range(3)]
    assert len({patch.get_edgecolor() for patch in outlines}) == 3


def test_points_lie_above_the_tint_and_below_the_outline():
    _, fills, outlines = draw([1.0], [[0.0, 0.0]], [np.eye(2)])
    assert max(patch.get_zorder() for patch in fills) < 2 < min(patch.get_zorder() for patch in outlines)


def test_the_limits_hold_the_whole_ellipse():
    ax, _, _ = draw([1.0], [[5.0, 5.0]], [np.eye(2)])
    assert ax.get_xlim()[0] < 2
    assert ax.get_xlim()[1] > 8
