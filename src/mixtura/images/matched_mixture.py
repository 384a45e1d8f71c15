"""MatchedImageMixture: samples with the texture and the blacks of real images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from mixtura.arrays import Array, FloatArray, SingleArray
from mixtura.checks import check_count, check_number
from mixtura.images.checks import read_stack
from mixtura.images.classes import Classes
from mixtura.images.image_mixture import ImageMixture
from mixtura.images.pixels import Pixels
from mixtura.images.residuals import Residuals
from mixtura.mixture import RandomSource, scikit_learn_source

__all__ = ["MatchedImageMixture"]

_KNOTS = 257  # quantiles of a pixel
_ROWS = 10_000  # images in a block
_COLUMNS = 50  # pixels in one


@dataclass(frozen=True, eq=False)
class _Margins:
    """For each pixel of one class, a rising map from what the mixture draws to what training images have.

    Attributes
    ----------
    drawn, real : array (D, _KNOTS)
        Quantiles of the same levels.
    """

    drawn: FloatArray
    real: FloatArray

    def match(self, rows: SingleArray) -> FloatArray:
        """Return rows (n, D) with each pixel brought to the distribution of training images."""
        matched = np.empty(rows.shape)
        for pixel, (before, after) in enumerate(zip(self.drawn, self.real, strict=True)):
            matched[:, pixel] = np.interp(rows[:, pixel], before, after)
        return matched


class MatchedImageMixture(BaseEstimator):
    r"""A generator of images: a mixture for each class, with residuals and with the margins of real pixels.

    `ImageMixture` draws smooth images: what its basis leaves out is missing, or is white noise. And its pixels are
    Gaussian: half of the pixels of clothes on black ground are exactly 0, which no Gaussian is. Here, for a component k
    of class c, an image is

    .. math:: x = T_c\bigl(m + C^T z + s\, e\bigr), \quad z \sim N(\mu_k, \Sigma_k), \quad e \sim N(\nu_k, t R_k),

    with :math:`R_k` the covariance of the residuals of its own images in its 60 leading directions, shrunk to the whole
    covariance of the class by 100 pseudo-images, s a scale, t 1 or drawn from the strengths that residuals of those
    images have (a scale mixture: Wainwright and Simoncelli 2000), and :math:`T_c` a rising map of each pixel by itself
    from the quantiles of the mixture to those of the training images of the class (Liu, Lafferty and Wasserman 2009
    call such a model nonparanormal). So every pixel has the share of blacks and the levels of real images, and the
    mixture what ties pixels together.

    Samples that are rounded to the nearest of 256 levels have a distribution of bytes v,

    .. math:: P(v) = \sum_c \pi_c \sum_k \pi_{ck} E_t \int_{B_c(v)}
              N\bigl(y; m + C^T \mu_k + s \nu_k, C^T \Sigma_k C + s^2 t R_k\bigr) dy.

    For given c, k and t, what is mapped is Gaussian, as z and e are; the mean over t makes of each component a scale
    mixture. The map takes each pixel by itself and never falls, so the y that are rounded to one level are an interval
    in each pixel, and those of an image a box :math:`B_c(v)`. Boxes of different images are apart and fill the space:
    P sums to one. Levels below the least and above the greatest that training images of the class have in that pixel
    have a probability of 0, since the map ends at the extreme quantiles. Within that range all have a positive one, and
    so has each image of such levels, unless all y lie in a plane that misses its box: where s is 0, or a class has
    fewer images than pixels.

    So one unseen image may take infinitely many bits, and the mean of all then is infinite. Of the test images of
    Fashion-MNIST 1.4 per cent have a pixel out of the range of their class, and 0.3 per cent one out of the range of
    each class. That, and not that the integrals are dear, is why there is no `bits_per_dim`. `CopulaImageMixture` gives
    a share to every level, and counts its bits by such boxes.

    Parameters
    ----------
    n_basis, n_components : int, default=100 and 25
        As in `ImageMixture`; components of each class.
    residual : float, default=0.5
        s, from 0 for smooth images to 1 for residuals of full strength, which is less than that of real ones, as the
        directions beyond the 60 are lost (`residuals` says how much). Residuals are not Gaussian: those of full
        strength look noisy.
    varied : bool, default=False
        Whether t is drawn. Plain clothes then stay plain, and printed ones get their prints.
    pooled : bool, default=False
        Whether :math:`R_k` is shrunk to the mean covariance of all classes instead, by 500 pseudo-images. Texture is
        Gaussian here and not in images, so a classifier that is taught by samples relies on it too much; it learns
        more of shapes where all classes have nearly the same.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the fit, and draws that are given no seed of their own.
    tol : float, default=0.1
        As in `ImageMixture`.

    Attributes
    ----------
    model_ : ImageMixture
        Basis and mixtures.
    classes_ : array (C,) or None
    image_shape_ : tuple of int

    Raises
    ------
    ValueError
        As `ImageMixture` does, and for a residual that is no finite number of at least 0.

    References
    ----------
    H. Liu, J. Lafferty, L. Wasserman (2009), The nonparanormal: semiparametric estimation of high dimensional
    undirected graphs. Journal of Machine Learning Research 10.

    M. J. Wainwright, E. P. Simoncelli (2000), Scale mixtures of Gaussians and the statistics of natural images.
    NeurIPS.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> digits = load_digits_images()
    >>> model = MatchedImageMixture(20, 3, random_state=0).fit(digits.images, digits.labels)
    >>> samples = model.sample(100, label=0)
    >>> bool((samples == 0).mean() > 0.3)
    True
    """

    def __init__(
        self,
        n_basis: int = 100,
        n_components: int = 25,
        *,
        residual: float = 0.5,
        varied: bool = False,
        pooled: bool = False,
        random_state: Any = None,
        tol: float = 0.1,
    ) -> None:
        self.n_basis = n_basis
        self.n_components = n_components
        self.residual = residual
        self.varied = varied
        self.pooled = pooled
        self.random_state = random_state
        self.tol = tol

    def fit(self, images: Any, labels: Any = None) -> Self:
        """Fit basis and mixtures, then residuals, then margins, one class after another.

        The residuals of a class are held as a whole, in float64; all else that is as long is in bytes or float32, or
        comes in blocks.

        Parameters
        ----------
        images : array-like (n, height, width) or (n, height, width, channels)
            uint8, or floats in [0, 1].
        labels : array-like (n,), optional
            The class of each image.
        """
        strength = check_number("residual", self.residual)
        random = scikit_learn_source(self.random_state)
        seed = int(random.randint(2**31 - 1))
        stack = read_stack(images)
        classes = Classes.of(labels, len(stack.rows))
        model = ImageMixture(self.n_basis, self.n_components, random_state=seed, tol=self.tol).fit(images, labels)
        self._strength, self._varied = strength, bool(self.varied)
        self.model_ = model
        self.classes_ = model.classes_
        self.image_shape_ = model.image_shape_
        of_all = self._covariance_of_all(stack, classes) if self.pooled else None
        self._residuals, self._margins = [], []
        for number, members in enumerate(classes.members):
            rows = stack.rows[members]
            left, coefficients = self._left_out(rows, stack.unit)
            components = model.mixtures_[number].predict(coefficients)
            self._residuals.append(Residuals.learn(left, components, self.n_components, of_all))
            del left  # as large as all images of the class in float64
            drawn = self._raw(max(len(rows), 2000), number, random)
            self._margins.append(_Margins(_quantiles(drawn, 1.0), _quantiles(rows, stack.unit)))
        return self

    def sample(self, n: int = 1, label: Any = None, random_state: Any = None) -> FloatArray:
        """Draw images (n, height, width) with intensities in [0, 1], of one class where there is a label.

        Residuals are as they were when it was fitted: margins were matched with them.
        """
        check_is_fitted(self)
        n = check_count("n", n, 1)
        source = self.model_._source(self.random_state if random_state is None else random_state)
        numbers = self.model_._class_numbers(n, label, source)
        drawn = np.empty((n, self.model_.n_features_in_))
        for number in np.unique(numbers):
            rows = np.flatnonzero(numbers == number)
            drawn[rows] = self._margins[number].match(self._raw(len(rows), int(number), source))
        return np.clip(drawn, 0.0, 1.0, out=drawn).reshape(n, *self.image_shape_)

    def to_parameters(self) -> dict[str, Any]:
        """Return what ``from_parameters`` takes to make the same model: the `ImageMixture`, arrays of each class."""
        check_is_fitted(self)
        pairs = zip(self._residuals, self._margins, strict=True)
        return {"model": self.model_, "classes": tuple({**vars(left), **vars(margins)} for left, margins in pairs)}

    @classmethod
    def from_parameters(cls, model: ImageMixture, classes: Sequence[Mapping[str, Array]], **parameters: Any) -> Self:
        """Return a model of known parts, ready to sample: what `to_parameters` returned, and any of the parameters.

        Raises
        ------
        ValueError
            If there is not one set of arrays for each mixture of the model, or they do not fit it.
        """
        if len(classes) != len(model.mixtures_):
            raise ValueError(f"Got arrays of {len(classes)} classes, but expected {len(model.mixtures_)}.")
        d = model.n_features_in_
        ours = cls(len(model.principal_components_.components_), len(model.mixtures_[0].weights_), **parameters)
        ours._strength, ours._varied = check_number("residual", ours.residual), bool(ours.varied)
        ours._residuals, ours._margins = [], []
        for mixture, arrays in zip(model.mixtures_, classes, strict=True):
            k = len(mixture.weights_)
            exact = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
            f, q = (exact[name].shape[1] if name in exact else 0 for name in ("factors", "strengths"))
            shapes = {"shared": (d, d), "means": (k, d), "factors": (k, f, d), "own": (k,), "strengths": (k, q)}
            shapes |= {"drawn": (d, _KNOTS), "real": (d, _KNOTS)}
            found = {name: array.shape for name, array in exact.items()}
            if found != shapes:
                raise ValueError(f"Got arrays of the shapes {found}, but expected {shapes}.")
            rising = all((np.diff(exact[side], axis=1) >= 0).all() for side in ("drawn", "real"))
            if not (rising and all(np.isfinite(array).all() for array in exact.values())):
                raise ValueError("Got quantiles that fall, NaN or infinity, but expected finite numbers that rise.")
            if ((exact["own"] < 0) | (exact["own"] > 1)).any():
                raise ValueError("Got shares of their own covariances outside of 0 to 1.")
            ours._margins.append(_Margins(exact.pop("drawn"), exact.pop("real")))
            ours._residuals.append(Residuals(**{name: array.astype(np.float32) for name, array in exact.items()}))
        ours.model_, ours.classes_, ours.image_shape_ = model, model.classes_, model.image_shape_
        return ours

    def _raw(self, n: int, number: int, random: RandomSource) -> SingleArray:
        """Draw images of one class (n, D) before their margins are matched."""
        basis = self.model_.principal_components_
        rows = np.empty((n, self.model_.n_features_in_), dtype=np.float32)
        for part in gen_batches(n, _ROWS):
            coefficients, components = self.model_.mixtures_[number].sample(part.stop - part.start, random_state=random)
            rows[part] = basis.mean_ + coefficients @ basis.components_
            if self._strength:
                residuals = self._residuals[number].draw(components, random, self._varied)
                rows[part] += np.float32(self._strength) * residuals
        return rows

    def _left_out(self, rows: Array, unit: float) -> tuple[FloatArray, FloatArray]:
        """Return the residuals of the images of one class (n, D), less their mean, and the coefficients (n, Q)."""
        basis = self.model_.principal_components_
        left, coefficients = np.empty(rows.shape), np.empty((len(rows), len(basis.components_)))
        for part in gen_batches(len(rows), _ROWS):
            centred = np.divide(rows[part], unit, dtype=np.float64) - basis.mean_
            coefficients[part] = centred @ basis.components_.T
            left[part] = centred - coefficients[part] @ basis.components_
        left -= left.mean(axis=0)
        return left, coefficients

    def _covariance_of_all(self, stack: Pixels, classes: Classes) -> FloatArray:
        """Return the mean over classes of the covariance of residuals (D, D), each at a total variance of 1."""
        total: FloatArray = np.zeros(2 * stack.rows.shape[1:])
        for members in classes.members:
            left, _ = self._left_out(stack.rows[members], stack.unit)
            scatter = left.T @ left
            total += scatter / max(float(np.trace(scatter)), np.finfo(np.float64).tiny)
        return total / len(classes.members)


def _quantiles(rows: Array, unit: float) -> FloatArray:
    """Return the quantiles (D, _KNOTS) of each pixel of rows (n, D), whose unit is so many of theirs."""
    levels = np.linspace(0.0, 1.0, _KNOTS)
    parts = gen_batches(rows.shape[1], _COLUMNS)
    return np.concatenate([np.quantile(rows[:, part] / unit, levels, axis=0).T for part in parts], dtype=np.float64)
