"""Images, fourth step: a mixture of their coefficients makes new ones."""

from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors

from mixtura.arrays import Array, FloatArray
from mixtura.datasets import ImageSet
from mixtura.images import ImageMixture, NeighbourTest, neighbour_test
from mixtura.lab.activity import Activity, Gallery, Table
from mixtura.lab.data import load_lines
from mixtura.lab.figures import capture, panel
from mixtura.lab.judgement import judgement
from mixtura.lab.wording import class_label, count, number, paragraphs, percent
from mixtura.plots import plot_convergence, plot_image_grid

__all__ = ["Generator", "generate_images"]

_SHOWN = 25
_MOST_JUDGED = 1000  # generated images, and as many real ones


@dataclass(frozen=True, eq=False)
class Generator:
    """A mixture of one class of images, and what its samples are like.

    Attributes
    ----------
    focus : str
        The class, in words.
    n_train, n_test, n_basis, n_components, n_parameters : int
    n_iterations : int
        Of EM.
    converged : bool
    weights : array (K,)
        Falling.
    train_bits, test_bits : float
        Bits per dimension on training and on test images.
    judged : NeighbourTest
        Of generated images against test images.
    judged_real : NeighbourTest
        The same of training images in place of generated ones: what nobody can tell apart.
    n_judged : int
        Images on either side of both tests.
    copy_distance, fair_distance : float
        Median distance, in pixels of intensity 0 to 1, from a generated image to the nearest training image, and
        from a test image to the nearest training image.
    """

    focus: str
    n_train: int
    n_test: int
    n_basis: int
    n_components: int
    n_parameters: int
    n_iterations: int
    converged: bool
    weights: FloatArray  # (K,)
    train_bits: float
    test_bits: float
    judged: NeighbourTest
    judged_real: NeighbourTest
    n_judged: int
    copy_distance: float
    fair_distance: float


def generate_images(
    train: ImageSet,
    test: ImageSet,
    *,
    focus: int = 2,
    n_basis: int = 100,
    n_components: int = 25,
    random_state: int = 0,
) -> Activity[Generator]:
    """Fit a mixture to the coefficients of one class, look at its means and samples, and judge them.

    Parameters
    ----------
    train, test : ImageSet
    focus : int, default=2
        The class.
    n_basis, n_components : int, default=100 and 25
        As in `ImageMixture`.
    random_state : int, default=0
        Seeds the fit and the samples.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> train, test = load_digits_images(), load_digits_images("test")
    >>> found = generate_images(train, test, n_basis=10, n_components=2).numbers
    >>> found.test_bits < 8
    True
    """
    own, unseen = train.only(focus).images, test.only(focus).images
    model = ImageMixture(n_basis, n_components, random_state=random_state).fit(own)
    (mixture,) = model.mixtures_
    n = min(_MOST_JUDGED, len(unseen))
    samples = model.sample(max(n, _SHOWN), random_state=random_state)
    spread = np.random.default_rng(random_state).permutation(len(own))[:n]
    nearest, copy_distance = _nearest(own, samples[:n])
    order = np.argsort(mixture.weights_)[::-1]
    found = Generator(
        focus=class_label(focus, train.class_names),
        n_train=len(own),
        n_test=len(unseen),
        n_basis=n_basis,
        n_components=n_components,
        n_parameters=mixture.n_parameters_,
        n_iterations=mixture.n_iter_,
        converged=mixture.converged_,
        weights=mixture.weights_[order],
        train_bits=model.bits_per_dim(own, random_state=random_state),
        test_bits=model.bits_per_dim(unseen, random_state=random_state),
        judged=neighbour_test(unseen[:n], samples[:n]),
        judged_real=neighbour_test(unseen[:n], own[np.sort(spread)]),
        n_judged=n,
        copy_distance=copy_distance,
        fair_distance=_nearest(own, unseen[:n])[1],
    )
    pairs = np.stack([samples[:10], own[nearest[:10]] / 255.0]).reshape(-1, *own.shape[1:])
    sheets = [
        capture(plot_image_grid(images, n_columns=5), alt=alt, caption=caption)
        for images, alt, caption in (
            (samples[:_SHOWN], "Twenty-five generated images.", f"New images: {_SHOWN} samples of the mixture."),
            (
                unseen[:_SHOWN],
                f"Up to twenty-five real images of class {focus}.",
                f"Real test images of {found.focus}, to compare.",
            ),
        )
    ]
    body = (
        capture(
            plot_image_grid(
                model.component_images()[order],
                titles=[percent(float(weight)) for weight in found.weights],
                n_columns=min(n_components, 9),
            ),
            alt=f"The means of all {n_components} components as images.",
            caption="The mean of each component as an image, with its weight, the heaviest first.",
        ),
        Gallery(tuple(sheets)),
        capture(
            plot_image_grid(pairs, n_columns=10),
            alt="Ten generated images, and below each the most similar training image.",
            caption="Samples (above), and the nearest training image of each (below). Is the model copying?",
        ),
        _judgement_table(found),
        capture(
            plot_convergence(mixture, ax=panel()),
            alt=f"The mean log-likelihood rises over {count(found.n_iterations, 'iteration')} and levels off.",
            caption="How the fit went: the mean log-likelihood of the coefficients, in nats.",
        ),
    )
    return Activity(
        name="images-generator",
        title="Images: a mixture that makes new ones",
        question=paragraphs(
            f"Fit a mixture of {n_components} Gaussians to the {n_basis} coefficients of the {found.n_train:,} "
            f"training images of {found.focus}. What do its means look like as images? Can it make new "
            "images? Are they any good, and are they new?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            f"{load_lines(train)}\n"
            "from mixtura.images import ImageMixture, neighbour_test\n\n"
            f"model = ImageMixture(n_basis={n_basis}, n_components={n_components}, random_state={random_state})\n"
            f"model.fit(train.only({focus}).images)\n"
            f"bits = model.bits_per_dim(test.only({focus}).images, random_state={random_state})\n"
            f"samples = model.sample(25, random_state={random_state})"
        ),
    )


