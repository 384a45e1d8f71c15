"""Real images of bytes, and what a classifier sees in them."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from mixtura.images.quality import ImageClassifier


@pytest.fixture(scope="session")
def digits():
    """Images in random order: (1797, 8, 8)."""
    images = (load_digits().images * 15).astype(np.uint8)
    return images[np.random.default_rng(0).permutation(len(images))]


@pytest.fixture(scope="session")
def labels():
    """Their classes: (1797,)."""
    kinds = load_digits().target
    return kinds[np.random.default_rng(0).permutation(len(kinds))]


@pytest.fixture(scope="session")
def classifier(digits, labels):
    """One that is trained on the first 1000."""
    return ImageClassifier.train(digits[:1000], labels[:1000], patch_side=3, n_words=40, random_state=0)
