"""The quality of generated images, one measure per file; all run on a processor, without downloads.

=====================  ====================================  ===========================  ===========================
file                   asks                                  floor: real images           does not see
=====================  ====================================  ===========================  ===========================
`bits`                 how well is an unseen image coded?    not known; at most 3.28      what samples look like
`bins`                 is each kind of image drawn as often  0.05 of the bins (.06)       sharpness; copies
                       as it occurs?
`neighbours`           can a sample be told by what is       0.5 and 0.5 (.49, .51)       copies; it sees blur and
                       nearest to it, in pixels?                                          noise
`manifolds`            are samples like real images, and     well below 1 (.836, .829)    blur; outliers lift it
                       all real images like samples?
`coverage`             the same, without outliers            1 and 0.97 (1.02, .970)      copies
`frechet`              are features alike in two moments?    above 0 (0.9)                the rest of their
                                                                                          distribution; copies
`kernel`               are features alike in three moments?  0, up to its error (-1.6)    copies
`teaching`             can a classifier learn from samples?  0 points lost                noise; missing varieties
`copying`              are samples nearer to the training    0.5, score 0 (.499)          copies among bad images
                       images than new images are?
=====================  ====================================  ===========================  ===========================

In brackets stands what `Assessor.floor` finds for Fashion-MNIST, 10,000 test images against as many training images (of
`bins` all 60,000; of `neighbours` 2,000 on either side, by itself; of `copying` one half of the test images against the
other).

None of them is enough. To compare densities ask `bits`, which alone sees overfitting; to compare samples ask
`bins` for variety and `frechet` or `kernel` for looks, and `copying` whether they are new. Always give the figure
of real images beside: `Assessor` does, and measures any generator by one code.

A Frechet distance of pixels or of their principal components is not here, because it is of no use: a mixture with full
covariances has the mean and covariance of its training images, so the distance is near 0 even for a single Gaussian.
Features come from `classifier`, a small one that is trained on the training images (`patches` is its first layer); a
figure on them states the hash of its weights, and compares with no figure on another network.

`assessor` measures all at once. The rest serves these: `balls`, `rows`, `stacks`.
"""

from mixtura.images.contract import ImageDensity, ImageGenerator
from mixtura.images.quality.assessor import Assessment, Assessor
from mixtura.images.quality.bins import BinTest, ImageBins
from mixtura.images.quality.bits import HeldOutBits, held_out_bits
from mixtura.images.quality.classifier import ImageClassifier
from mixtura.images.quality.copying import Memorisation, memorisation
from mixtura.images.quality.coverage import DensityCoverage, density_coverage
from mixtura.images.quality.frechet import FrechetDistance, frechet_distance
from mixtura.images.quality.kernel import KernelDistance, kernel_distance
from mixtura.images.quality.manifolds import PrecisionRecall, precision_recall
from mixtura.images.quality.neighbours import NeighbourTest, neighbour_test
from mixtura.images.quality.teaching import Transfer, transfer

__all__ = [
    "Assessment",
    "Assessor",
    "BinTest",
    "DensityCoverage",
    "FrechetDistance",
    "HeldOutBits",
    "ImageBins",
    "ImageClassifier",
    "ImageDensity",
    "ImageGenerator",
    "KernelDistance",
    "Memorisation",
    "NeighbourTest",
    "PrecisionRecall",
    "Transfer",
    "density_coverage",
    "frechet_distance",
    "held_out_bits",
    "kernel_distance",
    "memorisation",
    "neighbour_test",
    "precision_recall",
    "transfer",
]
