"""FittedImageMixture: all that one may ask of an image generator that was fitted."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from mixtura import GaussianMixture
from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.checks import check_count
from mixtura.images.checks import check_bytes, read_stack
from mixtura.images.classes import draw_classes
from mixtura.images.levels import bits_per_dimension, dequantise
from mixtura.images.pixel_density import PixelDensity
from mixtura.images.pixels import Pixels
from mixtura.images.principal_components import PrincipalComponents
from mixtura.images.spectrum import default_block_size
from mixtura.mixture import RandomSource, random_source


class FittedImageMixture(DensityMixin, BaseEstimator):
    """What `ImageMixture` offers once its attributes are set: codes, images, draws and densities."""

    principal_components_: PrincipalComponents
    mixtures_: tuple[GaussianMixture, ...]
    classes_: Array | None
    class_weights_: FloatArray
    residual_variance_: float
    image_shape_: tuple[int, ...]
    n_features_in_: int
    random_state: int | RandomSource | None

    def encode(self, images: Any) -> FloatArray:
        """Write images, seen or unseen, as coefficients (n, Q) in units of intensity.

        Parameters
        ----------
        images : array-like (n, height, width) or (n, height, width, channels)
            Of the fitted size; floats may overshoot [0, 1] a little, as unclipped reconstructions do.

        Raises
        ------
        ValueError
            For NaN or infinity, images of another size or on another scale. So do all methods that take images.
        """
        self._read(images)
        return self.principal_components_.transform(images)

    def decode(self, coefficients: ArrayLike, clip: bool = True) -> FloatArray:
        """Make images (n, height, width) of coefficients (n, Q).

        Parameters
        ----------
        coefficients : array-like (n, Q)
            As `encode` gives them.
        clip : bool, default=True
            Whether to set intensities below 0 to 0 and above 1 to 1, as all methods do that make images. Without, the
            map is linear, and with Q = D the inverse of `encode`.
        """
        check_is_fitted(self)
        images = self.principal_components_.inverse_transform(coefficients)
        return np.clip(images, 0.0, 1.0, out=images) if clip else images

    def reconstruct(self, images: Any, n_basis: int | None = None) -> FloatArray:
        """Show what is left of images on the first `n_basis` vectors, from 0 (the mean image alone) to Q; None is Q."""
        self._read(images)
        kept = len(self.principal_components_.components_)
        used = kept if n_basis is None else check_count("n_basis", n_basis, 0, kept, f"the model has {kept}")
        pictures = self.principal_components_.reconstruct(images, used)
        return np.clip(pictures, 0.0, 1.0, out=pictures)

    def component_images(self) -> FloatArray:
        """Return the means of all components as images (C K, height, width).

        The classes follow one another as in `classes_`; `component_labels_` names the class of each image, and
        `component_weights_` gives its share.
        """
        check_is_fitted(self)
        return self.decode(np.concatenate([mixture.means_ for mixture in self.mixtures_]))

    def sample(
        self,
        n: int = 1,
        label: Any = None,
        random_state: int | RandomSource | None = None,
        *,
        with_residual: bool = False,
    ) -> FloatArray:
        """Draw new images (n, height, width), clipped to [0, 1], in random order.

        Parameters
        ----------
        n : int, default=1
            How many.
        label : default=None
            One of `classes_`. None draws the class of each image too, in proportion to `class_weights_`.
        random_state : int, RandomState, Generator or None, default=None
            None uses the parameter of the same name. An int makes every call alike, a generator goes on from where it
            is, and None makes calls differ.
        with_residual : bool, default=False
            Whether to add what the basis cannot draw, as noise. With it, the unclipped images are draws from the
            density of `score_samples`; without, they are smooth.

        Raises
        ------
        ValueError
            For an unknown label, or one where the model was fitted without; for n below 1.
        """
        check_is_fitted(self)
        n = check_count("n", n, 1)
        source = self._source(random_state)
        numbers = self._class_numbers(n, label, source)  # (n,)
        coefficients = np.empty((n, len(self.principal_components_.components_)))
        for number in np.unique(numbers):
            chosen = numbers == number
            coefficients[chosen] = self.mixtures_[number].sample(np.count_nonzero(chosen), random_state=source)[0]
        images = self.decode(coefficients, clip=False)
        if with_residual:
            noise = self._density.residuals(source.standard_normal((n, self.n_features_in_)))
            images += noise.reshape(images.shape)
        return np.clip(images, 0.0, 1.0, out=images)

    def score_samples(self, images: Any) -> FloatArray:
        """Return the log-density of each image (n,), in nats, with respect to volume in units of intensity.

        It is that of whole images, over all D pixels: with z the Q coefficients, e what the basis leaves out of the
        image and v the residual variance, log p(x) = log p(z) - (D - Q) / 2 log(2 pi v) - |e|^2 / (2 v), because the
        change of variables from x to (z, e) is a shift and a rotation, whose Jacobian determinant is 1 in absolute
        value (`mixtura.images.pixel_density`, after Tipping and Bishop 1999, eq. 8). In units of grey
        levels, from 0 to 255, it is D log 255 smaller. Images of bytes are taken at v / 255, without dequantisation:
        compare models by `bits_per_dim`.
        """
        pixels = self._read(images)
        return self._density.log_density(self._blocks(pixels))

    def score(self, images: Any, labels: Any = None) -> float:
        """Return the mean of `score_samples`, for model selection; labels are ignored."""
        return float(self.score_samples(images).mean())

    def bits_per_dim(self, images: Any, random_state: int | RandomSource | None = None) -> float:
        """Return the mean number of bits for a pixel that the density of dequantised bytes takes: the lower the better.

        Each byte is spread evenly over its level by one draw, and the density taken in units of one level;
        `mixtura.images.levels` says how, and why it is an upper bound of the bits of the bytes. 8 is what no model at
        all needs.

        Parameters
        ----------
        images : array-like of uint8 (n, height, width) or (n, height, width, channels)
            Preferably images that the model was not fitted to.
        random_state : int, RandomState, Generator or None, default=None
            Seeds the draws, as in `sample`. With many images they hardly matter.

        Raises
        ------
        ValueError
            For images that are not uint8: the width of their levels is not known. `score_samples` takes them.
        """
        pixels = self._read(images)
        check_bytes(pixels)
        densities = self._density.log_density(self._blocks(pixels, self._source(random_state)))
        return bits_per_dimension(float(densities.mean()), self.n_features_in_)

    def _read(self, images: Any) -> Pixels:
        check_is_fitted(self)
        return read_stack(images, self.image_shape_)

    def _blocks(self, pixels: Pixels, source: RandomSource | None = None) -> Iterator[FloatArray]:
        """Yield intensities (b, D) block by block, dequantised where there is a source of noise."""
        for part in gen_batches(len(pixels.rows), default_block_size(self.n_features_in_)):
            rows = pixels.rows[part]
            yield np.divide(rows, pixels.unit, dtype=np.float64) if source is None else dequantise(rows, source)

    def _class_numbers(self, n: int, label: Any, source: RandomSource) -> IntArray:
        """Return the numbers of the classes to draw from (n,)."""
        return draw_classes(n, label, self.classes_, self.class_weights_, source)

    @property
    def _density(self) -> PixelDensity:
        return PixelDensity(
            self.principal_components_.mean_,
            self.principal_components_.components_,
            self.residual_variance_,
            self.mixtures_,
            self.class_weights_,
        )

    def _source(self, random_state: int | RandomSource | None) -> RandomSource:
        return random_source(random_state, self.random_state)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array, tags.input_tags.two_d_array = True, False
        return tags
