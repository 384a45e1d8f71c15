"""Classes: which images belong together, as labels say, or all of them where there are none."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.mixture import RandomSource

__all__ = ["Classes", "draw_classes", "number_of_label", "read_labels"]


@dataclass(frozen=True, eq=False)
class Classes:
    """A partition of n images into C classes.

    Attributes
    ----------
    names : array (C,) or None
        The distinct labels, sorted; None where no labels were given.
    numbers : array (n,)
        The class of each image.
    """

    names: Array | None
    numbers: IntArray

    @classmethod
    def of(cls, labels: Any, n_images: int) -> "Classes":
        """Sort labels (n,), or make one class of all images of None.

        Raises
        ------
        ValueError
            As `read_labels` does.

        Examples
        --------
        >>> Classes.of(["coat", "shirt", "coat"], 3).sizes
        array([2, 1])
        """
        if labels is None:
            return cls(None, np.zeros(n_images, dtype=np.intp))
        return cls(*np.unique(read_labels(labels, n_images), return_inverse=True))

    @cached_property
    def members(self) -> tuple[IntArray | slice, ...]:
        """Which images are in each class (C,); a slice, which copies nothing, where all are in one."""
        if self.names is None:
            return (slice(None),)
        return tuple(np.flatnonzero(self.numbers == number) for number in range(len(self.names)))

    @cached_property
    def sizes(self) -> IntArray:
        """Images in each class (C,)."""
        return np.bincount(self.numbers)

    @property
    def weights(self) -> FloatArray:
        """Share of the images in each class (C,)."""
        return self.sizes / self.sizes.sum()

    def check_sizes(self, least: int, why: str) -> None:
        """Raise where the smallest class has fewer than `least` images; `why` explains the bound.

        Raises
        ------
        ValueError
            Naming the class.
        """
        smallest = int(np.argmin(self.sizes))
        if self.sizes[smallest] < least:
            where = "" if self.names is None else f" of class {self.names[smallest]!s}"
            raise ValueError(
                f"Got {self.sizes[smallest]} images{where}, but expected at least {least} ({why}): use fewer "
                "components, or more images."
            )


def read_labels(labels: Any, n_images: int) -> Array:
    """Return labels (n,), one for each image: numbers alone or strings alone.

    Lists are looked at before NumPy makes strings of all that lies beside one, NaN and numbers among them.

    Raises
    ------
    ValueError
        If there is not one label for each image, one is missing (None, NaN or masked), or types are mixed.

    Examples
    --------
    >>> read_labels(["coat", 7], 2)
    Traceback (most recent call last):
    ValueError: Got labels of the types int and str, but expected numbers alone or strings alone: convert them first.
    """
    given = labels if hasattr(labels, "dtype") else np.array(labels, dtype=object)
    if np.shape(given) != (n_images,):
        raise ValueError(
            f"Got labels of shape {np.shape(given)} for {n_images} images, but expected ({n_images},): one for each."
        )
    values = np.asarray(given)
    single = values.tolist()
    n_missing = np.count_nonzero(np.ma.getmask(given) | np.array([_is_missing(label) for label in single]))
    if n_missing:
        raise ValueError(
            f"Got labels of which {n_missing} are missing (None, NaN or masked), but expected one for each image: give "
            "them, or leave these images out."
        )
    try:
        sorted(set(single))
    except TypeError:
        types = " and ".join(sorted({type(label).__name__ for label in single}))
        raise ValueError(
            f"Got labels of the types {types}, but expected numbers alone or strings alone: convert them first."
        ) from None
    return np.array(single) if values.dtype == object else values


def _is_missing(label: Any) -> bool:
    try:
        return label is None or bool(label != label)
    except TypeError:  # a missing value of pandas does not say whether it is itself
        return True


def number_of_label(label: Any, names: Array | None) -> int:
    """Return the place of a label among the names (C,) of the classes.

    Raises
    ------
    ValueError
        For a label that is not among them, and for any where the model was fitted without.
    """
    if names is None:
        raise ValueError(
            f"Got label={label!r}, but expected None: the model was fitted without labels. Give them to fit, or "
            "ask for no class."
        )
    known: list[Any] = names.tolist()
    if np.ndim(label) or _is_missing(label) or label not in known:
        raise ValueError(f"Got label={label!r}, but expected one of {', '.join(map(repr, known))}, or None.")
    return known.index(label)


def draw_classes(n: int, label: Any, names: Array | None, weights: FloatArray, source: RandomSource) -> IntArray:
    """Return the numbers (n,) of the classes to draw from: all of one label, or in proportion to their weights (C,).

    Raises
    ------
    ValueError
        As `number_of_label` does.

    Examples
    --------
    >>> draw_classes(2, "shirt", np.array(["coat", "shirt"]), np.array([0.5, 0.5]), np.random.default_rng())
    array([1, 1])
    """
    if label is not None:
        return np.full(n, number_of_label(label, names))
    numbers: IntArray = source.choice(len(weights), size=n, p=weights)
    return numbers
