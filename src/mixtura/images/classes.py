"""Classes: which images belong together, as labels say, or all of them where there are none."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.mixture import RandomSource

__all__ = ["Classes", "draw_classes", "number_of_label"]


@dataclass(frozen=True, eq=False)
class Classes:
    """A partition of n images into C classes.

    Attributes
    ----------
    names : array (C,) or None
        The distinct labels, sorted; None where no labels were given.
    members : tuple of C arrays or slices
        The images of each class.
    sizes : array (C,)
        How many.
    """

    names: Array | None
    members: tuple[IntArray | slice, ...]
    sizes: IntArray

    @classmethod
    def of(cls, labels: Any, n_images: int) -> "Classes":
        """Read labels (n,), or make one class of all images of None.

        Raises
        ------
        ValueError
            If there is not one label for each image, or a label is NaN.

        Examples
        --------
        >>> Classes.of(["coat", "shirt", "coat"], 3).sizes
        array([2, 1])
        """
        if labels is None:
            return cls(None, (slice(None),), np.array([n_images]))
        labels = np.asarray(labels)
        if labels.shape != (n_images,):
            raise ValueError(
                f"Got labels of shape {labels.shape} for {n_images} images, but expected ({n_images},): one for each."
            )
        try:
            missing = np.array([label is None or label != label for label in labels.tolist()], dtype=bool)  # or NaN
            names, numbers = np.unique(labels[~missing], return_inverse=True)
        except TypeError:
            raise ValueError("Got labels of mixed types, but expected numbers alone or strings alone.") from None
        if missing.any():
            raise ValueError(
                f"Got labels of which {np.count_nonzero(missing)} are missing (None or NaN), but expected one for each "
                "image: give them, or leave these images out."
            )
        members = tuple(np.flatnonzero(numbers == number) for number in range(len(names)))
        return cls(names, members, np.array([len(member) for member in members]))

    @property
    def weights(self) -> FloatArray:
        """Share of the images in each class (C,)."""
        return self.sizes / self.sizes.sum()

    def check_sizes(self, least: int) -> None:
        """Raise where the smallest class has fewer than `least` images.

        Raises
        ------
        ValueError
            Naming the class.
        """
        smallest = int(np.argmin(self.sizes))
        if self.sizes[smallest] < least:
            where = "" if self.names is None else f" of class {self.names[smallest]!s}"
            raise ValueError(
                f"Got {self.sizes[smallest]} images{where}, but expected at least {least}: two, and one for each "
                "component. Use fewer components, or more images."
            )


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
    if np.ndim(label) or label not in known:
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
