"""Images as vectors: a basis for them, a generator of new ones, and how good those are.

An image of 28 by 28 pixels is a point in 784 dimensions, far too many for a mixture with full covariances. The
files of this room take it from pixels to a few coefficients and back:

`contract`
    `ImageGenerator`, what all models here offer, with a table of them.
`pixels`
    What counts as an image: bytes from 0 to 255 or floats in [0, 1]; a stack of them becomes rows.
`spectrum`
    One sweep over the rows, in blocks: mean, singular values and orthonormal basis. Exact, in bounded memory.
`principal_components`
    `PrincipalComponents`, the scikit-learn transformer around it: fit, transform, reconstruct.
`rank`
    How many basis vectors to keep, by three rules: the knee, the share of the variance, Gavish and Donoho.
`image_mixture`
    `ImageMixture`, the generator: a Gaussian mixture of the coefficients, one for all images or one for each class.
`fitted`
    What it does once it is fitted: encode and decode, reconstruct, sample, score, count bits.
`matched_mixture`
    `MatchedImageMixture`: the same with residuals, and with pixels as black as real ones; the best samples here.
`residuals`
    What the basis leaves out, as that generator draws it.
`pixel_density`
    How basis, mixture and what the basis leaves out make a density of whole images.
`copula`
    `CopulaImageMixture`, the other generator: a mixture seen through thresholds between grey levels. It draws true
    blacks, and takes the fewest bits.
`class_sum`
    The probability of an image whose class is not told, without asking every class in full.
`levels`
    Bytes as intervals of intensity: dequantisation, and nats as bits for a pixel.
`quality`
    A folder of measures, one per file, each with its paper, its floor and its pitfalls; its docstring is a table.
`checks`, `classes`
    What the generator takes for a stack of images, and for labels.

Begin with `PrincipalComponents(n_components=100).fit(images)`; ask its `suggest()` about the 100. Then
`ImageMixture(n_basis=100).fit(images)`, and `sample(25)` of it. To compare generators ask `bits_per_dim` of images
that were held out: it sees overfitting, which `neighbour_test` and `ImageBins` do not, and they see the pictures.
`quality.Assessor` takes all measures of a generator at once.
"""

from mixtura.images.contract import ImageDensity, ImageGenerator
from mixtura.images.copula import CopulaImageMixture, DensitySettings, best_density_model
from mixtura.images.image_mixture import ImageMixture
from mixtura.images.matched_mixture import MatchedImageMixture
from mixtura.images.principal_components import PrincipalComponents
from mixtura.images.quality import BinTest, ImageBins, NeighbourTest, neighbour_test
from mixtura.images.rank import RankSuggestion

__all__ = [
    "BinTest",
    "CopulaImageMixture",
    "DensitySettings",
    "ImageBins",
    "ImageDensity",
    "ImageGenerator",
    "ImageMixture",
    "MatchedImageMixture",
    "NeighbourTest",
    "PrincipalComponents",
    "RankSuggestion",
    "best_density_model",
    "neighbour_test",
]
