"""What counts as an image, and what is refused."""

import numpy as np
import pytest

from mixtura.images.pixels import check_intensities, read_pixels


def test_bytes_and_floats_become_rows_with_their_unit():
    stack = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    pixels = read_pixels(stack)
    assert (pixels.unit, pixels.image_shape) == (255.0, (3, 4))
    np.testing.assert_array_equal(pixels.rows[1], np.arange(12, 24))
    assert np.shares_memory(pixels.rows, stack)
    pixels = read_pixels(stack.astype(np.float32))
    assert (pixels.unit, pixels.image_shape, pixels.rows.dtype) == (1.0, (3, 4), np.float32)


def test_colour_images_and_lists_of_images():
    assert read_pixels(np.zeros((2, 3, 4, 3))).image_shape == (3, 4, 3)
    assert read_pixels([[[0.0, 1.0]], [[1.0, 0.0]]]).rows.shape == (2, 2)


@pytest.mark.parametrize("table", [np.zeros((4, 2)), np.zeros(4), np.zeros((1,) * 5)])
def test_anything_else_passes_as_it_is(table):
    pixels = read_pixels(table)
    assert pixels.rows is table
    assert pixels.image_shape is None


def test_images_of_different_sizes():
    with pytest.raises(ValueError, match=r"different sizes.*expected all of one size.*resize"):
        read_pixels([np.zeros((3, 3)), np.zeros((4, 4))])


@pytest.mark.parametrize("dtype", [np.int64, np.uint16, bool, complex, "U3", object])
def test_images_of_another_type(dtype):
    with pytest.raises(ValueError, match=r"dtype .*expected uint8 \(0 to 255\) or floats in \[0, 1\]"):
        read_pixels(np.zeros((2, 3, 3)).astype(dtype))


def test_whole_numbers_are_cast_to_bytes_only_where_nothing_wraps():
    for images, advice in (([[[0, 255]]], r"astype\('uint8'\)"), ([[[0, 256]]], "wrap"), ([[[-1, 255]]], "wrap")):
        with pytest.raises(ValueError, match=f"Got images of dtype int64, but expected uint8.*{advice}"):
            read_pixels(np.array(images))


def test_intensities_outside_the_range():
    with pytest.raises(ValueError, match=r"from 0 to 255, but expected images with intensities in \[0, 1\].*divide"):
        check_intensities(np.array([[0.0, 255.0]]))
    with pytest.raises(ValueError, match=r"from -0.5 to 1,"):
        check_intensities(np.array([[-0.5, 1.0]]))
    check_intensities(np.array([[-0.5, 1.0]]), -1.0, 1.0)
    with pytest.raises(ValueError, match=r"NaN or infinity \(inf\) in 1 of 1 rows"):
        check_intensities(np.array([[np.nan, 1.0]]))


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, bool, np.float16])
def test_intensities_that_pass(dtype):
    check_intensities(np.ones((2, 3), dtype=dtype))
