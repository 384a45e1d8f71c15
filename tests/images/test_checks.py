"""Checks: what counts as a stack of images for the generator, and as one of bytes; memberships."""

import numpy as np
import pytest

from mixtura.images.checks import check_bytes, check_memberships, read_stack

GREY = np.full((3, 4, 5), 0.5)


@pytest.mark.parametrize("images", [GREY, GREY.astype(np.float32), list(GREY), np.zeros((2, 4, 5), np.uint8)])
def test_stacks_pass(images):
    assert read_stack(images).image_shape == (4, 5)
    assert read_stack(images, (4, 5)).rows.shape[1] == 20


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (GREY[0], r"Got an array of shape \(4, 5\), but expected a stack of images \(n, height, width\)"),
        (np.zeros(9), r"shape \(9,\)"),
        (np.zeros((0, 4, 5)), r"shape \(0, 4, 5\)"),
        (np.zeros((3, 0, 5)), r"shape \(3, 0, 5\)"),
        ("images", r"shape \(\)"),
        ([GREY[0], GREY[1][:3]], r"different sizes"),
        (GREY + 1.0, r"from 1.5 to 1.5, but expected images with intensities in \[0, 1\]"),
        (GREY - 0.6, r"intensities in \[0, 1\]"),
        (np.full((3, 4, 5), np.nan), r"NaN or infinity \(inf\) in 3 of 3 rows"),
        (np.full((3, 4, 5), np.inf), r"NaN or infinity"),
        (np.ones((3, 4, 5), dtype=int), r"dtype int64, but expected uint8"),
        (np.full((3, 4, 5), "a"), r"dtype <U1, but expected uint8"),
    ],
)
def test_bad_stacks(images, message):
    with pytest.raises(ValueError, match=message):
        read_stack(images)


def test_new_images_have_the_fitted_shape_and_scale():
    assert read_stack(GREY + 0.7, (4, 5)).unit == 1.0  # reconstructions overshoot
    with pytest.raises(ValueError, match=r"Got images of 4 x 5, but the model was fitted to images of 5 x 4: crop"):
        read_stack(GREY, (5, 4))
    with pytest.raises(ValueError, match=r"expected a stack of images \(n, 4, 5\)"):
        read_stack(GREY[0], (4, 5))
    with pytest.raises(ValueError, match=r"intensities in \[0, 1\]"):
        read_stack(255 * GREY, (4, 5))


def test_memberships():
    assert check_memberships("kmeans", 3) == "kmeans"
    assert check_memberships(len, 3) is len
    assert check_memberships([0, 1, 1], 3).shape == (3,)
    for bad in ([0, 1], np.ones((2, 3)), 5, None):
        with pytest.raises(ValueError, match=r"Got init_params of shape .* for 3 images, but expected labels \(3,\)"):
            check_memberships(bad, 3)


def test_levels_of_bytes():
    stack = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert np.shares_memory(check_bytes(read_stack(stack)), stack)
    with pytest.raises(ValueError, match=r"Got images of dtype float64, but expected uint8, whose 256 levels"):
        check_bytes(read_stack(GREY))
