"""Decompositions of images keep BLAS to one thread: where cores are shared, a second may cost a hundredfold."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from mixtura.images import CopulaImageMixture
from mixtura.images.quality.frechet import frechet_distance
from mixtura.images.residuals import Residuals
from mixtura.images.spectrum import spectrum

ROWS = np.random.default_rng(0).integers(256, size=(60, 9), dtype=np.uint8)
LEFT = ROWS - ROWS.mean(axis=0)
IMAGES = ROWS.reshape(60, 3, 3)

WORK = {
    "spectrum of bytes": lambda: spectrum(ROWS, 20),
    "spectrum of floats": lambda: spectrum(ROWS / 255.0, 20),
    "spectrum of few": lambda: spectrum(ROWS[:5], 20),
    "residuals": lambda: Residuals.learn(LEFT, np.arange(60) % 2, 2),
    "Frechet distance": lambda: frechet_distance(LEFT[:30], LEFT[30:]),
    "copula": lambda: CopulaImageMixture(2, n_iter=1, shrinkage=50.0, random_state=0).fit(IMAGES),
    "copula of factors": lambda: CopulaImageMixture(2, n_iter=1, n_factors=1, random_state=0).fit(IMAGES),
}


@pytest.mark.parametrize("work", WORK)
def test_decompositions_have_one_thread(work, monkeypatch):
    seen = []

    def watched(decompose):
        def decompose_and_tell(*arguments, **options):
            seen.extend(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
            return decompose(*arguments, **options)

        return decompose_and_tell

    for name in ("eigh", "svd", "cholesky"):
        monkeypatch.setattr(np.linalg, name, watched(getattr(np.linalg, name)))
    with threadpool_limits(3, user_api="blas"):
        WORK[work]()
    assert set(seen) == {1}
