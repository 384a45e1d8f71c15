"""What a generator of images offers: the one interface of all models here, of the neural ones and of the rivals.

A model is fitted to a stack of images, told their classes or not, and draws new ones, of one class or of all in their
shares. Where it has a density, or a probability of images of bytes that is nowhere 0, it counts bits too. Whatever
follows this can be measured by `quality.Assessor` and by the study.

=================================  =====================  =====================================  ====================
model                              works in               what ties pixels together              bits
=================================  =====================  =====================================  ====================
`ImageMixture`                     a shared basis         a mixture of the coefficients          of dequantised bytes
`MatchedImageMixture`              basis and residuals    the same, residuals of each component  infinite (of bytes)
`CopulaImageMixture`               normal scores          few full covariances, at several       of bytes
                                   of pixels              scales, shrunk
... with ``n_factors``             the same               many factor analysers                  of bytes
`neural.AutoencoderMixture`        codes of a network     a mixture of the codes, fitted after   none
                                                          the network
`neural.VariationalAutoencoder`    codes of a network     a mixture of the codes, learned with   of bytes, a bound
                                                          the network
`study.IndependentPixels`          grey levels            the class alone                        of bytes
=================================  =====================  =====================================  ====================

They are classes of their own and no options of one, for they share nothing but this: what an `ImageMixture` encodes has
no meaning in a copula, shrinkage none in a basis, and a class with all their parameters would refuse most pairs of
them.
"""

from typing import Any, Protocol, Self, runtime_checkable

from mixtura.arrays import Array, FloatArray

__all__ = ["ImageDensity", "ImageGenerator"]


class ImageGenerator(Protocol):
    """Whatever learns to draw images.

    Attributes
    ----------
    classes_ : array (C,) or None
        The distinct labels, sorted; None without labels.
    image_shape_ : tuple of int
        ``(height, width)`` or ``(height, width, channels)``.
    """

    classes_: Array | None
    image_shape_: tuple[int, ...]

    def fit(self, images: Any, labels: Any = None) -> Self:
        """Learn from images (n, height, width), uint8 or floats in [0, 1], with a label each (n,) or none."""
        ...

    def sample(self, n: int = 1, label: Any = None, random_state: Any = None) -> FloatArray:
        """Draw images (n, height, width) with intensities in [0, 1]; of one class, where there is a label."""
        ...


@runtime_checkable
class ImageDensity(Protocol):
    """A generator whose density, or probability of bytes, can be asked."""

    def bits_per_dim(self, images: Any, random_state: Any = None) -> float:
        """Return mean bits per dimension of uint8 images, with one draw for each pixel."""
        ...
