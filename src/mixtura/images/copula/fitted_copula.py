"""FittedCopulaMixture: all that one may ask of a copula model that was fitted."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from mixtura.arrays import Array, ByteArray, FloatArray, IntArray
from mixtura.checks import check_count
from mixtura.images.checks import check_bytes, read_stack
from mixtura.images.class_sum import log_sum_over_classes
from mixtura.images.classes import draw_classes
from mixtura.images.copula.contract import Density
from mixtura.mixture import RandomSource, random_source

__all__ = ["BATCH", "FittedCopulaMixture"]

BATCH = 1000
"""Images that are worked on at once."""

_GLANCE = 50.0
"""Classes whose glance is so many nats below the best class's are left out of a sum."""

Result = TypeVar("Result")


class FittedCopulaMixture(DensityMixin, BaseEstimator):
    """What `CopulaImageMixture` offers once its attributes are set: draws and probabilities."""

    densities_: tuple[Density, ...]
    classes_: Array | None
    class_weights_: FloatArray
    image_shape_: tuple[int, ...]
    n_features_in_: int
    n_jobs: int | None
    random_state: int | RandomSource | None

    def sample(self, n: int = 1, label: Any = None, random_state: int | RandomSource | None = None) -> FloatArray:
        """Draw new images (n, height, width), in random order; intensities are whole numbers of 255ths.

        Parameters
        ----------
        n : int, default=1
        label : default=None
            One of `classes_`. None draws the class of each image too.
        random_state : int, RandomState, Generator or None, default=None
            None uses the parameter of the same name. An int makes every call alike, a generator goes on from where it
            is, and None makes calls differ.

        Raises
        ------
        ValueError
            For an unknown label, or one where the model was fitted without; for n below 1.
        """
        check_is_fitted(self)
        n = check_count("n", n, 1)
        source = random_source(random_state, self.random_state)
        numbers = draw_classes(n, label, self.classes_, self.class_weights_, source)
        levels = np.empty((n, self.n_features_in_), dtype=np.uint8)
        for number in np.unique(numbers):
            rows = numbers == number
            levels[rows] = self.densities_[number].sample(int(np.count_nonzero(rows)), source)
        images: FloatArray = levels / 255.0
        return images.reshape(n, *self.image_shape_)

    def score_samples(
        self, images: Any, random_state: int | RandomSource | None = None, n_draws: int = 1
    ) -> FloatArray:
        """Return the logarithm of the probability of each image of bytes (n,), in nats; on average not above the truth.

        Each term of the sum over shapes and scales is estimated without bias by ``n_draws`` draws, so the logarithm
        is too low on average, and less so with more draws. Classes that a glance, such an estimate itself, puts
        50 nats below the best one are left out of the sum, which can only lower it.
        """
        check_is_fitted(self)
        levels, _ = self._read(images, self.image_shape_)
        n_draws = check_count("n_draws", n_draws, 1)
        batches = list(gen_batches(len(levels), BATCH))
        source = random_source(random_state, self.random_state)
        seeds = (source.uniform(size=len(batches)) * 2**31).astype(np.int64)
        sources = [np.random.RandomState(seed) for seed in seeds]
        parts = self._map(self._score_batch, [levels[part] for part in batches], sources, [n_draws] * len(batches))
        return np.concatenate(parts)

    def score(self, images: Any, labels: Any = None) -> float:
        """Return the mean of `score_samples`, for model selection; labels are ignored."""
        return float(self.score_samples(images).mean())

    def bits_per_dim(self, images: Any, random_state: int | RandomSource | None = None, n_draws: int = 1) -> float:
        """Return the mean number of bits for a pixel of images of bytes: an upper bound of the model's own.

        Compares with the bits of dequantised densities, which are such a bound too (`mixtura.images.levels`).
        """
        nats = float(self.score_samples(images, random_state, n_draws).mean())
        return -nats / (self.n_features_in_ * float(np.log(2.0)))

    def _score_batch(self, levels: ByteArray, random: RandomSource, n_draws: int) -> FloatArray:
        def score(number: int, rows: IntArray) -> FloatArray:
            return self.densities_[number].log_probability(levels[rows], random, n_draws)

        glances = np.stack([density.glance(levels, random) for density in self.densities_])
        return log_sum_over_classes(self.class_weights_, glances, score, _GLANCE)

    def _map(self, function: Callable[..., Result], *arguments: Sequence[Any]) -> list[Result]:
        """Apply a function to each set of arguments, over ``n_jobs`` threads and no others; results come in order."""
        calls = (delayed(function)(*each) for each in zip(*arguments, strict=True))
        with threadpool_limits(1, user_api="blas"):
            results: list[Result] = Parallel(n_jobs=effective_n_jobs(self.n_jobs), prefer="threads")(calls)
        return results

    def _read(self, images: Any, fitted: tuple[int, ...] | None = None) -> tuple[ByteArray, tuple[int, ...]]:
        pixels = read_stack(images, fitted)
        return check_bytes(pixels), pixels.image_shape or ()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array, tags.input_tags.two_d_array = True, False
        return tags
