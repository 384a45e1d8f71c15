import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from mixtura.plots.points import check_drawable, draw_groups, draw_plain, mark_centres, read_points
from mixtura.plots.style import colour_of, marker_of


def test_rows_become_float64_with_words_for_axes():
    points = read_points([[1, 2], [3, 4], [5, 6]])
    assert points.rows.dtype == np.float64
    assert points.labels == ("first feature", "second feature")
    assert read_points([[1], [2]]).labels == ("value",)
    assert read_points([[1, 2, 3]]).labels == ("feature 0", "feature 1", "feature 2")


def test_a_data_frame_names_its_axes():
    assert read_points(pd.DataFrame({"length": [1.0], "width": [2.0]})).labels == ("length", "width")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite(bad):
    X = np.ones((5, 2))
    X[3, 1] = X[4, 0] = bad
    with pytest.raises(ValueError, match=r"X has NaN or infinity in 2 of 5 rows, the first in row 3; .*leave those"):
        read_points(X)


@pytest.mark.parametrize(
    ("X", "message"),
    [([["a", "b"]], "could not convert string"), ([1.0, 2.0], "Expected 2D array"), (np.empty((0, 2)), "0 sample")],
)
def test_no_table_of_numbers(X, message):
    with pytest.raises(ValueError, match=message):
        read_points(X)


def test_more_columns_than_a_picture_shows():
    with pytest.raises(ValueError, match=r"X has 4 features; plot_gmm draws 1 or 2: choose two columns, or project"):
        check_drawable("plot_gmm", read_points(np.ones((3, 4))))


def test_each_group_in_its_colour_and_mark():
    ax = Figure().subplots()
    rng = np.random.default_rng(0)
    positions, groups = rng.normal(size=(60, 2)), rng.integers(0, 10, 60)
    draw_groups(ax, positions, groups, 11)  # the last group has no member
    assert len(ax.collections) == 11
    for group, drawn in enumerate(ax.collections):
        np.testing.assert_array_equal(drawn.get_offsets(), positions[groups == group])
        np.testing.assert_array_equal(drawn.get_facecolor()[0], to_rgba(colour_of(group)))
    # Groups 0 and 8 share a colour: the mark tells them apart.
    first, ninth = ax.collections[0].get_paths()[0], ax.collections[8].get_paths()[0]
    assert first.vertices.shape != ninth.vertices.shape
    assert marker_of(0) != marker_of(8)


@pytest.mark.parametrize(("n", "rasterized"), [(100, False), (6_000, True)])
def test_many_points_are_small_and_become_pixels(n, rasterized):
    ax = Figure().subplots()
    draw_groups(ax, np.zeros((n, 2)), np.zeros(n, dtype=int), 1)
    draw_plain(ax, np.zeros((n, 2)))
    assert (ax.collections[0].get_sizes() < 10).all() == rasterized
    for drawn in ax.collections:
        assert drawn.get_rasterized() is rasterized


@pytest.mark.parametrize(("n", "numbers"), [(3, ["0", "1", "2"]), (11, [])])
def test_centres_are_marked_and_numbered_where_few(n, numbers):
    ax = Figure().subplots()
    centres = np.random.default_rng(0).normal(size=(n, 2))
    mark_centres(ax, centres)
    np.testing.assert_array_equal(np.concatenate([mark.get_offsets() for mark in ax.collections]), centres)
    edges = [tuple(mark.get_edgecolor()[0]) for mark in ax.collections]
    assert edges == [to_rgba(colour_of(group)) for group in range(n)]
    assert [text.get_text() for text in ax.texts] == numbers
