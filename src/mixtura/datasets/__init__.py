"""Data to try mixtures on. A tour:

- :func:`load_fashion_mnist`: 70,000 real images of clothing, from wherever this machine can get them. For the
  whole story with images. It asks a row of sources (``sources``) that keep one ``contract``: folders,
  ``https``, ``debian``; what they fetch is checked (``fashion_files``) and kept in the user ``cache``.
  :func:`fetch_fashion_mnist` only fetches and says where the files lie; :func:`fashion_mnist_sources` lists
  what each source has.
- :func:`load_digits_images`: 1,797 tiny digits that come with scikit-learn. For when those are out of reach.
- :func:`load_idx`: any other set in the format of MNIST.
- ``toys``: points in the plane, one set for each lesson: :func:`two_blobs`, :func:`wide_and_tight`,
  :func:`mapped_blobs`, :func:`two_moons`.
- ``stretched``: :func:`parallel_clusters`, long groups side by side in any number of dimensions.

Image sets are :class:`ImageSet` records: images uint8 (n, height, width), labels uint8 (n,), names, source.

>>> from mixtura.datasets import load_digits_images
>>> digits = load_digits_images("test")
>>> digits.images.shape, digits.class_names[digits.labels[0]]
((355, 8, 8), '5')
"""

from mixtura.datasets.contract import SourceState
from mixtura.datasets.digits import load_digits_images
from mixtura.datasets.fashion_mnist import (
    DataPlace,
    DatasetNotFoundError,
    fashion_mnist_sources,
    fetch_fashion_mnist,
    load_fashion_mnist,
)
from mixtura.datasets.idx import IdxError, load_idx
from mixtura.datasets.image_set import ImageSet
from mixtura.datasets.stretched import parallel_clusters
from mixtura.datasets.toys import mapped_blobs, two_blobs, two_moons, wide_and_tight

__all__ = [
    "DataPlace",
    "DatasetNotFoundError",
    "IdxError",
    "ImageSet",
    "SourceState",
    "fashion_mnist_sources",
    "fetch_fashion_mnist",
    "load_digits_images",
    "load_fashion_mnist",
    "load_idx",
    "mapped_blobs",
    "parallel_clusters",
    "two_blobs",
    "two_moons",
    "wide_and_tight",
]
