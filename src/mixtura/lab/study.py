"""Activity 6, third part: a small study, every measure of quality against both numbers."""

from dataclasses import dataclass

from mixtura.datasets import ImageSet
from mixtura.lab.activity import Activity, Gallery, Table, Tell, silent
from mixtura.lab.data import load_lines
from mixtura.lab.figures import capture
from mixtura.lab.wording import count, number, paragraphs, percent
from mixtura.study import MEASURES, Group, run_study
from mixtura.study.charts import chart_measure, chart_samples, measured

__all__ = ["SmallStudy", "study_generators"]

_CHARTS = ("bits", "bins", "frechet", "lost")  # what is drawn; the table has everything
_NEEDS_LARGE = 16  # pixels along a side from which patches of 6 pixels suit the classifier


@dataclass(frozen=True, eq=False)
class SmallStudy:
    """What was measured.

    Attributes
    ----------
    group : Group
        All models, and real images in their place.
    accuracy : float
        Of the classifier whose features are compared, on the test images.
    digest : str
        The hash of its weights.
    """

    group: Group
    accuracy: float
    digest: str


def study_generators(
    train: ImageSet,
    test: ImageSet,
    *,
    basis_sizes: tuple[int, ...] = (20, 100),
    component_counts: tuple[int, ...] = (1, 5),
    n_per_class: int | None = 500,
    n_bins: int = 50,
    n_teachings: int = 3,
    random_state: int = 0,
    tell: Tell = silent,
) -> Activity[SmallStudy]:
    """Measure generators of all classes with fewer and more basis vectors and components, by every measure.

    Parameters
    ----------
    train, test : ImageSet
    basis_sizes, component_counts : tuples of int
        What is tried; components are those of each class.
    n_per_class : int or None
        Training images of each class that are used, and half as many test images; None takes all.
    n_bins : int, default=50
        Bins of the test by bins.
    n_teachings : int, default=3
        Pairs of classifiers that the loss of accuracy is the mean of.
    random_state : int, default=0
        Seeds everything.
    tell : callable, optional
        Told before each model.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> train, test = load_digits_images(), load_digits_images("test")
    >>> small = {"basis_sizes": (8,), "component_counts": (1,), "n_per_class": 60, "n_bins": 10, "n_teachings": 1}
    >>> study_generators(train, test, **small).numbers.accuracy > 0.8
    True
    """
    own = train.first_of_each(n_per_class)
    unseen = test.first_of_each(None if n_per_class is None else max(2, n_per_class // 2))
    side = min(train.images.shape[1:])
    found = run_study(
        own,
        unseen,
        basis_sizes=basis_sizes,
        component_counts=component_counts,
        groups=[tuple(range(len(train.class_names)))],
        n_bins=n_bins,
        patch_side=6 if side > _NEEDS_LARGE else 3,
        seed=random_state,
        n_teachings=n_teachings,
        progress=lambda what, share: tell(what),
    )
    group = found.groups[0]
    numbers = SmallStudy(group, found.accuracy, found.conditions.classifier)
    charts = [
        capture(
            chart_measure(group, measure),
            alt=f"{measure.title} against the number of components, a line for each number of basis vectors.",
            caption=f"{measure.title[0].upper()}{measure.title[1:]}: {measure.better} is better."
            if measure.better != "near 1"
            else f"{measure.title}: best near 1.",
        )
        for measure in measured(group)
        if measure.name in _CHARTS
    ]
    samples = capture(
        chart_samples(group),
        alt="Real images, then samples, one row for each model in the order of the table.",
        caption="Real images, then samples, a row for each model in the order of the table.",
    )
    return Activity(
        name="activity-6-study",
        title="Activity 6: by every measure",
        question=paragraphs(
            "Which measure sees what? Fit generators of all classes with few and many basis vectors and components, "
            "and ask each measure; real images in their place show what chance does."
        ),
        numbers=numbers,
        body=(_table(group), Gallery(tuple(charts)), samples),
        answer=_answer(numbers),
        finding=_finding(numbers),
        code=(
            f"{load_lines(train)}\n"
            "from mixtura.images import ImageMixture\n"
            "from mixtura.images.quality import Assessor\n\n"
            "train, test = train.only(0, 1), test.only(0, 1)\n"
            f"assessor = Assessor.of(train.images, train.labels, test.images, test.labels, n_bins=20, patch_side=3)\n"
            f"model = ImageMixture({min(basis_sizes)}, 2, random_state=0).fit(train.images, train.labels)\n"
            "found = assessor.assess(model)\n"
            "print(found.bits, found.frechet.value, found.transfer.lost)"
        ),
    )


def _table(group: Group) -> Table:
    titles = ["real images", *(cell.title for cell in group.cells)]
    figures = [group.floor, *(cell.figures for cell in group.cells)]
    rows = tuple(
        (f"{measure.title} ({measure.better})", *(measure.write(one) for one in figures)) for measure in MEASURES
    )
    return Table(
        ("measure", *titles),
        rows,
        f"Every measure of models fitted to {group.n_train:,} images of all {len(group.classes)} classes, and compared "
        f"with {group.n_test:,} test images; components are those of each class.",
    )


def _answer(found: SmallStudy) -> str:
    group = found.group
    cells = [cell for cell in group.cells if cell.setting]
    best = min(cells, key=lambda cell: cell.figures.frechet)
    coded = min(cells, key=lambda cell: cell.figures.bits or 9.0)
    assert best.setting is not None
    assert coded.setting is not None
    same = best.setting == coded.setting
    return paragraphs(
        f"The best samples by the Fréchet distance of features come from "
        f"{count(best.setting.n_basis, 'basis vector')} with {count(best.setting.n_components, 'component')} for each "
        f"class: {number(best.figures.frechet, 3)}, where real training images have "
        f"{number(group.floor.frechet, 3)}. Held-out images are coded best by "
        + ("the same model" if same else f"{coded.title}")
        + f", at {number(coded.figures.bits or 0.0, 3)} bits per dimension. "
        + ("Both agree here." if same else "Good bits and good samples are two things."),
        f"A classifier that learns from samples of the best model in place of real images loses "
        f"{number(best.figures.lost or 0.0, 2)} points of accuracy"
        + (f", in the mean of {len(best.figures.losses)} pairs" if len(best.figures.losses) > 1 else "")
        + f". The classifier whose features are compared is "
        f"right for {percent(found.accuracy)} of the test images; its weights have the hash {found.digest[:12]}.",
    )


def _finding(found: SmallStudy) -> str:
    distances = [cell.figures.frechet for cell in found.group.cells]
    return (
        f"over both numbers the Fréchet distance of samples goes from {number(max(distances), 3)} down to "
        f"{number(min(distances), 3)}, and real images have {number(found.group.floor.frechet, 3)}"
    )