def _nearest(training: Array, images: Array) -> tuple[Array, float]:
    """Return the nearest training image of each image (n,), and the median distance."""
    known = training.reshape(len(training), -1) / 255.0
    asked = images.reshape(len(images), -1) / (255.0 if images.dtype == np.uint8 else 1.0)
    distances, nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(known).kneighbors(asked)
    return nearest[:, 0], float(np.median(distances))


def _judgement_table(found: Generator) -> Table:
    judged, real = found.judged, found.judged_real
    return Table(
        ("compared with test images", "nearest to a generated one is generated", "nearest to a real one is real"),
        (
            ("generated images", percent(judged.generated), percent(judged.real)),
            ("real training images instead", percent(real.generated), percent(real.real)),
        ),
        f"The nearest-neighbour test on {found.n_judged:,} images of either kind: can one tell what an image is by "
        "looking at the image nearest to it? Where nobody can, both numbers are about 50 %.",
    )


def _answer(found: Generator) -> str:
    ended = "EM converged" if found.converged else "EM was stopped before it converged,"
    gap = found.test_bits - found.train_bits
    far = found.copy_distance / found.fair_distance
    return paragraphs(
        f"{ended} after {count(found.n_iterations, 'iteration')}. The means are styles: the heaviest stands for "
        f"{percent(float(found.weights[0]))} of the images, the lightest for {percent(float(found.weights[-1]))}.",
        f"On test images the model needs <strong>{number(found.test_bits, 3)} bits per dimension</strong>, where "
        f"knowing nothing takes 8. On its training images it needs {number(found.train_bits, 3)}, "
        f"{number(abs(gap), 3)} {'less' if gap >= 0 else 'more'}: "
        + (
            f"it has learned some of them by heart, which {found.n_parameters:,} parameters for {found.n_train:,} "
            "images allow."
            if gap > 0.05
            else "it has learned hardly anything by heart."
        ),
        judgement(found.judged, found.n_judged),
        f"Are they copies? From a sample to the nearest training image it is {number(found.copy_distance, 2)} in the "
        f"median (the root of the summed squares of intensities), from a test image {number(found.fair_distance, 2)}. "
        + (
            "Samples are about as far from the training images as real new images are, so they are new."
            if 0.8 <= far <= 1.25
            else "Samples lie nearer to training images than real new images do. They need not be copies: without the "
            "detail that the basis leaves out an image is smoother, and smooth images are near to everything."
            if far < 0.8
            else "Samples lie farther from the training images than real new images do, so they are no copies."
        ),
    )


def _finding(found: Generator) -> str:
    return (
        f"{count(found.n_components, 'component')} in {found.n_basis} dimensions need {number(found.test_bits, 3)} "
        f"bits per dimension on test images of {found.focus}, and {number(found.train_bits, 3)} on training "
        f"images; {percent(found.judged.generated)} of the samples are found out by their nearest neighbour"
    )
