"""Colours that everybody can tell apart, and marks for more groups than colours."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from mixtura.plots.style import COLOURS, colour_of, marker_of, scale_equally

# Machado, Oliveira and Fernandes (2009), table 1 at full severity: what reaches the eye, in linear RGB.
VISIONS = {
    "common": np.eye(3),
    "without red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "without green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "without blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])  # D65


def lab(colours, vision):
    """CIE 1976 L*a*b* of sRGB colours (n, 3) under a vision, (n, 3)."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.transpose(vision), 0, 1) @ TO_XYZ.T / WHITE
    f = np.where(seen > (6 / 29) ** 3, np.cbrt(seen), seen * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.column_stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])])


def least_distance(colours, vision):
    points = lab(np.array([to_rgb(colour) for colour in colours]), vision)
    return min(np.linalg.norm(one - other) for one, other in combinations(points, 2))


@pytest.mark.parametrize("vision", VISIONS.values(), ids=VISIONS)
def test_every_two_colours_stay_apart(vision):
    assert least_distance(COLOURS, vision) >= 16


@pytest.mark.parametrize("vision", VISIONS.values(), ids=VISIONS)
def test_every_colour_is_seen_on_white(vision):
    assert all(least_distance([colour, "white"], vision) >= 25 for colour in COLOURS)


def test_the_measure_catches_red_beside_green():
    assert least_distance(["#B22222", "#556B2F"], VISIONS["common"]) > 50
    assert least_distance(["#B22222", "#556B2F"], VISIONS["without green cones"]) < 25


def test_lightness_of_white_and_black():
    assert lab(np.array([[1.0, 1, 1], [0, 0, 0]]), np.eye(3))[:, 0] == pytest.approx([100, 0], abs=1e-3)


def test_the_first_64_groups_differ_in_colour_or_mark():
    assert len({(colour_of(group), marker_of(group)) for group in range(64)}) == 64
    assert len({colour_of(group) for group in range(8)}) == 8


@pytest.mark.parametrize(
    ("width", "height", "aspect"), [(1, 2, 1.0), (2, 1, 1.0), (1, 1e3, "auto"), (1e3, 1, "auto"), (0, 1, "auto")]
)
def test_one_scale_unless_the_ranges_differ_too_much(width, height, aspect):
    ax = Figure().subplots()
    scale_equally(ax, width, height, keep_limits=False)
    assert ax.get_aspect() == aspect


@pytest.mark.parametrize(
    ("shared", "keep_limits", "adjustable"), [(False, False, "datalim"), (False, True, "box"), (True, False, "box")]
)
def test_what_gives_way_for_one_scale(shared, keep_limits, adjustable):
    ax = Figure().subplots(1, 2, sharex=shared)[0]
    scale_equally(ax, 1, 1, keep_limits=keep_limits)
    assert ax.get_adjustable() == adjustable
