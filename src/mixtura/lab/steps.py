"""Steps: the activities of the course in their order, each with how long it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mixtura.lab.activity import Activity, Tell
from mixtura.lab.classes import model_classes
from mixtura.lab.compression import compress_images
from mixtura.lab.data import LabImages
from mixtura.lab.decomposition import decompose_images
from mixtura.lab.generator import generate_images
from mixtura.lab.linear_maps import compare_with_kmeans
from mixtura.lab.look import look_at_images
from mixtura.lab.moon_outliers import find_moons_among_outliers
from mixtura.lab.plan import Plan
from mixtura.lab.quality import vary_generator
from mixtura.lab.responsibilities import map_responsibilities
from mixtura.lab.sampling import sample_by_hand
from mixtura.lab.study import study_generators
from mixtura.lab.two_blobs import recover_two_blobs
from mixtura.lab.two_moons import find_moons
from mixtura.lab.unequal_blobs import recover_unequal_blobs

__all__ = ["Step", "list_steps"]

FOCUS = 2
"""The class of images that most of the lab is about: pullovers, or the digit 2."""


@dataclass(frozen=True)
class Step:
    """One activity of the course.

    Attributes
    ----------
    title : str
        For the progress bar.
    weight : float
        About how long it takes, in any unit.
    work : callable
        Does it.
    n_pieces : int
        How often it tells what it does.
    """

    title: str
    weight: float
    work: Callable[[Tell], Activity[Any]]
    n_pieces: int = 0


def list_steps(images: LabImages, plan: Plan, seed: int) -> tuple[Step, ...]:
    """List the activities; the weights are seconds on a machine of two cores."""
    train = images.train.first_of_each(plan.n_per_class)
    test = images.test.first_of_each(plan.n_test_per_class)
    few: dict[str, Any] = {"focus": FOCUS, "n_basis": plan.n_basis}
    model: dict[str, Any] = {**few, "n_components": plan.n_components, "random_state": seed}
    n_settings = len({*plan.basis_sizes, plan.n_basis}) * len({*plan.component_counts, plan.n_components})

    def compress(tell: Tell) -> Activity[Any]:
        return compress_images(train, test, **few, ranks=plan.ranks)

    def vary(tell: Tell) -> Activity[Any]:
        sizes, counts = plan.basis_sizes, plan.component_counts
        return vary_generator(train, test, basis_sizes=sizes, component_counts=counts, tell=tell, **model)

    def expand(tell: Tell) -> Activity[Any]:
        return model_classes(train, test, n_bins=plan.n_bins, tell=tell, **model)

    def study(tell: Tell) -> Activity[Any]:
        return study_generators(
            train,
            test,
            basis_sizes=plan.study_sizes,
            component_counts=plan.study_counts,
            n_per_class=plan.study_per_class,
            n_bins=plan.n_bins,
            n_teachings=plan.study_teachings,
            random_state=seed,
            tell=tell,
        )

    return (
        Step("two compact blobs", 1, lambda tell: recover_two_blobs(seed)),
        Step("a wide blob and a tight one", 1, lambda tell: recover_unequal_blobs(seed)),
        Step("responsibilities", 2, lambda tell: map_responsibilities(seed)),
        Step("linear maps", 2, lambda tell: compare_with_kmeans(seed, plan.n_draws)),
        Step("two moons", 3, lambda tell: find_moons(seed, plan.max_components)),
        Step("wild points", 2, lambda tell: find_moons_among_outliers(seed)),
        Step("looking at the images", 2, lambda tell: look_at_images(train, test)),
        Step("principal components", 2, lambda tell: decompose_images(train, **few)),
        Step("reconstructions", 3, compress),
        Step("a mixture of images", 4, lambda tell: generate_images(train, test, **model)),
        Step("sampling by hand", 3, lambda tell: sample_by_hand(train, **model)),
        Step("fewer and more", 30, vary, n_settings),
        Step("classes", 30, expand, 5),
        Step("every measure", 15, study, len(plan.study_sizes) * len(plan.study_counts) + 2),
    )
