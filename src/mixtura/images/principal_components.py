"""Principal components of images or rows, exact, from one sweep in bounded memory."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array, gen_batches
from sklearn.utils.validation import check_is_fitted, validate_data

from mixtura.arrays import Array, FloatArray
from mixtura.checks import check_count, check_finite
from mixtura.images.pixels import OVERSHOOT, check_intensities, read_pixels, size_text
from mixtura.images.rank import RankSuggestion, suggest_rank
from mixtura.images.spectrum import default_block_size, spectrum

_OR_ALL = "or None for all there are"


class PrincipalComponents(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    r"""An orthonormal basis that leaves the least squared error when images are written in Q coefficients.

    A row :math:`x` becomes :math:`z = C (x - m)` and returns as :math:`m + C^T z`, with :math:`m` the mean and
    :math:`C` (Q, D) the leading right singular vectors of the centred data. Coefficients are in the unit of the
    data, not divided by singular values. All variances are those of maximum likelihood, divided by n (scikit-learn's
    ``PCA`` divides by n - 1).

    One sweep reads the data in blocks; a few D x D arrays are all it keeps, or n x D where n is smaller. `fit` takes
    images of bytes through exact sums of whole numbers and everything else through a blocked QR decomposition;
    `mixtura.images.spectrum` says how many digits each gives.

    Parameters
    ----------
    n_components : int or None, default=None
        Q, the number of basis vectors kept, from 1 to min(n, D). None keeps min(n, D).
    block_size : int or None, default=None
        Rows in a block. None takes blocks of 8 MiB (as float64). It changes nothing beyond rounding.

    Attributes
    ----------
    mean_ : array (D,)
        The mean row; for images, intensities in [0, 1].
    components_ : array (Q, D)
        The basis: orthonormal rows, by falling singular value. In each, the entry of largest absolute value, the
        first of equals, is positive.
    singular_values_ : array (min(n, D),)
        All of them, falling, kept or not. `explained_variance_` is their square divided by n.
    explained_variance_ : array (Q,)
        Variances of the coefficients of the training data.
    explained_variance_ratio_ : array (Q,)
        The same as shares of the total variance; zeros where the data do not vary at all.
    residual_variance_ : float
        Mean variance over the D - Q directions left out: the noise variance of probabilistic principal components,
        eq. (8) of Tipping and Bishop (1999). 0 where none is left out.
    n_samples_seen_ : int
        n.
    image_shape_ : tuple of int or None
        Shape of one image; None after a fit to rows.
    n_features_in_ : int
        D.
    feature_names_in_ : array (D,)
        Column names, after a fit to a data frame.

    References
    ----------
    M. E. Tipping, C. M. Bishop (1999), Probabilistic principal component analysis. Journal of the Royal Statistical
    Society B 61(3), 611-622.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> images = load_digits().images / 16.0
    >>> images.shape
    (1797, 8, 8)
    >>> components = PrincipalComponents(n_components=20).fit(images[:1700])
    >>> coefficients = components.transform(images[1700:])
    >>> coefficients.shape, components.inverse_transform(coefficients).shape
    ((97, 20), (97, 8, 8))
    >>> print(f"{components.explained_variance_ratio_.sum():.1%}")
    89.5%
    >>> components.suggest().variance_95
    29
    """

    def __init__(self, n_components: int | None = None, *, block_size: int | None = None) -> None:
        self.n_components = n_components
        self.block_size = block_size

    def fit(self, X: Any, y: Any = None) -> Self:
        """Find mean, basis and variances in one sweep.

        Parameters
        ----------
        X : array-like (n, height, width), (n, height, width, channels) or (n, D)
            At least two images or rows. Images are uint8, read as intensities v / 255, or floats in [0, 1]. Rows of
            any numeric type are taken as they are.
        y : ignored
            Present for scikit-learn's pipelines.

        Raises
        ------
        ValueError
            For NaN or infinity, strings, images outside [0, 1] or of unlike sizes, fewer than two rows, and
            parameters out of range.
        """
        pixels = read_pixels(X)
        rows = check_array(
            pixels.rows, dtype="numeric", ensure_all_finite=False, ensure_min_samples=2, estimator=self
        )  # (n, D)
        n, d = rows.shape
        most = min(n, d)
        kept = most if self.n_components is None else check_count("n_components", self.n_components, 1, most, _OR_ALL)
        if pixels.image_shape is None:
            check_finite(rows)
        else:
            check_intensities(rows)
        found = spectrum(rows, self._rows_per_block(d))

        validate_data(self, pixels.rows, skip_check_array=True)  # notes D and the columns' names
        self.image_shape_ = pixels.image_shape
        self.n_samples_seen_ = n
        self.mean_ = found.mean / pixels.unit
        self.components_ = np.ascontiguousarray(found.basis[:kept])
        self.singular_values_ = found.singular_values / pixels.unit
        variances = self.singular_values_**2 / n  # (min(n, D),)
        total = variances.sum()
        self.explained_variance_ = variances[:kept]
        self.explained_variance_ratio_ = variances[:kept] / (total if total > 0.0 else 1.0)
        self.residual_variance_ = float(variances[kept:].sum() / (d - kept)) if kept < d else 0.0
        return self

    def transform(self, X: Any) -> FloatArray:
        """Write images or rows, seen or unseen, as coefficients.

        Parameters
        ----------
        X : array-like, as in `fit`
            Images of the fitted size; float images may overshoot [0, 1], as reconstructions do. After a fit to
            images, rows (n, D) of float intensities are taken too.

        Returns
        -------
        array (n, Q)
            ``(x - mean_) @ components_.T`` for each row x.

        Raises
        ------
        ValueError
            For NaN or infinity, images or rows of another size, and images on another scale.
        """
        check_is_fitted(self)
        rows, unit = self._read(X)
        coefficients = np.empty((len(rows), len(self.components_)))
        for part in gen_batches(len(rows), self._rows_per_block(rows.shape[1])):
            block = np.divide(rows[part], unit, dtype=np.float64)  # (b, D)
            block -= self.mean_
            coefficients[part] = block @ self.components_.T
        return coefficients

    def inverse_transform(self, X: Any) -> FloatArray:
        """Make images or rows of coefficients.

        Parameters
        ----------
        X : array-like (n, Q)
            Coefficients.

        Returns
        -------
        array (n, height, width) or (n, D)
            Images after a fit to images, otherwise rows. Nothing is clipped: images may overshoot [0, 1].

        Raises
        ------
        ValueError
            For NaN or infinity, and for another number of coefficients than Q.
        """
        check_is_fitted(self)
        coefficients = check_array(X, dtype=np.float64, input_name="X", estimator=self)
        return self._decode(coefficients, len(self.components_))

    def reconstruct(self, X: Any, n_components: int | None = None) -> FloatArray:
        """Project images or rows on the first basis vectors, and show what is left of them.

        Parameters
        ----------
        X : array-like, as in `transform`
            Images or rows.
        n_components : int or None, default=None
            How many of the Q basis vectors to use, from 0 (the mean alone) to Q. None uses all.

        Returns
        -------
        array (n, height, width) or (n, D)
            As `inverse_transform` gives them.
        """
        check_is_fitted(self)
        kept = len(self.components_)
        used = kept if n_components is None else check_count("n_components", n_components, 0, kept, _OR_ALL)
        return self._decode(np.asarray(self.transform(X))[:, :used], used)

    def suggest(self) -> RankSuggestion:
        """Suggest how many basis vectors to keep, by three rules that read `singular_values_`.

        Returns
        -------
        RankSuggestion
            Its fields name the rules; `mixtura.images.rank` defines them and says what each assumes.

        Raises
        ------
        ValueError
            If all training rows were equal.
        """
        check_is_fitted(self)
        return suggest_rank(self.singular_values_, self.n_samples_seen_, self.n_features_in_)

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def _rows_per_block(self, n_columns: int) -> int:
        if self.block_size is None:
            return default_block_size(n_columns)
        return check_count("block_size", self.block_size, 1, why="or None for blocks of 8 MiB")

    def _decode(self, coefficients: FloatArray, used: int) -> FloatArray:
        """Make rows or images of coefficients (n, used) on the first basis vectors."""
        if coefficients.shape[1] != used:
            raise ValueError(f"Got {coefficients.shape[1]} coefficients in a row, but expected {used}.")
        rows: FloatArray = coefficients @ self.components_[:used]  # (n, D)
        rows += self.mean_
        return rows if self.image_shape_ is None else rows.reshape(-1, *self.image_shape_)

    def _read(self, X: Any) -> tuple[Array, float]:
        """Check new data against the fit; return the rows (n, D) and their unit."""
        pixels = read_pixels(X)
        rows, shape, fitted = pixels.rows, pixels.image_shape, self.image_shape_
        if fitted is None and shape is not None:
            raise ValueError(
                f"Got images of {size_text(shape)}, but PrincipalComponents was fitted to rows: "
                "give rows (n, D) in the same unit, or fit to images."
            )
        if fitted is not None and shape is None and rows.shape == fitted:
            raise ValueError(
                f"Got one image of {size_text(fitted)}, but expected a stack of images: give image[np.newaxis]."
            )
        if fitted is not None and shape is not None and shape != fitted:
            raise ValueError(
                f"Got images of {size_text(shape)}, but PrincipalComponents was fitted to images of "
                f"{size_text(fitted)}: crop, pad or resize them."
            )
        rows = validate_data(self, rows, dtype="numeric", ensure_all_finite=False, reset=False)
        if fitted is not None and shape is None and rows.dtype == np.uint8:
            raise ValueError(
                "Got rows of bytes (uint8), but PrincipalComponents was fitted to images, whose rows are "
                "intensities: divide them by 255, or give images."
            )
        if fitted is None:
            check_finite(rows)
        else:
            check_intensities(rows, -OVERSHOOT, OVERSHOOT)
        return rows, pixels.unit

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
