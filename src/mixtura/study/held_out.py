"""Held out: a sixth of the training images in the place of the test images, for choices that these must not decide."""

from dataclasses import replace

from mixtura.datasets import ImageSet

__all__ = ["hold_out"]

_SHARE = 6


def hold_out(train: ImageSet) -> tuple[ImageSet, ImageSet]:
    """Divide training images: the first five sixths to fit to, the rest to compare with.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> fitted, unseen = hold_out(load_digits_images())
    >>> len(fitted), len(unseen)
    (1202, 240)
    >>> unseen.name
    'digits, training images alone'
    """
    n = len(train) - len(train) // _SHARE
    return _part(train, slice(n)), _part(train, slice(n, None))


def _part(images: ImageSet, rows: slice) -> ImageSet:
    name = f"{images.name}, training images alone"
    return replace(images, images=images.images[rows], labels=images.labels[rows], name=name)
