"""Data: the images of the lab, all or some of each class, and the lines of code that load them."""

from dataclasses import dataclass

from mixtura.datasets import DatasetNotFoundError, ImageSet, load_digits_images, load_fashion_mnist

__all__ = ["DATASETS", "LabImages", "load_images", "load_lines"]

DATASETS = {"fashion-mnist": load_fashion_mnist, "digits": load_digits_images}
"""The images that the lab can work on, and what loads them; the last one is always there."""


@dataclass(frozen=True)
class LabImages:
    """Training and test images.

    Attributes
    ----------
    train, test : ImageSet
    dataset : str
        Which of ``DATASETS`` they are.
    reasons : str
        Why others than those asked for were taken, in detail; empty where they were not.
    """

    train: ImageSet
    test: ImageSet
    dataset: str
    reasons: str


def load_images(dataset: str) -> LabImages:
    """Load images, or the digits where Fashion-MNIST is found nowhere.

    Parameters
    ----------
    dataset : str
        One of ``DATASETS``.

    Examples
    --------
    >>> load_images("digits").train
    ImageSet('digits': 1442 images of 8 x 8 in 10 classes)
    """
    try:
        load = DATASETS[dataset]
        return LabImages(load("train"), load("test"), dataset, "")
    except DatasetNotFoundError as error:
        return LabImages(load_digits_images("train"), load_digits_images("test"), "digits", str(error))


def load_lines(images: ImageSet) -> str:
    """Return the lines of Python that load the whole set as ``train`` and ``test``.

    Examples
    --------
    >>> print(load_lines(load_digits_images()))
    from mixtura.datasets import load_digits_images
    train, test = load_digits_images("train"), load_digits_images("test")
    """
    load = DATASETS.get(images.name.lower())
    if load is None:
        return "train, test = ...  # your images, as two records mixtura.datasets.ImageSet"
    name = load.__name__
    return f'from mixtura.datasets import {name}\ntrain, test = {name}("train"), {name}("test")'
