"""VariationalAutoencoder: a generator whose codes are a mixture by training, the deep relative of factor analysis."""

from itertools import count
from math import log
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.checks import check_count
from mixtura.images.class_sum import log_sum_over_classes
from mixtura.images.classes import Classes
from mixtura.mixture import RandomSource, random_source, scikit_learn_source
from mixtura.neural.checks import check_codes, check_hidden
from mixtura.neural.framework import Network, Tensor, load_torch, perceptron, seeded
from mixtura.neural.logistic_levels import draw_levels, log_probability
from mixtura.neural.pictures import Labels, Pictures
from mixtura.neural.training import History, Recipe, all_or_nothing, count_batches, train

__all__ = ["VariationalAutoencoder"]

_ROWS = 500  # images at once where no gradients are wanted
_GLANCE = 150.0  # nats below the best class, at which a class is left out of a sum
_LEAST = -6.0  # logarithm of a deviation of codes
_WARM = 0.2  # share of the steps in which the divergence counts less


class VariationalAutoencoder(BaseEstimator):
    r"""A generator of images: a Gaussian mixture of codes, and a network that turns codes into images.

    The model is :math:`z \sim \sum_k w_{ck} N(m_{ck}, \operatorname{diag} s_{ck}^2)` in class c, and given z and c the
    levels of all pixels are independent, each from a logistic distribution that is cut at black and white, whose centre
    and scale the decoder says (`logistic_levels`). A second network gives :math:`q(z \mid x, c)`, a Gaussian, and all
    of them maximise the evidence lower bound (Kingma and Welling 2014, equation 3)

    .. math:: \log P(x \mid c) \ge E_q \log P(x \mid z, c) - KL\bigl(q(z \mid x, c) \,\|\, p(z \mid c)\bigr).

    With one standard Gaussian for all codes, samples of ten kinds of clothes fall between the kinds: codes do not fill
    it, and tell the class better than the label does, which the decoder then ignores. A mixture learned with the rest
    follows the codes (Tomczak and Welling 2018, section 4, compare such priors).

    In the first fifth of the steps the divergence counts for little and then for more, up to its whole (Sonderby et al.
    2016, section 2.3), for codes that pay from the beginning are not used. With labels both networks see the class
    (Sohn, Lee and Yan 2015).

    Parameters
    ----------
    n_latent : int, default=32
        Q, numbers in a code.
    n_components : int, default=10
        K, Gaussians of the codes of each class.
    hidden : tuple of int, default=(512, 256)
        Units of the encoder's hidden layers; the decoder has the same in reverse.
    n_epochs, batch_size : int, default=20 and 200
        Passes over the images, and images in a step.
    learning_rate : float, default=1e-3
        Of Adam at the beginning; it falls to nothing.
    with_noise : bool, default=False
        Whether samples are draws of the levels, as the model says them: its own, and noisy, as pixels are drawn one by
        one. Without, they are the centres, as images of such models are mostly shown.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the fit, and draws that are given no seed of their own.

    Attributes
    ----------
    encoder_, decoder_ : torch.nn.Module
    classes_ : array (C,) or None
    history_ : History
        Nats for a pixel, the negative bound, epoch by epoch; in the first fifth with less of the divergence.
    image_shape_ : tuple of int

    Raises
    ------
    MissingExtraError
        In `fit`, where PyTorch is not installed.
    ValueError
        For bad images or labels, and parameters out of range, before training; where training diverges, when it does.
        The estimator is then as it was before.

    References
    ----------
    D. P. Kingma, M. Welling (2014), Auto-encoding variational Bayes. ICLR.

    J. M. Tomczak, M. Welling (2018), VAE with a VampPrior. AISTATS.

    C. K. Sonderby, T. Raiko, L. Maaloe, S. K. Sonderby, O. Winther (2016), Ladder variational autoencoders. NeurIPS.

    Y. Burda, R. Grosse, R. Salakhutdinov (2016), Importance weighted autoencoders. ICLR.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> digits = load_digits_images()
    >>> model = VariationalAutoencoder(8, 2, hidden=(32,), n_epochs=5, random_state=0).fit(digits.images, digits.labels)
    >>> model.sample(3, label=7).shape
    (3, 8, 8)
    """

    def __init__(
        self,
        n_latent: int = 32,
        n_components: int = 10,
        *,
        hidden: tuple[int, ...] = (512, 256),
        n_epochs: int = 20,
        batch_size: int = 200,
        learning_rate: float = 1e-3,
        with_noise: bool = False,
        random_state: int | RandomSource | None = None,
    ) -> None:
        self.n_latent = n_latent
        self.n_components = n_components
        self.hidden = hidden
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.with_noise = with_noise
        self.random_state = random_state

    @all_or_nothing
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
        k = check_count("n_components", self.n_components, 1)
        hidden = check_hidden(self.hidden)
        pictures = Pictures.of(images)
        classes = Classes.of(labels, len(pictures.rows))
        kinds = Labels.of(classes)
        width = pictures.rows.shape[1]
        seed = int(scikit_learn_source(self.random_state).randint(2**31 - 1))
        recipe = Recipe(self.n_epochs, self.batch_size, self.learning_rate, 1e-5, seed)
        with seeded(seed):
            self.encoder_: Network = perceptron([width + kinds.width, *hidden, 2 * q], torch.float32)
            self.decoder_: Network = perceptron([q + kinds.width, *reversed(hidden), 2 * width], torch.float32)
            c = len(kinds.weights)
            self._prior = torch.nn.ParameterList(
                [torch.randn(c, k, q), torch.zeros(c, k, q), torch.zeros(c, k)]  # means, log deviations, log weights
            )
            rows = [torch.from_numpy(pictures.rows), torch.from_numpy(kinds.mark(classes.numbers))]
            warm = _WARM * self.n_epochs * count_batches(len(pictures.rows), self.batch_size)
            steps = count(1)

            def loss(x: Tensor, marks: Tensor) -> Tensor:
                likely, divergence = self._terms(x, marks)
                return (min(1.0, next(steps) / warm) * divergence - likely).mean() / width

            self.history_: History = train([self.encoder_, self.decoder_, self._prior], loss, rows, [], recipe)
        self.image_shape_ = pictures.shape
        self.classes_: Array | None = kinds.names
        self._kinds = kinds
        return self

    def decode(self, codes: FloatArray, label: Any = None) -> FloatArray:
        """Return the centres (n, height, width) of codes (n, Q), all of one class where the model knows classes.

        Raises
        ------
        ValueError
            For codes of another length, and without a label where the model knows classes: a code says what image of
            a class it is, not of which.
        """
        check_is_fitted(self)
        rows = check_codes(codes, self._n_codes)
        if label is None and self.classes_ is not None:
            raise ValueError(
                f"Got no label, but expected one of {', '.join(map(repr, self.classes_.tolist()))}: the same code is "
                "another image in each class."
            )
        numbers = self._kinds.draw(len(rows), label, random_source(0, None))
        return self._decode(rows, self._kinds.mark(numbers), None)

    def sample(self, n: int = 1, label: Any = None, random_state: Any = None) -> FloatArray:
        """Draw images (n, height, width), of one class where there is a label, otherwise of all in their shares."""
        check_is_fitted(self)
        source = random_source(random_state, self.random_state)
        numbers = self._kinds.draw(n, label, source)
        codes = self._draw_codes(numbers, source)
        seed = int(source.uniform(0, 2**31)) if self.with_noise else None
        return self._decode(codes, self._kinds.mark(numbers), seed)

    def bits_per_dim(self, images: Any, random_state: Any = None, n_draws: int = 8) -> float:
        """Return an upper bound of the mean bits for a pixel of images of bytes, close for many draws.

        The importance-weighted bound (Burda et al. 2016, equation 8) with `n_draws` codes for an image. The class of an
        image is not told: with labels the probabilities of all classes are summed, in their shares, but for those that
        one draw puts far below the best, which only loosens the bound.

        Parameters
        ----------
        images : array-like of uint8 (n, height, width)
        random_state : int, RandomState, Generator or None, default=None
            Seeds the codes.
        n_draws : int, default=8
            Codes for an image.
        """
        check_is_fitted(self)
        torch = load_torch()
        n_draws = check_count("n_draws", n_draws, 1)
        pictures = Pictures.of(images, self.image_shape_, bytes_alone=True)
        source = random_source(random_state, self.random_state)
        total = 0.0
        with seeded(int(source.uniform(0, 2**31))):
            for begin in range(0, len(pictures.rows), _ROWS):
                rows = torch.from_numpy(pictures.rows[begin : begin + _ROWS])
                total += float(self._bound(rows, n_draws).sum())
        return -total / pictures.rows.size / log(2)

    @property
    def _n_codes(self) -> int:
        """Numbers in a code, as fitted."""
        return int(self._prior[0].shape[2])

    def _draw_codes(self, numbers: IntArray, source: RandomSource) -> Any:
        """Draw a code (n, Q) for each class (n,)."""
        means, deviations, weights = (part.detach().double() for part in self._prior)
        shares = weights.softmax(dim=1).numpy()  # (C, K)
        chosen = np.empty(len(numbers), dtype=np.intp)
        for number in np.unique(numbers):
            rows = numbers == number
            share = shares[number] / shares[number].sum()
            chosen[rows] = source.choice(len(share), size=np.count_nonzero(rows), p=share)
        noise = source.standard_normal((len(numbers), self._n_codes))
        return (
            means.numpy()[numbers, chosen] + deviations.clamp(min=_LEAST).exp().numpy()[numbers, chosen] * noise
        ).astype(np.float32)

    def _bound(self, rows: Tensor, n_draws: int) -> FloatArray:
        """Return the bound of the logarithm of the probability of images (n, D), summed over classes: (n,)."""
        torch = load_torch()
        marks = torch.eye(len(self._kinds.weights))[:, : self._kinds.width]  # (C, width)

        def mean_of(draws: int, number: int, chosen: Tensor) -> FloatArray:
            own = marks[number].expand(len(chosen), -1)
            with torch.no_grad():
                logs = torch.stack([self._weigh(chosen, own) for _ in range(draws)]).double()
            mean: FloatArray = (torch.logsumexp(logs, dim=0) - log(draws)).numpy()
            return mean

        glances = np.stack([mean_of(1, number, rows) for number in range(len(marks))])
        return log_sum_over_classes(
            self._kinds.weights,
            glances,
            lambda number, chosen: mean_of(n_draws, number, rows[torch.from_numpy(chosen)]),
            _GLANCE,
        )

    def _decode(self, codes: Any, marks: Any, seed: int | None) -> FloatArray:
        """Return images of codes: centres, or levels that are drawn with a seed."""
        torch = load_torch()
        rows = torch.cat([torch.from_numpy(codes), torch.from_numpy(marks)], dim=1)
        parts = []
        with torch.no_grad(), seeded(seed or 0):
            for begin in range(0, len(rows), _ROWS):
                centres, log_scales = self._levels_of(rows[begin : begin + _ROWS])
                drawn = centres.clamp(0.0, 1.0) if seed is None else draw_levels(centres, log_scales)
                parts.append(drawn.numpy())
        return np.concatenate(parts).astype(np.float64).reshape(-1, *self.image_shape_)

    def _levels_of(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Return centres and logarithms of scales of all pixels, both (n, D), of codes with their marks."""
        centres, log_scales = self.decoder_(codes).chunk(2, dim=1)
        return centres, log_scales - 2.0  # 0 of the untrained network is a scale of an eighth

    def _terms(self, x: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """Draw z from q(z | x) and return log P(x | z) and log q(z | x) - log p(z) of each image (n,), in nats."""
        torch = load_torch()
        mean, spread = self.encoder_(torch.cat([x, marks], dim=1)).chunk(2, dim=1)
        spread = spread.clamp(-8.0, 4.0)
        noise = torch.randn_like(mean)
        z = mean + torch.exp(spread) * noise
        likely = log_probability(x, *self._levels_of(torch.cat([z, marks], dim=1))).sum(dim=1)
        return likely, -(0.5 * noise**2 + spread).sum(dim=1) - self._log_prior(z, marks)

    def _log_prior(self, z: Tensor, marks: Tensor) -> Tensor:
        """Return log p(z | c) + Q / 2 log 2 pi of codes (n, Q)."""
        own = marks.argmax(dim=1) if marks.shape[1] else marks.new_zeros(len(marks), dtype=int)
        means, log_deviations, weights = (part[own] for part in self._prior)  # (n, K, Q) twice, (n, K)
        log_deviations = log_deviations.clamp(min=_LEAST)
        distances = (z[:, None] - means) * (-log_deviations).exp()
        joint = weights.log_softmax(dim=1) - (0.5 * distances**2 + log_deviations).sum(dim=2)
        return joint.logsumexp(dim=1)

    def _weigh(self, x: Tensor, marks: Tensor) -> Tensor:
        """Draw z from q(z | x) and return log P(x, z) - log q(z | x) of each image (n,), in nats."""
        likely, divergence = self._terms(x, marks)
        return likely - divergence
