"""The handwritten digits that come with scikit-learn, as images: always there, no file to find."""

import numpy as np
from sklearn.datasets import load_digits

from mixtura.datasets.image_set import ImageSet

_SPLITS = ("train", "test")
_EVERY = 5  # each fifth image of a digit is for testing


def load_digits_images(split: str = "train") -> ImageSet:
    """Load scikit-learn's 8 x 8 digits (UCI's "Optical Recognition of Handwritten Digits", its test part).

    The 17 grey levels 0 to 16 become 0 to 255, rounded. Of each digit, every fifth image is for testing: the images
    come in runs of 0 to 9, so that every fifth of all would not be fair.

    Parameters
    ----------
    split : {"train", "test"}, default "train"
        1,442 images or 355.

    Returns
    -------
    ImageSet
        Images uint8 (n, 8, 8), labels uint8 (n,), and the class names "0" to "9".

    Raises
    ------
    ValueError
        Where there is no such split.

    Examples
    --------
    >>> load_digits_images()
    ImageSet('digits': 1442 images of 8 x 8 in 10 classes)
    """
    if split not in _SPLITS:
        raise ValueError(f"Got split={split!r}, but expected {' or '.join(map(repr, _SPLITS))}.")
    digits = load_digits()
    place = np.empty(len(digits.target), dtype=int)  # (1797,), of each image among those of its digit
    for digit in digits.target_names:
        of_digit = digits.target == digit
        place[of_digit] = np.arange(of_digit.sum())
    rows = (place % _EVERY == _EVERY - 1) == (split == "test")
    return ImageSet(
        images=np.rint(digits.images[rows] * (255 / 16)).astype(np.uint8),
        labels=digits.target[rows].astype(np.uint8),
        class_names=tuple(str(digit) for digit in digits.target_names),
        name="digits",
        source="The handwritten digits bundled with scikit-learn (8 x 8 pixels).",
    )
