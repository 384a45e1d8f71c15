"""Sizes: whether a group has images enough for all models that are to be fitted to it, asked before the first is."""

from collections.abc import Sequence

import numpy as np

from mixtura.datasets import ImageSet
from mixtura.images import ImageMixture, MatchedImageMixture
from mixtura.study.bench import Job

__all__ = ["check_sizes"]

_LEAST_TRAIN = 10  # for one bin
_LEAST_TEST = 6  # an image and its five neighbours


def check_sizes(train: ImageSet, test: ImageSet, jobs: Sequence[Job]) -> None:
    """Raise where the images of a group are too few for the measures or for one of the models.

    Raises
    ------
    ValueError
        Naming the classes, the model and the number that is too large.
    """
    labels, sizes = np.unique(train.labels, return_counts=True)
    where = f"of class {', '.join(map(str, labels))}" if len(labels) else "of these classes"
    for name, images, least in (("training", train, _LEAST_TRAIN), ("test", test, _LEAST_TEST)):
        if len(images) < least:
            raise ValueError(f"Got {len(images)} {name} images {where}, but expected at least {least} to measure with.")
    n, d = len(train), train.images[0].size
    for job in jobs:
        model = job.make()
        if not isinstance(model, (ImageMixture, MatchedImageMixture)):
            continue
        if model.n_basis > min(n, d):
            raise ValueError(
                f"Got {model.n_basis} basis vectors for {n} images {where}, but expected at most {min(n, d)}, as many "
                f"as there are images or pixels ({d}): use fewer basis vectors, or more images."
            )
        smallest = int(sizes.min()) if job.labelled else n
        if max(2, model.n_components) > smallest:
            raise ValueError(
                f"Got {model.n_components} components ({job.title}) for {smallest} images, the fewest {where}, but "
                "expected two images, and one for each component: use fewer components, or more images."
            )
