"""ImageSet: labelled images, as a frozen record."""

from dataclasses import dataclass

import numpy as np

from mixtura.arrays import Array, ByteArray


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Grey images with a class each.

    Parameters
    ----------
    images : uint8 array of shape (n, height, width)
        Grey levels from 0 to 255. Kept as a view that cannot be written.
    labels : uint8 array of shape (n,)
        The class of each image, an index into ``class_names``. Kept as a view that cannot be written.
    class_names : tuple of str
        What the classes are called.
    name : str
        What the set is called.
    source : str
        A sentence that says where the images came from.

    Raises
    ------
    ValueError
        Where the arrays are not of these types, do not agree, or a label has no name.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.zeros((3, 2, 2), dtype=np.uint8)
    >>> labels = np.array([0, 1, 1], dtype=np.uint8)
    >>> cards = ImageSet(images, labels, ("red", "black"), name="cards", source="Made up.")
    >>> cards
    ImageSet('cards': 3 images of 2 x 2 in 2 classes)
    >>> len(cards.only("black"))
    2
    """

    images: ByteArray  # (n, height, width)
    labels: ByteArray  # (n,)
    class_names: tuple[str, ...]
    name: str
    source: str

    def __post_init__(self) -> None:
        for field in ("images", "labels"):
            view = np.asarray(getattr(self, field)).view()
            view.setflags(write=False)
            object.__setattr__(self, field, view)
        if self.images.dtype != np.uint8 or self.images.ndim != 3:
            raise ValueError(f"Got images {_describe(self.images)}, but expected uint8 of shape (n, height, width).")
        if self.labels.dtype != np.uint8 or self.labels.shape != self.images.shape[:1]:
            raise ValueError(
                f"Got labels {_describe(self.labels)} for images {_describe(self.images)}, "
                f"but expected uint8 of shape ({len(self.images)},): one label for each image."
            )
        if self.labels.size and self.labels.max() >= len(self.class_names):
            raise ValueError(
                f"Got label {self.labels.max()} with {len(self.class_names)} class names, "
                f"but expected labels below {len(self.class_names)}: name every class."
            )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        n, height, width = self.images.shape
        return f"ImageSet({self.name!r}: {n} images of {height} x {width} in {len(self.class_names)} classes)"

    def only(self, *classes: int | str) -> "ImageSet":
        """Keep the images of the given classes, in their order.

        Parameters
        ----------
        *classes : int or str
            Class numbers or class names. The labels and the class names stay as they are.

        Raises
        ------
        ValueError
            Where there is no such class.
        """
        numbers = [self._number(one) for one in classes]
        rows = np.isin(self.labels, numbers)
        return ImageSet(self.images[rows], self.labels[rows], self.class_names, self.name, self.source)

    def first_of_each(self, n: int | None) -> "ImageSet":
        """Keep the first images of each class, in their order.

        Parameters
        ----------
        n : int or None
            How many of each class at most; None keeps all.

        Examples
        --------
        >>> from mixtura.datasets import load_digits_images
        >>> load_digits_images().first_of_each(5)
        ImageSet('digits': 50 images of 8 x 8 in 10 classes)
        """
        if n is None:
            return self
        classes = range(len(self.class_names))
        rows = np.sort(np.concatenate([np.flatnonzero(self.labels == number)[:n] for number in classes]))
        return ImageSet(self.images[rows], self.labels[rows], self.class_names, self.name, self.source)

    def _number(self, one: int | str) -> int:
        if isinstance(one, str) and one in self.class_names:
            return self.class_names.index(one)
        if not isinstance(one, str) and one in range(len(self.class_names)):
            return int(one)
        known = ", ".join(f"{number} {name!r}" for number, name in enumerate(self.class_names))
        raise ValueError(f"Got class {one!r}, but expected a number or name of {self.name}: {known}.")


def _describe(array: Array) -> str:
    return f"{array.dtype} of shape {array.shape}"
