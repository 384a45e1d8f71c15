"""Grid: every model of the study is fitted, measured and kept; what is kept already is not fitted again."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

import mixtura
from mixtura.arrays import Array, ByteArray
from mixtura.datasets import ImageSet
from mixtura.diagnostics import n_threads
from mixtura.images.quality import ImageClassifier
from mixtura.images.quality.assessor import TEACHINGS
from mixtura.study.bench import SHOWN, Bench, Cell, Job
from mixtura.study.figures import Figures
from mixtura.study.rivals import Rival, most_vectors
from mixtura.study.setting import N_BINS, PATCH_SIDE, Setting, group_name, text_model
from mixtura.study.sizes import check_sizes
from mixtura.study.state import code_digest, library_versions
from mixtura.study.store import Conditions, Store

__all__ = ["Cell", "Group", "Progress", "Study", "run_study"]

Progress = Callable[[str, float], None]
"""Told what is done now, and which share of the whole was done before."""


@dataclass(frozen=True, eq=False)
class Group:
    """All models of the same classes.

    Attributes
    ----------
    classes : tuple of int
    names : tuple of str
        Of the classes.
    n_train, n_test : int
    floor : Figures
        Of real images.
    cells : tuple of Cell
        In the order of the grid: by basis vectors, then by components.
    rivals : tuple of Cell
    real : array (n, height, width)
        As many test images as there are samples of each model, to look at; none where figures were read from a file.
    """

    classes: tuple[int, ...]
    names: tuple[str, ...]
    n_train: int
    n_test: int
    floor: Figures
    cells: tuple[Cell, ...]
    rivals: tuple[Cell, ...]
    real: ByteArray = field(default_factory=lambda: np.empty((0, 0, 0), dtype=np.uint8))

    @property
    def basis_sizes(self) -> list[int]:
        """Numbers of basis vectors, rising."""
        return sorted({cell.setting.n_basis for cell in self.cells if cell.setting})

    @property
    def component_counts(self) -> list[int]:
        """Numbers of components, rising."""
        return sorted({cell.setting.n_components for cell in self.cells if cell.setting})

    def at(self, n_basis: int, n_components: int) -> Cell:
        """Return the cell of both numbers."""
        wanted = Setting(self.classes, n_basis, n_components)
        return next(cell for cell in self.cells if cell.setting == wanted)


@dataclass(frozen=True, eq=False)
class Study:
    """The whole study.

    Attributes
    ----------
    conditions : Conditions
    accuracy : float
        Of the classifier whose features are compared, on the test images.
    groups : tuple of Group
    renewed : mapping
        Names of results that were there and found anew, because they were of other conditions, to these conditions.
    """

    conditions: Conditions
    accuracy: float
    groups: tuple[Group, ...]
    renewed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def run_study(
    train: ImageSet,
    test: ImageSet,
    *,
    basis_sizes: Sequence[int],
    component_counts: Sequence[int],
    groups: Sequence[tuple[int, ...]],
    rivals: Sequence[Rival] = (),
    folder: Path | None = None,
    n_bins: int = N_BINS,
    patch_side: int = PATCH_SIDE,
    seed: int = 0,
    n_teachings: int = TEACHINGS,
    progress: Progress = lambda what, share: None,
) -> Study:
    """Fit and measure an `ImageMixture` at each pair of numbers for each group of classes, and the rivals.

    Parameters
    ----------
    train, test : ImageSet
        What models are fitted to, and what they are compared with.
    basis_sizes, component_counts : sequences of int
        Both numbers; all pairs are tried, each once.
    groups : sequence of tuple of int
        Classes that are modelled together. A model of several classes has a mixture for each, on one basis.
    rivals : sequence of Rival
        Measured for groups of several classes too; for one class there are none.
    folder : Path or None
        Where results are kept, and looked for. Those of other images, another seed and the like stay beside them;
        those of another state of the code, of other libraries or of another number of threads are found anew, and
        `Study.renewed` names them.
    n_bins : int, default=100
        Bins of the test by bins; less where a group has fewer than ten images for each.
    patch_side : int, default=6
        Of the classifier.
    seed : int, default=0
        Seeds everything.
    n_teachings : int, default=3
        Pairs of classifiers, taught by samples and by real images, that the accuracy lost is the mean of.
    progress : callable
        Told before each model.

    Raises
    ------
    ValueError
        For groups of too few images for a model that is asked of them, before any model is fitted.
    UnwritableError
        Where results cannot be kept in the folder, also before.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> train, test = load_digits_images(), load_digits_images("test")
    >>> grid = {"basis_sizes": [16], "component_counts": [2], "groups": [(3, 5)], "n_bins": 10, "patch_side": 3}
    >>> (group,) = run_study(train, test, **grid).groups
    >>> group.cells[0].figures.frechet > group.floor.frechet
    True
    """
    sizes, counts = sorted(set(basis_sizes)), sorted(set(component_counts))
    asked = []
    for classes in groups:
        own, unseen = train.only(*classes), test.only(*classes)
        jobs = _jobs(classes, sizes, counts, seed)
        others = _rivals(classes, rivals, most_vectors(own), seed) if len(classes) > 1 else []
        check_sizes(own, unseen, jobs + others)
        asked.append((classes, own, unseen, jobs, others))
    conditions = Conditions(
        version=mixtura.__version__,
        dataset=train.name,
        train=_digest(train),
        test=_digest(test),
        classifier="",
        seed=seed,
        n_bins=n_bins,
        teachings=n_teachings,
        patch_side=patch_side,
        code=code_digest(),
        libraries=library_versions(),
        threads=n_threads(),
    )
    keys = [job.key for *_, jobs, others in asked for job in jobs + others]
    Store(folder, conditions).check([*keys, *(_floor(classes) for classes, *_ in asked)])
    progress("training the classifier", 0.0)
    classifier = ImageClassifier.train(train.images, train.labels, patch_side=patch_side, random_state=seed)
    conditions = replace(conditions, classifier=classifier.digest)
    store = Store(folder, conditions)
    whole = sum(len(jobs) + len(others) for *_, jobs, others in asked)
    done: list[Group] = []
    renewed: dict[str, tuple[str, ...]] = {}
    begun = 0

    def tell(what: str) -> None:
        nonlocal begun
        progress(what, begun / whole)
        begun += 1

    for classes, own, unseen, jobs, others in asked:
        bench = Bench(own, unseen, classifier, store, min(n_bins, len(own) // 10), patch_side, seed, n_teachings)
        floor = bench.floor(_floor(classes))
        cells = tuple(bench.cell(job, tell) for job in jobs)
        beside = tuple(bench.cell(job, tell) for job in others)
        renewed |= bench.renewed
        names = tuple(train.class_names[number] for number in classes)
        done.append(Group(classes, names, len(own), len(unseen), floor, cells, beside, unseen.images[:SHOWN]))
    progress("done", 1.0)
    return Study(conditions, classifier.accuracy(test.images, test.labels), tuple(done), renewed)


def _jobs(classes: tuple[int, ...], sizes: list[int], counts: list[int], seed: int) -> list[Job]:
    def job(size: int, count: int) -> Job:
        setting = Setting(classes, size, count)
        title = f"{_counted(size, 'basis vector')}, {_counted(count, 'component')}"
        return Job(setting.key, title, setting, lambda: text_model(size, count, seed), len(classes) > 1)

    return [job(size, count) for size in sizes for count in counts]


def _floor(classes: tuple[int, ...]) -> str:
    return f"{group_name(classes)}_floor"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _rivals(classes: tuple[int, ...], rivals: Sequence[Rival], most: int, seed: int) -> list[Job]:
    def job(rival: Rival) -> Job:
        key = f"{group_name(classes)}_rival-{rival.name}"
        return Job(key, rival.title, None, lambda: rival.make(most, seed), rival.labelled)

    return [job(rival) for rival in rivals]


def _digest(images: ImageSet) -> str:
    found = hashlib.sha256()
    parts: tuple[Array, ...] = (images.images, images.labels)
    for part in parts:
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()
