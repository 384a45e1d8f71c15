"""VariationalAutoencoder: a generator whose codes are Gaussian by training, the deep relative of factor analysis."""

from math import log, pi
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mixtura.arrays import Array, FloatArray
from mixtura.images.checks import check_count
from mixtura.images.levels import ROUNDING_VARIANCE, STEPS, bits_per_dimension
from mixtura.neural.framework import Network, Tensor, load_torch, perceptron, seeded
from mixtura.neural.pictures import Labels, Pictures, random_source
from mixtura.neural.training import History, Recipe, train

__all__ = ["VariationalAutoencoder"]

_ROWS = 500  # images at once where no gradients are wanted


class VariationalAutoencoder(BaseEstimator):
    r"""A generator of images: Gaussian codes, and a network that turns them into images.

    The model is :math:`z \sim N(0, I)`, :math:`x \mid z \sim N(d(z), \operatorname{diag} \sigma^2)`, with one variance
    for each pixel; were d linear, it would be factor analysis. A second network gives :math:`q(z \mid x)`, a Gaussian,
    and both maximise the evidence lower bound (Kingma and Welling 2014, equation 3)

    .. math:: \log p(x) \ge E_q \log p(x \mid z) - KL\bigl(q(z \mid x) \,\|\, N(0, I)\bigr).

    With labels both networks see the class (Sohn, Lee and Yan 2015). Samples are the means d(z), without noise.

    Parameters
    ----------
    n_latent : int, default=32
        Q, numbers in a code.
    hidden : tuple of int, default=(512, 256)
        Units of the encoder's hidden layers; the decoder has the same in reverse.
    n_epochs, batch_size : int, default=20 and 200
        Passes over the images, and images in a step.
    learning_rate : float, default=1e-3
        Of Adam at the beginning; it falls to nothing.
    random_state : int, RandomState or None, default=None
        Seeds the fit, and draws that are given no seed of their own.

    Attributes
    ----------
    encoder_, decoder_ : torch.nn.Module
    deviations_ : array (D,)
        Standard deviation of each pixel about d(z), in units of intensity.
    classes_ : array (C,) or None
    history_ : History
        Nats for a pixel, the negative bound, epoch by epoch.
    image_shape_ : tuple of int

    Raises
    ------
    MissingExtraError
        In `fit`, where PyTorch is not installed.
    ValueError
        For bad images or labels.

    References
    ----------
    D. P. Kingma, M. Welling (2014), Auto-encoding variational Bayes. ICLR.

    Y. Burda, R. Grosse, R. Salakhutdinov (2016), Importance weighted autoencoders. ICLR.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> digits = load_digits_images()
    >>> model = VariationalAutoencoder(8, hidden=(32,), n_epochs=5, random_state=0).fit(digits.images, digits.labels)
    >>> model.sample(3, label=7).shape
    (3, 8, 8)
    """

    def __init__(
        self,
        n_latent: int = 32,
        *,
        hidden: tuple[int, ...] = (512, 256),
        n_epochs: int = 20,
        batch_size: int = 200,
        learning_rate: float = 1e-3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_latent = n_latent
        self.hidden = hidden
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(self, images: Any, labels: Any = None) -> Self:
        """Train both networks.

        Parameters
        ----------
        images : array-like (n, height, width) or (n, height, width, channels)
            uint8, or floats in [0, 1].
        labels : array-like (n,), optional
            The class of each image.
        """
        torch = load_torch()
        q = check_count("n_latent", self.n_latent, 1)
        pictures = Pictures.of(images)
        kinds = Labels.of(labels, len(pictures.rows))
        width = pictures.rows.shape[1]
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        with seeded(seed):
            self.encoder_: Network = perceptron([width + kinds.width, *self.hidden, 2 * q], torch.float32)
            self.decoder_: Network = perceptron([q + kinds.width, *reversed(self.hidden), width], torch.float32)
            self._spread = torch.nn.ParameterList([torch.nn.Parameter(torch.full((width,), log(0.2)))])
            recipe = Recipe(self.n_epochs, self.batch_size, self.learning_rate, 1e-5, seed)
            rows = [torch.from_numpy(pictures.rows), torch.from_numpy(kinds.mark(kinds.numbers))]
            networks = [self.encoder_, self.decoder_, self._spread]
            self.history_: History = train(networks, self._loss, rows, [], recipe)
        self.deviations_: FloatArray = self._deviations().detach().numpy().astype(np.float64)
        self.image_shape_ = pictures.shape
        self.classes_: Array | None = kinds.names
        self._kinds = kinds
        return self

    def decode(self, codes: FloatArray, label: Any = None) -> FloatArray:
        """Return images (n, height, width) of codes (n, Q), all of one class where the model knows classes."""
        check_is_fitted(self)
        numbers = self._kinds.draw(len(codes), label, random_source(0, None))
        return self._decode(np.asarray(codes, dtype=np.float32), self._kinds.mark(numbers))

    def sample(self, n: int = 1, label: Any = None, random_state: Any = None) -> FloatArray:
        """Draw images (n, height, width), of one class where there is a label, otherwise of all in their shares."""
        check_is_fitted(self)
        source = random_source(random_state, self.random_state)
        numbers = self._kinds.draw(n, label, source)
        codes = source.standard_normal((len(numbers), self.n_latent)).astype(np.float32)
        return self._decode(codes, self._kinds.mark(numbers))

    def bits_per_dim(self, images: Any, random_state: Any = None, n_draws: int = 32) -> float:
        """Return an upper bound of the mean bits for a pixel of dequantised bytes, close for many draws.

        The importance-weighted bound (Burda et al. 2016, equation 8) with `n_draws` codes for an image. The class of an
        image is not told: with labels the densities of all classes are summed, in their shares.

        Parameters
        ----------
        images : array-like of uint8 (n, height, width)
        random_state : int, RandomState, Generator or None, default=None
            Seeds noise and codes.
        n_draws : int, default=32
            Codes for an image.
        """
        check_is_fitted(self)
        torch = load_torch()
        pictures = Pictures.of(images, self.image_shape_)
        if not pictures.bytes:
            raise ValueError(f"Got images of dtype {np.asarray(images).dtype}, but expected uint8: bits count levels.")
        source = random_source(random_state, self.random_state)
        total = 0.0
        with seeded(int(source.uniform(0, 2**31))):
            for begin in range(0, len(pictures.rows), _ROWS):
                rows = torch.from_numpy(pictures.rows[begin : begin + _ROWS])
                spread = rows + (torch.rand_like(rows) - 0.5) / STEPS
                joint = []
                for number, share in enumerate(self._kinds.weights):
                    marks = torch.from_numpy(self._kinds.mark(np.full(len(rows), number)))
                    with torch.no_grad():
                        draws = torch.stack([self._weigh(spread, marks) for _ in range(n_draws)])
                    joint.append(torch.logsumexp(draws, dim=0) - log(n_draws) + log(share))
                total += float(torch.logsumexp(torch.stack(joint), dim=0).double().sum())
        return bits_per_dimension(total / len(pictures.rows), pictures.rows.shape[1])

    def _decode(self, codes: Any, marks: Any) -> FloatArray:
        torch = load_torch()
        rows = torch.cat([torch.from_numpy(codes), torch.from_numpy(marks)], dim=1)
        with torch.no_grad():
            parts = [torch.sigmoid(self.decoder_(rows[i : i + _ROWS])).numpy() for i in range(0, len(rows), _ROWS)]
        return np.concatenate(parts).astype(np.float64).reshape(-1, *self.image_shape_)

    def _deviations(self) -> Tensor:
        """Return the standard deviation of each pixel (D,), no narrower than a level of grey."""
        torch = load_torch()
        return torch.sqrt(torch.exp(2 * self._spread[0]) + ROUNDING_VARIANCE)

    def _weigh(self, x: Tensor, marks: Tensor) -> Tensor:
        """Draw z from q(z | x) and return log p(x, z) - log q(z | x) of each image (n,), in nats."""
        torch = load_torch()
        mean, spread = self.encoder_(torch.cat([x, marks], dim=1)).chunk(2, dim=1)
        spread = spread.clamp(-8.0, 4.0)
        noise = torch.randn_like(mean)
        z = mean + torch.exp(spread) * noise
        image = torch.sigmoid(self.decoder_(torch.cat([z, marks], dim=1)))
        deviations = self._deviations()
        likely = -0.5 * (((x - image) / deviations) ** 2).sum(dim=1) - torch.log(deviations).sum()
        likely = likely - 0.5 * x.shape[1] * log(2 * pi)
        return likely + (0.5 * noise**2 - 0.5 * z**2 + spread).sum(dim=1)

    def _loss(self, x: Tensor, marks: Tensor) -> Tensor:
        """Return the negative bound, in nats for a pixel, of dequantised images, with one draw."""
        torch = load_torch()
        spread = x + (torch.rand_like(x) - 0.5) / STEPS
        return -self._weigh(spread, marks).mean() / x.shape[1]
