"""The lab: a course on Gaussian mixtures, from two blobs of points to a machine that draws clothes.

``run()`` works through all of it and writes one page of HTML. Each activity is also a function of its own, in a file
of its own. It returns an `Activity`: a question, what was seen (pictures and tables), the answer in words, and the
numbers, a frozen record from which every figure in the words is computed.

Points in the plane
    ``recover_two_blobs`` (activity 1) and ``recover_unequal_blobs`` (2): truth beside fit.
    ``map_responsibilities`` (3): who answers for which part of the plane, and why the wide one wins far away.
    ``compare_with_kmeans`` (4): blobs through random linear maps.
    ``find_moons`` (5): how many components, of which family, and which of them make up a cluster.
    ``find_moons_among_outliers``: the same among wild points, and how sure the answer is.

Images
    ``look_at_images``, ``decompose_images``, ``compress_images``: the data, its principal components, reconstructions.
    ``generate_images``, ``sample_by_hand``: a mixture that makes new images, and two traps in sampling.
    ``vary_generator``, ``model_classes`` and ``study_generators`` (activity 6): fewer and more of everything; several
    classes and all; every measure of quality.

The rest serves these: ``activity`` holds the records, ``figures`` makes pictures of drawings, ``wording`` writes
numbers, ``report`` sets the page, ``plan`` says how much is done, ``steps`` lists the activities, and ``course``
does them. Pictures and page come with ``pip install 'mixtura[lab]'``.
"""

from mixtura.lab.activity import Activity, Gallery, Picture, Prose, Table
from mixtura.lab.classes import model_classes
from mixtura.lab.compression import compress_images
from mixtura.lab.course import run
from mixtura.lab.decomposition import decompose_images
from mixtura.lab.generator import generate_images
from mixtura.lab.linear_maps import compare_with_kmeans
from mixtura.lab.look import look_at_images
from mixtura.lab.moon_outliers import find_moons_among_outliers
from mixtura.lab.quality import vary_generator
from mixtura.lab.responsibilities import map_responsibilities
from mixtura.lab.sampling import sample_by_hand
from mixtura.lab.study import study_generators
from mixtura.lab.two_blobs import recover_two_blobs
from mixtura.lab.two_moons import find_moons
from mixtura.lab.unequal_blobs import recover_unequal_blobs

__all__ = [
    "Activity",
    "Gallery",
    "Picture",
    "Prose",
    "Table",
    "compare_with_kmeans",
    "compress_images",
    "decompose_images",
    "find_moons",
    "find_moons_among_outliers",
    "generate_images",
    "look_at_images",
    "map_responsibilities",
    "model_classes",
    "recover_two_blobs",
    "recover_unequal_blobs",
    "run",
    "sample_by_hand",
    "study_generators",
    "vary_generator",
]
