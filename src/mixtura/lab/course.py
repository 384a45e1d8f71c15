"""Course: all activities in their order, from the first blob to the page."""

import os
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from numbers import Integral
from pathlib import Path
from typing import Any, TypeAlias

from threadpoolctl import threadpool_limits

from mixtura.files import UnwritableError, check_writable, write_beside
from mixtura.lab.activity import Activity
from mixtura.lab.data import DATASETS, LabImages, load_images
from mixtura.lab.plan import PLANS, Plan
from mixtura.lab.report import Colophon, read_page, render
from mixtura.lab.steps import Step, list_steps
from mixtura.progress import show_progress

__all__ = ["Progress", "run"]

Progress: TypeAlias = Callable[[str, float], None]
"""Told what is being done now, and which share of the whole, from 0 to 1, was done before."""


def run(
    out: str | os.PathLike[str] = "lab-report",
    dataset: str = "fashion-mnist",
    quick: bool = False,
    random_state: int = 0,
    progress: bool | Progress = True,
) -> Path:
    """Work through the whole lab and write its report, one page of HTML that needs nothing else.

    Parameters
    ----------
    out : path-like, default="lab-report"
        The folder of the report; made where there is none. An older report in it stays until the new one is whole.
    dataset : {"fashion-mnist", "digits"}, default="fashion-mnist"
        The images to work on. Where Fashion-MNIST is found nowhere, the digits are taken, with a warning and with a
        line in bold at the top of the report.
    quick : bool, default=False
        Take fewer images and settings: seconds instead of minutes.
    random_state : int, default=0
        Seeds everything. The same seed on the same machine gives the same report, but for time and memory.
    progress : bool or callable, default=True
        True shows a bar where standard error is a terminal; False shows nothing; a callable is told what comes next
        and which share of the work, from 0 to 1, is done.

    Returns
    -------
    Path
        Of ``index.html`` in the folder.

    Raises
    ------
    UnwritableError
        Where the folder cannot be made or written; before any work.
    MissingExtraError
        Where jinja2 or matplotlib is not installed.
    ValueError
        Where there is no such dataset, or the seed is no whole number of at least 0.

    Warns
    -----
    UserWarning
        Where the digits take the place of Fashion-MNIST.
    """
    if dataset not in DATASETS:
        raise ValueError(f"Got dataset={dataset!r}, but expected {' or '.join(map(repr, DATASETS))}.")
    if not isinstance(random_state, Integral) or isinstance(random_state, bool) or not 0 <= random_state < 2**31:
        raise ValueError(f"Got random_state={random_state!r}, but expected a whole number from 0 to {2**31 - 1}.")
    page = read_page()
    index = Path(out) / "index.html"
    with _place(index), _heard(progress) as tell:
        began = time.perf_counter()
        tell("looking for the images", 0.0)
        images = load_images(dataset)
        plan = PLANS[images.dataset, bool(quick)]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            activities, seconds = _work(list_steps(images, plan, int(random_state)), tell)
        if images.reasons:
            warnings.warn(_fallback(images), UserWarning, stacklevel=2)
        complaints = tuple(dict.fromkeys(str(warning.message) for warning in caught))
        colophon = _colophon(images, plan, quick, random_state, complaints, time.perf_counter() - began, seconds)
        with write_beside(index) as beside:  # not before: a run that is killed in the middle leaves no file behind
            beside.write_text(render(page, activities, colophon), encoding="utf-8")
    return index


def _work(steps: tuple[Step, ...], progress: Progress) -> tuple[list[Activity[Any]], list[tuple[str, float]]]:
    """Do all steps; return the activities, and the title and the seconds of each."""
    whole, done = sum(step.weight for step in steps), 0.0
    activities, seconds = [], []
    for step in steps:
        pieces = _Pieces(step, done / whole, step.weight / whole, progress)
        began = time.perf_counter()
        progress(step.title, done / whole)
        # Threads of BLAS and OpenMP wait busily for one another. In pieces as small as these that gains little on a
        # machine at rest, and triples the time on one that is shared.
        with threadpool_limits(1):
            activities.append(step.work(pieces.tell))
        seconds.append((step.title, time.perf_counter() - began))
        done += step.weight
    progress("writing the report", 1.0)
    return activities, seconds


class _Pieces:
    """Turns what a step tells into shares of the whole."""

    def __init__(self, step: Step, before: float, share: float, progress: Progress) -> None:
        self._step, self._before, self._share, self._progress = step, before, share, progress
        self._begun = 0

    def tell(self, what: str) -> None:
        done = min(1.0, self._begun / self._step.n_pieces) if self._step.n_pieces else 0.0
        self._progress(f"{self._step.title}: {what}", self._before + done * self._share)
        self._begun += 1


@contextmanager
def _heard(progress: bool | Progress) -> Iterator[Progress]:
    """Yield what is to be told: a bar, nothing, or the caller's own."""
    if not isinstance(progress, bool):
        yield progress
        return
    shown = show_progress("the lab", total=1.0, extra="lab") if progress else nullcontext(None)
    with shown as advance:

        def tell(what: str, share: float) -> None:
            if advance is not None:
                advance(completed=share, description=what)

        yield tell


@contextmanager
def _place(index: Path) -> Iterator[None]:
    """Make the folder of a file and those above it; where the block fails, remove what was made and is empty."""
    out = index.parent
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(
            f"Cannot make the folder {out}: {error.strerror}. Name a folder that exists, or one that you may make."
        ) from error
    try:
        check_writable(index)
        yield
    except BaseException:
        for folder in made:
            try:
                folder.rmdir()
            except OSError:
                break
        raise


def _fallback(images: LabImages) -> str:
    if not images.reasons:
        return ""
    return (
        "Fashion-MNIST was found in none of its sources, so this report was made with scikit-learn's bundled digits "
        f"({len(images.train):,} images of 8 × 8 pixels). The foot of the report lists what was tried."
    )


def _colophon(
    images: LabImages,
    plan: Plan,
    quick: bool,
    seed: int,
    complaints: tuple[str, ...],
    total: float,
    seconds: list[tuple[str, float]],
) -> Colophon:
    settings = [
        ("Seed", str(seed)),
        ("Extent", "quick: fewer images and settings" if quick else "full"),
        ("Warnings", "; ".join(complaints) or "none"),
    ]
    if images.reasons:
        settings.append(("Sources tried", images.reasons))
    packages = ("mixtura", "numpy", "scipy", "scikit-learn", "matplotlib")
    costs = [
        ("Time", f"{total:.0f} s: " + ", ".join(f"{title} {taken:.1f} s" for title, taken in seconds)),
        ("Machine", f"{os.cpu_count()} cores, {platform.system()} on {platform.machine()}"),
    ]
    if peak := _peak_memory():
        costs.insert(1, ("Most memory", f"{peak / 1e9:.2f} GB"))
    return Colophon(
        data_source=images.train.source,
        fallback=_fallback(images),
        settings=tuple(settings),
        versions=(("Python", platform.python_version()), *((package, version(package)) for package in packages)),
        costs=tuple(costs),
    )


def _peak_memory() -> int:
    """Return the most memory that this process has held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return 0
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
