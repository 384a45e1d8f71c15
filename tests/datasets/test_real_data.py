"""The real files, where this machine has them."""

import numpy as np
import pytest

from mixtura.datasets import load_fashion_mnist
from mixtura.datasets.fashion_files import FILES

from .conftest import REAL_FOLDERS


@pytest.fixture
def real_folder():
    names = [f"{file.name}.gz" for files in FILES.values() for file in files]
    for folder in REAL_FOLDERS:
        if all((folder / name).exists() for name in names):
            return folder
    return pytest.skip("tests use no network, and no folder of this machine has the real Fashion-MNIST")


def test_the_real_images_are_what_their_authors_describe(real_folder):
    for split, n in (("train", 60_000), ("test", 10_000)):
        images = load_fashion_mnist(split, root=real_folder, download=False)
        assert images.images.shape == (n, 28, 28)
        assert np.bincount(images.labels).tolist() == [n // 10] * 10
        # Half of all pixels are exactly 0: what makes densities of raw pixels unbounded.
        assert np.mean(images.images == 0) == pytest.approx(0.5, abs=0.01)
