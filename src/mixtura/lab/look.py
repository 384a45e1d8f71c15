"""Images, first step: look at the data."""

from dataclasses import dataclass
from html import escape

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.datasets import ImageSet
from mixtura.lab.activity import Activity, Gallery, Picture, Table
from mixtura.lab.data import load_lines
from mixtura.lab.figures import capture, panel
from mixtura.lab.wording import count, number, paragraphs, percent
from mixtura.plots import plot_image_grid
from mixtura.plots.style import colour_of, dress

__all__ = ["ImageFacts", "look_at_images"]

_SHOWN = 12  # images of each class
_BINS = 16  # of grey levels


@dataclass(frozen=True, eq=False)
class ImageFacts:
    """What one should know of a set of images before modelling it.

    Attributes
    ----------
    n_train, n_test : int
    shape : tuple of int
        Height and width.
    class_names : tuple of str, length C
    counts, test_counts : array (C,)
        Images of each class, for training and for testing.
    brightness : array (C,)
        Mean grey level of the training images of each class, from 0 to 255.
    zero_share : float
        The part of all training pixels that are exactly 0.
    level_shares : array (16,)
        The part of all training pixels in each of 16 equal ranges of grey levels.
    """

    n_train: int
    n_test: int
    shape: tuple[int, int]
    class_names: tuple[str, ...]
    counts: IntArray  # (C,)
    test_counts: IntArray  # (C,)
    brightness: FloatArray  # (C,)
    zero_share: float
    level_shares: FloatArray  # (16,)

    @property
    def n_pixels(self) -> int:
        """D, the number of pixels of an image."""
        return self.shape[0] * self.shape[1]


def look_at_images(train: ImageSet, test: ImageSet) -> Activity[ImageFacts]:
    """Show images of every class, their means, and how their pixels are spread.

    Parameters
    ----------
    train, test : ImageSet
        Of the same classes.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> look_at_images(load_digits_images(), load_digits_images("test")).numbers.n_train
    1442
    """
    n_classes = len(train.class_names)
    members = [np.flatnonzero(train.labels == number) for number in range(n_classes)]
    means = np.stack([train.images[rows].mean(axis=0) for rows in members])  # (C, height, width)
    levels = np.zeros(256, dtype=np.intp)
    for part in np.array_split(train.images, 100):  # bincount makes whole numbers of 8 bytes of all that it is given
        levels += np.bincount(part.reshape(-1), minlength=256)
    _, height, width = train.images.shape
    found = ImageFacts(
        n_train=len(train),
        n_test=len(test),
        shape=(height, width),
        class_names=train.class_names,
        counts=np.array([len(rows) for rows in members]),
        test_counts=np.bincount(test.labels, minlength=n_classes),
        brightness=means.mean(axis=(1, 2)),
        zero_share=float(levels[0] / levels.sum()),
        level_shares=levels.reshape(_BINS, -1).sum(axis=1) / levels.sum(),
    )
    examples = np.concatenate([train.images[rows[:_SHOWN]] for rows in members])
    names = ", ".join(escape(name) for name in train.class_names)
    body = (
        capture(
            plot_image_grid(examples, n_columns=_SHOWN),
            alt=f"A sheet of small grey images on black, {_SHOWN} of each class.",
            caption=f"The first {_SHOWN} training images of each class, one class to a row, from the top: {names}.",
        ),
        Gallery(
            (
                capture(
                    plot_image_grid(means / 255.0, titles=[str(number) for number in range(n_classes)], n_columns=5),
                    alt="Ten blurred images, the mean of each class.",
                    caption="The mean image of each class, with the number of the class.",
                ),
                _draw_levels(found),
            )
        ),
        Table(
            ("class", "training images", "test images", "mean grey level"),
            tuple(
                (f"{k} {escape(name)}", f"{found.counts[k]:,}", f"{found.test_counts[k]:,}", number(brightness, 1))
                for k, (name, brightness) in enumerate(zip(found.class_names, found.brightness, strict=True))
            ),
            "How many images there are, and how bright they are, from 0 (black) to 255 (white).",
        ),
    )
    return Activity(
        name="images-look",
        title="Images: look at the data",
        question=paragraphs(
            "What does a Gaussian mixture mean for images? To find out we build a model that makes new ones. But "
            "first: always look at your data. What is in it, how many images are there, and what do their pixels look "
            "like?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=f"{count(found.n_train, 'image')} to train with and {found.n_test:,} to test with, of "
        f"{found.shape[0]} × {found.shape[1]} pixels in {count(n_classes, 'class', 'classes')}; "
        f"{percent(found.zero_share)} of all pixels are exactly 0",
        code=(
            f"{load_lines(train)}\n"
            "from mixtura.plots import plot_image_grid\n\n"
            "plot_image_grid(train.images[:10], titles=train.labels[:10])\n"
            "print((train.images == 0).mean())"
        ),
    )


def _draw_levels(found: ImageFacts) -> Picture:
    ax = panel()
    width = 256 / _BINS
    ax.bar(np.arange(_BINS) * width, 100 * found.level_shares, width=width, align="edge", color=colour_of(0))
    dress(ax, title="all training pixels", x_label="grey level", y_label="per cent of pixels")
    ax.set_xticks(range(0, 257, 64))
    return capture(
        ax,
        alt=f"Bars of how many pixels have which grey level; the first, darkest, holds "
        f"{percent(float(found.level_shares[0]))}.",
        caption=f"How many pixels have which grey level, in {_BINS} ranges. Exactly 0 are {percent(found.zero_share)}.",
    )


def _answer(found: ImageFacts) -> str:
    least, most = int(found.counts.min()), int(found.counts.max())
    balance = (
        f"{count(least, 'image')} of each, so no class is favoured"
        if least == most
        else f"from {least:,} to {count(most, 'image')} of each"
    )
    bright, dark = int(found.brightness.argmax()), int(found.brightness.argmin())
    return paragraphs(
        f"There are {count(found.n_train, 'training image')} in {count(len(found.counts), 'class', 'classes')}, "
        f"{balance}, and {count(found.n_test, 'test image')} that no model here sees while it is fitted. An image is "
        f"{found.shape[0]} × {found.shape[1]} = {found.n_pixels} pixels, each a whole number from 0 to 255. The "
        f"brightest class is {escape(found.class_names[bright])} (mean {number(found.brightness[bright], 0)}), the "
        f"darkest {escape(found.class_names[dark])} ({number(found.brightness[dark], 0)}).",
        f"{percent(found.zero_share)} of all pixels are exactly 0. That matters: a Gaussian that becomes ever narrower "
        "on such a pixel gets ever more likely, without bound, so a density of the raw bytes would mean nothing. "
        "Wherever bits are given below, each byte is first spread evenly over its own grey level.",
    )
