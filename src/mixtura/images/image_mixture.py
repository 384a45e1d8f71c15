"""The image generator: a Gaussian mixture of the coefficients of images."""

import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray
from mixtura.checks import check_count
from mixtura.images.checks import check_memberships, read_stack
from mixtura.images.classes import Classes
from mixtura.images.fitted import FittedImageMixture
from mixtura.images.levels import ROUNDING_VARIANCE
from mixtura.images.principal_components import PrincipalComponents
from mixtura.mixture import RandomSource, scikit_learn_source


class ImageMixture(FittedImageMixture):
    r"""A generator of images: principal components, and a Gaussian mixture of their coefficients.

    It maximises :math:`\sum_n \log p(z_n)` over mixtures p, where :math:`z_n` are the Q coefficients of image n on an
    orthonormal basis. With the variance of what the basis leaves out, this becomes a density of whole images;
    `mixtura.images.pixel_density` derives it. With labels there is one mixture for each class, all on one basis and
    with one residual variance, and the density is their sum, weighted by the share of each class in the labels.

    The density is one on all of R^D: some of its mass lies where no image is, beyond black and white, so that the
    probabilities of all images of bytes sum to less than one. Restricted to the box of images it would only be higher:
    `bits_per_dim` is an upper bound of what the mixture so restricted takes (`mixtura.images.levels`).

    Images are uint8 (n, height, width), read as intensities v / 255, or floats in [0, 1]; a last axis of channels may
    follow. Only a few blocks of them are ever held as floats; the coefficients, (n, Q), are held as a whole.

    Parameters
    ----------
    n_basis : int, default=100
        Q, the number of basis vectors, from 1 to min(n, D), with D the number of pixels.
    n_components : int, default=25
        K, components of the mixture; of each of them where there are labels.
    covariance_type : str, default="full"
        Family of covariances, as in `mixtura.GaussianMixture`.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the fit, and the draws that are given no seed of their own.
    tol, max_iter, n_init
        As in `mixtura.GaussianMixture`; ``tol`` is in nats for an image.
    reg_covar : "auto" or float, default="auto"
        Variance, in squared intensity, added in all D directions, on the basis and across it. "auto" adds
        1 / (12 * 255^2), a standard deviation of 0.29 grey levels: what dequantisation adds, so the density is that
        of dequantised images, and bounded even where pixels are constant or nothing is left out.
    init_params : str, array-like or callable, default="kmeans"
        As in `mixtura.GaussianMixture`. Memberships are given for all n images; each class takes its own.

    Attributes
    ----------
    principal_components_ : PrincipalComponents
        Mean image and basis.
    mixtures_ : tuple of C GaussianMixture
        One for each class; a single one without labels.
    classes_ : array (C,) or None
        The distinct labels, sorted; None without labels.
    class_weights_ : array (C,)
        Shares of the classes among the training images.
    residual_variance_ : float
        Variance in each of the D - Q directions that the basis leaves out: the mean of their eigenvalues, plus what
        ``reg_covar`` adds.
    component_weights_ : array (C K,)
        Share of each component in the whole, in the order of `component_images`.
    component_labels_ : array (C K,) or None
        The class of each component; None without labels.
    image_shape_ : tuple of int
        ``(height, width)`` or ``(height, width, channels)``.
    n_features_in_ : int
        D.

    Warns
    -----
    ConvergenceWarning
        If EM did not converge or lost a component.

    Notes
    -----
    The mixture is fitted to coefficients in the unit of the images. On left singular vectors, whose variance is 1/n,
    a fixed ``reg_covar`` would weigh the more, the more images there are.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits()
    >>> images = digits.images / 16.0
    >>> model = ImageMixture(n_basis=20, n_components=2, random_state=0).fit(images, digits.target)
    >>> model.sample(3, label=7).shape
    (3, 8, 8)
    >>> model.component_images().shape, model.component_labels_[:4]
    ((20, 8, 8), array([0, 0, 1, 1]))
    """

    def __init__(
        self,
        n_basis: int = 100,
        n_components: int = 25,
        covariance_type: str = "full",
        random_state: int | RandomSource | None = None,
        *,
        tol: float = 1e-3,
        max_iter: int = 100,
        reg_covar: float | str = "auto",
        n_init: int = 1,
        init_params: str | ArrayLike | Callable[..., Any] = "kmeans",
    ) -> None:
        self.n_basis = n_basis
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.random_state = random_state
        self.tol = tol
        self.max_iter = max_iter
        self.reg_covar = reg_covar
        self.n_init = n_init
        self.init_params = init_params

    def fit(self, images: Any, labels: Any = None) -> Self:
        """Find the basis of all images, then fit the mixture, or one for each class.

        Parameters
        ----------
        images : array-like (n, height, width) or (n, height, width, channels)
            uint8, or floats in [0, 1].
        labels : array-like (n,), optional
            The class of each image: numbers or strings.

        Raises
        ------
        ValueError
            For NaN or infinity, images outside [0, 1] or of unlike sizes, parameters out of range, labels of another
            length, classes with fewer images than components (or than two), and images of which nothing is left out
            where ``reg_covar`` is 0.
        """
        pixels = read_stack(images)
        n, d = pixels.rows.shape
        n_basis = check_count("n_basis", self.n_basis, 1, min(n, d), f"there are {n} images of {d} pixels")
        classes = Classes.of(labels, n)
        init_params = check_memberships(self.init_params, n)
        reg_covar = self._check_mixture()
        random = scikit_learn_source(self.random_state)
        classes.check_sizes(max(2, self.n_components), "two at least, and one for each component")

        principal_components = PrincipalComponents(n_basis).fit(images)
        residual_variance = principal_components.residual_variance_ + reg_covar
        rounding = np.finfo(np.float64).eps * float(principal_components.explained_variance_.sum())
        if n_basis < d and residual_variance <= rounding:
            raise ValueError(
                f"Got images of which nothing is left beyond n_basis={n_basis} vectors, so reg_covar={reg_covar:g} "
                "would make their density infinite: use fewer basis vectors, or reg_covar='auto'."
            )
        coefficients = principal_components.transform(images)
        mixtures = self._fit_mixtures(coefficients, classes, reg_covar, init_params, random)

        self.principal_components_ = principal_components
        self.residual_variance_ = residual_variance
        self.mixtures_ = mixtures
        self.classes_ = classes.names
        self.class_weights_ = classes.weights
        self.component_labels_ = None if classes.names is None else np.repeat(classes.names, self.n_components)
        self.component_weights_ = np.concatenate(
            [share * mixture.weights_ for share, mixture in zip(classes.weights, mixtures, strict=True)]
        )
        self.image_shape_ = pixels.image_shape or ()
        self.n_features_in_ = d
        return self

    def _fit_mixtures(
        self,
        coefficients: FloatArray,
        classes: Classes,
        reg_covar: float,
        init_params: Any,
        random: np.random.RandomState,
    ) -> tuple[GaussianMixture, ...]:
        """Fit one mixture to the coefficients (n, Q) of each class."""
        seeds = random.randint(2**31 - 1, size=len(classes.members))
        mixtures = []
        for members, seed in zip(classes.members, seeds, strict=True):
            own = init_params[members] if isinstance(init_params, np.ndarray) else init_params
            mixture = self._mixture(reg_covar=reg_covar, init_params=own, random_state=int(seed))
            with warnings.catch_warnings():
                # Where coefficients do not vary, their variance is reg_covar: that of dequantisation, by default.
                warnings.filterwarnings("ignore", message="Got constant features")
                mixtures.append(mixture.fit(coefficients[members]))
        return tuple(mixtures)

    def _mixture(self, **changes: Any) -> GaussianMixture:
        """Make an unfitted mixture of our parameters, but for the changes."""
        own = {name: getattr(self, name) for name in ("covariance_type", "tol", "max_iter", "n_init")}
        return GaussianMixture(self.n_components, **own, **changes)

    def _check_mixture(self) -> float:
        """Check the parameters of the mixtures; return what is added to every variance."""
        self._mixture(reg_covar=self.reg_covar, init_params=self.init_params)._validate_params()
        return ROUNDING_VARIANCE if isinstance(self.reg_covar, str) else float(self.reg_covar)
