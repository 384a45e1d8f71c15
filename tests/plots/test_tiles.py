"""The pictures of images: grids and reconstructions."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from mixtura.plots import plot_image_grid, plot_reconstructions


def edges(image):
    left, right, low, high = image.get_extent()
    return left, right, min(low, high), max(low, high)


@pytest.fixture
def images():
    return np.random.default_rng(0).random((7, 6, 4))


def test_every_image_is_drawn_once_and_none_overlap(images):
    ax = plot_image_grid(images, n_columns=3).ax_
    assert len(ax.images) == 7
    for drawn, image in zip(ax.images, images, strict=True):
        np.testing.assert_array_equal(drawn.get_array(), image)
        left, right, top, bottom = edges(drawn)
        assert (bottom - top) / (right - left) == pytest.approx(6 / 4)
    boxes = [edges(drawn) for drawn in ax.images]
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            assert apart
    # Row by row: the fourth begins the second row.
    assert boxes[3][0] == boxes[0][0]
    assert boxes[3][2] > boxes[0][2]


def test_images_stand_upright(images):
    display = plot_image_grid(np.array([[[1.0, 1.0], [0.0, 0.0]]]))  # white above black
    display.figure_.canvas.draw()
    pixels = np.asarray(display.figure_.canvas.buffer_rgba())[:, :, 0]
    middle = pixels[:, pixels.shape[1] // 2]
    assert np.flatnonzero(middle == 0).min() > np.flatnonzero(middle == 255).min()
    assert middle[len(middle) // 2 - 10] == 255
    assert middle[len(middle) // 2 + 10] == 0


@pytest.mark.parametrize(("n", "columns"), [(1, 1), (5, 5), (7, 5), (25, 5), (36, 6)])
def test_the_number_of_columns(n, columns):
    ax = plot_image_grid(np.zeros((n, 2, 2))).ax_
    assert len({edges(image)[0] for image in ax.images}) == columns


def test_titles_stand_above_their_images(images):
    ax = plot_image_grid(images, titles=range(7), n_columns=4).ax_
    assert [text.get_text() for text in ax.texts] == list("0123456")
    for text, drawn in zip(ax.texts, ax.images, strict=True):
        left, right, top, _ = edges(drawn)
        assert text.xy == pytest.approx(((left + right) / 2, top))


@pytest.mark.parametrize("own", [True, False])
def test_titles_touch_no_image(images, own):
    ax = None if own else Figure(figsize=(4.5, 4)).subplots()
    display = plot_image_grid(images, titles=["gf"] * 7, ax=ax)
    display.figure_.canvas.draw()
    for text in display.ax_.texts:
        box = text.get_window_extent()
        assert not any(box.overlaps(image.get_window_extent()) for image in display.ax_.images)


@pytest.mark.parametrize(
    ("images", "limits"),
    [
        (np.full((1, 2, 2), 7, dtype=np.uint8), (0, 255)),
        (np.full((1, 2, 2), 0.3), (0, 1)),
        (np.array([[[0.0, 16.0]]]), (0, 16)),
        (np.array([[[-0.5, 0.5]]]), (-0.5, 0.5)),
    ],
)
def test_one_grey_scale(images, limits):
    assert plot_image_grid(images).ax_.images[0].get_clim() == limits


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((3, 784)), r"images have shape \(3, 784\); expected \(n, height, width\).*reshape\(-1"),
        (np.zeros((0, 2, 2)), "with n at least 1"),
        ([np.zeros((2, 2)), np.zeros((3, 3))], "images differ in shape"),
        ([[["a"]]], "images hold <U1; expected numbers"),
        (np.full((1, 2, 2), np.nan), "images hold NaN or infinity"),
    ],
)
def test_no_stack_of_images(images, message):
    with pytest.raises(ValueError, match=message):
        plot_image_grid(images)
    assert plt.get_fignums() == []


def test_titles_and_columns_that_do_not_fit(images):
    with pytest.raises(ValueError, match="titles has 2 entries for 7 images; expected one for each"):
        plot_image_grid(images, titles=["a", "b"])
    with pytest.raises(ValueError, match="n_columns is 0; expected a whole number of at least 1"):
        plot_image_grid(images, n_columns=0)
    assert plt.get_fignums() == []


def test_a_row_for_each_original(images):
    ax = plot_reconstructions({1: images[2:4], 10: images[4:6]}, images[:2]).ax_
    drawn = [image.get_array() for image in ax.images]
    for shown, expected in zip(drawn, images[[0, 2, 4, 1, 3, 5]], strict=True):
        np.testing.assert_array_equal(shown, expected)
    assert [text.get_text() for text in ax.texts] == ["original", "n = 1", "n = 10"]
    assert ax.get_title() == "reconstructed from the first n basis vectors"


def test_reconstructions_keep_the_grey_scale_of_the_original():
    original = np.array([[0.0, 1.0]])
    ax = plot_reconstructions({1: np.array([[-0.4, 1.7]])}, original).ax_
    assert [image.get_clim() for image in ax.images] == [(0, 1), (0, 1)]


@pytest.mark.parametrize(
    ("reconstructions", "message"),
    [
        ({}, "images_by_n is of type dict; expected a mapping of numbers of basis vectors to images, not empty"),
        ([np.zeros((2, 2))], "images_by_n is of type list; expected a mapping"),
        ({3: np.zeros((2, 3))}, r"images_by_n\[3\] has shape \(1, 2, 3\), but original has \(1, 2, 2\)"),
        ({3: np.full((2, 2), np.inf)}, r"images_by_n\[3\] hold NaN or infinity"),
    ],
)
def test_reconstructions_that_do_not_fit(reconstructions, message):
    with pytest.raises(ValueError, match=message):
        plot_reconstructions(reconstructions, np.zeros((2, 2)))
    assert plt.get_fignums() == []
