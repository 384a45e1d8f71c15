"""CopulaImageMixture: the estimator whose samples have true blacks and whose density is one of bytes."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from mixtura.arrays import ByteArray, FloatArray
from mixtura.checks import check_count, check_number
from mixtura.images.classes import Classes
from mixtura.images.copula.class_fit import correlation_of, first_density, fit_density
from mixtura.images.copula.contract import Density
from mixtura.images.copula.factor_fit import fit_factors
from mixtura.images.copula.fitted_copula import BATCH, FittedCopulaMixture
from mixtura.images.copula.margins import background_of
from mixtura.mixture import RandomSource, scikit_learn_source

__all__ = ["CopulaImageMixture"]

_HELD_OUT = 10
"""One image in so many is held out where the shrinkage is chosen."""

_CANDIDATES = (100.0, 300.0, 1000.0)


class CopulaImageMixture(FittedCopulaMixture):
    r"""A generator of 8-bit images: a Gaussian mixture of latents, seen through thresholds between grey levels.

    Each pixel has a latent number, which is normal scores of its grey level; black, half of all pixels of clothes, is
    everything below the first threshold. Latents of a class are a mixture of K shapes, each with a full covariance at J
    scales. It raises :math:`\sum_n \log P(v_n)`, the probability of the bytes themselves,

    .. math:: P(v) = \sum_c \pi_c \sum_{k,j} \pi_{ckj} \int_{B_c(v)} N(z; \mu_{ck}, s_j \Sigma_{ck}) dz,

    where :math:`B_c(v)` is the box of latents that bytes v stand for in class c. It sums to one over all images of
    bytes, because boxes of different images are apart and fill the space: no dequantisation, no Jacobian, no
    unbounded density. `mixtura.images.copula` holds the parts: the margins, the boxes, the fit.

    Parameters
    ----------
    n_components : int, default=3
        K, shapes in each class.
    n_factors : int or None, default=None
        None gives shapes full covariances, shrunk, at several scales: the fewest bits. A number makes each a factor
        analyser of so many factors (`mixtura.FactorMixture`), so that there can be many: no matrix (D, D) is made of
        one. ``scales`` and ``shrinkage`` then have no effect.
    scales : sequence of J floats, default=(0.15, 0.35, 0.7, 1.4, 3.0)
        Factors of the covariances, which all shapes share.
    shrinkage : float or "held-out", default="held-out"
        How many images' worth of pooled covariance is added to each class's and each shape's. "held-out" tries 100, 300
        and 1000 with one shape, on every tenth training image, and keeps what gives those the fewest bits.
    n_iter : int, default=4
        Iterations of EM after the first Gaussian; later ones hardly change the bits of unseen images.
    n_jobs : int or None, default=None
        Threads, as in scikit-learn; -1 is all processors. Results are the same for any number.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the fit, and the draws that are given no seed of their own.

    Attributes
    ----------
    densities_ : tuple of C Density
    classes_ : array (C,) or None
    class_weights_ : array (C,)
    shrinkage_ : float
        What was used.
    image_shape_ : tuple of int
    n_features_in_ : int
        D, the number of pixels.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits()
    >>> images = (digits.images * 15.9375).astype("uint8")
    >>> model = CopulaImageMixture(n_components=1, shrinkage=100, n_iter=2, random_state=0).fit(images, digits.target)
    >>> model.sample(3, label=7).shape
    (3, 8, 8)
    >>> float((model.sample(500, random_state=0) == 0).mean().round(1)), float((images == 0).mean().round(1))
    (0.5, 0.5)
    """

    def __init__(
        self,
        n_components: int = 3,
        *,
        n_factors: int | None = None,
        scales: Sequence[float] = (0.15, 0.35, 0.7, 1.4, 3.0),
        shrinkage: float | str = "held-out",
        n_iter: int = 4,
        n_jobs: int | None = None,
        random_state: int | RandomSource | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_factors = n_factors
        self.scales = scales
        self.shrinkage = shrinkage
        self.n_iter = n_iter
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, images: Any, labels: Any = None) -> Self:
        """Fit margins and latents, of each class where there are labels.

        Parameters
        ----------
        images : array-like of uint8 (n, height, width) or (n, height, width, channels)
        labels : array-like (n,), optional
            The class of each image: numbers or strings.

        Raises
        ------
        ValueError
            For images that are not bytes, parameters out of range, labels of another length, and classes with fewer
            than two images for each component.
        """
        levels, shape = self._read(images)
        classes = Classes.of(labels, len(levels))
        n_components = check_count("n_components", self.n_components, 1)
        n_iter = check_count("n_iter", self.n_iter, 1)
        if self.n_factors is not None:
            check_count("n_factors", self.n_factors, 1, levels.shape[1] - 1, "fewer than pixels")
        scales = self._check_scales()
        candidates = self._check_shrinkage()
        classes.check_sizes(2 * n_components, "two for each component")
        seeds = scikit_learn_source(self.random_state).randint(2**31 - 1, size=(2, len(classes.members)))

        background = background_of(levels)
        groups = [levels[members] for members in classes.members]
        shrinkage = candidates[0]
        if len(candidates) > 1 and self.n_factors is None:
            kept = [np.arange(len(group)) % _HELD_OUT > 0 for group in groups]
            shrinkage = self._choose(groups, kept, scales, candidates, seeds[1])
        self.densities_ = self._fit_classes(
            groups, background, n_components, scales, shrinkage, n_iter, seeds[0], self.n_factors
        )
        self.shrinkage_ = shrinkage
        self.classes_ = classes.names
        self.class_weights_ = classes.weights
        self.image_shape_ = shape
        self.n_features_in_ = levels.shape[1]
        return self

    def _fit_classes(
        self,
        groups: list[ByteArray],
        background: FloatArray,
        n_components: int,
        scales: FloatArray,
        shrinkage: float,
        n_iter: int,
        seeds: Any,
        n_factors: int | None = None,
    ) -> tuple[Density, ...]:
        sources = [np.random.RandomState(seed) for seed in seeds]
        firsts = self._map(first_density, groups, [background] * len(groups), sources)
        if n_factors is not None:
            # One class after another: each fit of factor analysers takes all threads.
            each = zip(firsts, groups, sources, strict=True)
            return tuple(fit_factors(*own[:2], n_components, n_factors, n_iter, own[2]) for own in each)
        pooled = sum(correlation_of(first) for first in firsts) / len(firsts)
        n = len(groups)
        return tuple(
            self._map(
                fit_density,
                firsts,
                groups,
                [pooled] * n,
                [n_components] * n,
                [scales] * n,
                [shrinkage] * n,
                [n_iter] * n,
                sources,
            )
        )

    def _choose(
        self,
        groups: list[ByteArray],
        kept: list[Any],
        scales: FloatArray,
        candidates: tuple[float, ...],
        seeds: Any,
    ) -> float:
        """Return the shrinkage under which images that were held out are the most probable, with one shape."""
        training = [group[rows] for group, rows in zip(groups, kept, strict=True)]
        unseen = [group[~rows][:BATCH] for group, rows in zip(groups, kept, strict=True)]
        background = background_of(np.concatenate(training))  # of images held out the margins know nothing either
        totals = []
        for candidate in candidates:
            densities = self._fit_classes(training, background, 1, scales, candidate, 1, seeds)
            sources = [np.random.RandomState(seed) for seed in seeds]
            logs = self._map(lambda density, *rest: density.log_probability(*rest), densities, unseen, sources)
            totals.append(sum(log.sum() for log in logs))
        return candidates[int(np.argmax(totals))]

    def _check_scales(self) -> FloatArray:
        scales = np.asarray(self.scales, dtype=np.float64)
        if scales.ndim != 1 or not scales.size or not (np.isfinite(scales) & (scales > 0)).all():
            raise ValueError(f"Got scales={self.scales!r}, but expected numbers above 0, such as (0.5, 1.0, 2.0).")
        return scales

    def _check_shrinkage(self) -> tuple[float, ...]:
        if isinstance(self.shrinkage, str) and self.shrinkage == "held-out":
            return _CANDIDATES
        try:
            return (check_number("shrinkage", self.shrinkage, above=True),)
        except ValueError:
            raise ValueError(
                f"Got shrinkage={self.shrinkage!r}, but expected 'held-out' or a number of images above 0."
            ) from None
