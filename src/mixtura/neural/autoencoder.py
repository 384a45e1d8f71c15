"""AutoencoderMixture: the image generator of the teaching text, with a network in the place of principal components."""

import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from mixtura import GaussianMixture
from mixtura.arrays import Array, FloatArray
from mixtura.checks import check_count, check_number
from mixtura.images.classes import Classes
from mixtura.mixture import RandomSource, random_source, scikit_learn_source
from mixtura.neural.checks import check_codes, check_hidden
from mixtura.neural.framework import Network, Tensor, load_torch, perceptron, seeded
from mixtura.neural.pictures import Labels, Pictures
from mixtura.neural.training import History, Recipe, all_or_nothing, train

__all__ = ["AutoencoderMixture"]

_ROWS = 4096  # images at once where no gradients are wanted


class AutoencoderMixture(BaseEstimator):
    r"""A generator of images: an autoencoder, and a Gaussian mixture of its codes.

    Two networks minimise :math:`\sum_n |x_n - d(e(x_n))|^2`, what is lost when an image becomes a code of Q numbers and
    an image again (Hinton and Salakhutdinov 2006); linear networks would find the principal components. A mixture is
    then fitted to the codes, one for each class where there are labels, and its draws are decoded (Ghosh et al. 2020,
    section 4: density estimation after training). There is no density of images: no `bits_per_dim`.

    Parameters
    ----------
    n_latent : int, default=32
        Q, numbers in a code.
    n_components : int, default=25
        Of the mixture; of each where there are labels.
    hidden : tuple of int, default=(512, 256)
        Units of the encoder's hidden layers; the decoder has the same in reverse.
    n_epochs, batch_size : int, default=20 and 200
        Passes over the images, and images in a step: at least two, whose codes have a deviation.
    learning_rate : float, default=1e-3
        Of Adam at the beginning; it falls to nothing.
    noise : float, default=0.1
        Standard deviation of what is added to a code in training, as a share of the codes' own, so that what lies
        between codes becomes an image too.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the fit, and draws that are given no seed of their own.

    Attributes
    ----------
    encoder_, decoder_ : torch.nn.Module
    mixtures_ : tuple of GaussianMixture
        Of the codes, one for each class; a single one without labels.
    classes_ : array (C,) or None
    history_ : History
        Mean squared error for a pixel, epoch by epoch.
    image_shape_ : tuple of int

    Raises
    ------
    MissingExtraError
        In `fit`, where PyTorch is not installed.
    ValueError
        For bad images or labels, parameters out of range, and fewer images of a class than components, before training;
        where training diverges, when it does. The estimator is then as it was before.

    References
    ----------
    P. Ghosh, M. S. M. Sajjadi, A. Vergari, M. Black, B. Scholkopf (2020), From variational to deterministic
    autoencoders. ICLR.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> images = load_digits_images().images
    >>> model = AutoencoderMixture(8, 5, hidden=(32,), n_epochs=5, random_state=0).fit(images)
    >>> model.sample(3).shape
    (3, 8, 8)
    """

    def __init__(
        self,
        n_latent: int = 32,
        n_components: int = 25,
        *,
        hidden: tuple[int, ...] = (512, 256),
        n_epochs: int = 20,
        batch_size: int = 200,
        learning_rate: float = 1e-3,
        noise: float = 0.1,
        random_state: int | RandomSource | None = None,
    ) -> None:
        self.n_latent = n_latent
        self.n_components = n_components
        self.hidden = hidden
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.noise = noise
        self.random_state = random_state

    @all_or_nothing
    def fit(self, images: Any, labels: Any = None) -> Self:
        """Train the networks, then fit the mixtures.

        Parameters
        ----------
        images : array-like (n, height, width) or (n, height, width, channels)
            uint8, or floats in [0, 1].
        labels : array-like (n,), optional
            The class of each image.
        """
        torch = load_torch()
        q, k = check_count("n_latent", self.n_latent, 1), check_count("n_components", self.n_components, 1)
        hidden = check_hidden(self.hidden)
        check_number("noise", self.noise)
        check_count("batch_size", self.batch_size, 2, why="noise is a share of the deviation within a batch")
        pictures = Pictures.of(images)
        classes = Classes.of(labels, len(pictures.rows))
        classes.check_sizes(max(2, k), "two at least, and one for each component")
        width = pictures.rows.shape[1]
        random = scikit_learn_source(self.random_state)
        seed = int(random.randint(2**31 - 1))
        recipe = Recipe(self.n_epochs, self.batch_size, self.learning_rate, 1e-5, seed)
        with seeded(seed):
            self.encoder_: Network = perceptron([width, *hidden, q], torch.float32)
            self.decoder_: Network = perceptron([q, *reversed(hidden), width], torch.float32)
            rows = [torch.from_numpy(pictures.rows)]
            self.history_: History = train([self.encoder_, self.decoder_], self._loss, rows, [], recipe)
        self.image_shape_ = pictures.shape
        self.classes_: Array | None = classes.names
        self._kinds = Labels.of(classes)
        codes = self.encode(images)
        mixtures = []
        for members in classes.members:
            mixture = GaussianMixture(k, tol=0.01, random_state=int(random.randint(2**31 - 1)))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # a hundred iterations are enough here
                mixtures.append(mixture.fit(codes[members]))
        self.mixtures_ = tuple(mixtures)
        return self

    def encode(self, images: Any) -> FloatArray:
        """Return the codes of images (n, Q)."""
        check_is_fitted(self, "encoder_")
        torch = load_torch()
        rows = Pictures.of(images, self.image_shape_).rows
        with torch.no_grad():
            parts = [self.encoder_(torch.from_numpy(rows[i : i + _ROWS])).numpy() for i in range(0, len(rows), _ROWS)]
        return np.concatenate(parts).astype(np.float64)

    def decode(self, codes: FloatArray) -> FloatArray:
        """Return images (n, height, width) of codes (n, Q), with intensities in [0, 1]."""
        check_is_fitted(self, "encoder_")
        torch = load_torch()
        rows = torch.from_numpy(check_codes(codes, self._n_codes))
        with torch.no_grad():
            parts = [torch.sigmoid(self.decoder_(rows[i : i + _ROWS])).numpy() for i in range(0, len(rows), _ROWS)]
        return np.concatenate(parts).astype(np.float64).reshape(-1, *self.image_shape_)

    def reconstruct(self, images: Any) -> FloatArray:
        """Return what is left of images (n, height, width) once they were codes."""
        return self.decode(self.encode(images))

    def sample(self, n: int = 1, label: Any = None, random_state: Any = None) -> FloatArray:
        """Draw images (n, height, width), of one class where there is a label, otherwise of all in their shares."""
        check_is_fitted(self)
        source = random_source(random_state, self.random_state)
        numbers = self._kinds.draw(n, label, source)
        codes = np.empty((len(numbers), self._n_codes))
        for number in np.unique(numbers):
            chosen = numbers == number
            codes[chosen] = self.mixtures_[number].sample(np.count_nonzero(chosen), random_state=source)[0]
        return self.decode(codes)

    @property
    def _n_codes(self) -> int:
        """Numbers in a code, as fitted."""
        return int(self.mixtures_[0].n_features_in_)

    def _loss(self, x: Tensor) -> Tensor:
        """Return the mean squared error for a pixel."""
        torch = load_torch()
        codes = self.encoder_(x)
        blurred = codes + self.noise * codes.detach().std(dim=0) * torch.randn_like(codes)
        return torch.nn.functional.mse_loss(torch.sigmoid(self.decoder_(blurred)), x)
