"""Images, second step: principal components, their shapes, and how many of them to keep."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.datasets import ImageSet
from mixtura.images import PrincipalComponents, RankSuggestion
from mixtura.lab.activity import Activity, Gallery, Table
from mixtura.lab.data import load_lines
from mixtura.lab.figures import capture, panel
from mixtura.lab.wording import class_label, count, number, paragraphs, percent, tiny
from mixtura.plots import plot_image_grid, plot_singular_values

__all__ = ["Decomposition", "decompose_images"]

_CHECKED = 1000  # images on which the singular values are compared with those of numpy.linalg.svd
_SHOWN = 24  # basis images


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Principal components of one class and of all classes.

    Attributes
    ----------
    focus : str
        The class, in words.
    n_images, n_all : int
        Images of that class, and of all.
    n_pixels : int
        D.
    n_basis : int
        How many basis vectors the rest of the lab keeps.
    singular_values, all_singular_values : array (r,)
        Of the class and of all, falling, of intensities from 0 to 1.
    suggestion, all_suggestion : RankSuggestion
        What the rules suggest for the class and for all.
    n_checked : int
        Images whose decomposition was compared with that of ``numpy.linalg.svd``.
    disagreement : float
        The largest difference of a singular value there, as a part of the largest singular value.
    """

    focus: str
    n_images: int
    n_all: int
    n_pixels: int
    n_basis: int
    singular_values: FloatArray  # (r,)
    all_singular_values: FloatArray  # (r,)
    suggestion: RankSuggestion
    all_suggestion: RankSuggestion
    n_checked: int
    disagreement: float

    @property
    def held(self) -> float:
        """The part of the variance that the kept basis vectors hold, for the class."""
        squares = self.singular_values**2
        return float(squares[: self.n_basis].sum() / squares.sum())

    @property
    def all_held(self) -> float:
        """The same for all classes."""
        squares = self.all_singular_values**2
        return float(squares[: self.n_basis].sum() / squares.sum())


def decompose_images(train: ImageSet, *, focus: int = 2, n_basis: int = 100) -> Activity[Decomposition]:
    """Decompose one class and all images, and ask how many basis vectors to keep.

    Parameters
    ----------
    train : ImageSet
    focus : int, default=2
        The class.
    n_basis : int, default=100
        How many basis vectors the rest of the lab keeps.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> found = decompose_images(load_digits_images(), n_basis=16).numbers
    >>> found.disagreement < 1e-9
    True
    """
    images = train.only(focus).images
    basis = PrincipalComponents().fit(images)
    all_basis = PrincipalComponents(n_basis).fit(train.images)
    checked = images[:_CHECKED]
    rows = checked.reshape(len(checked), -1) / 255.0
    expected = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    got = PrincipalComponents().fit(checked).singular_values_
    found = Decomposition(
        focus=class_label(focus, train.class_names),
        n_images=len(images),
        n_all=len(train),
        n_pixels=rows.shape[1],
        n_basis=n_basis,
        singular_values=basis.singular_values_,
        all_singular_values=all_basis.singular_values_,
        suggestion=basis.suggest(),
        all_suggestion=all_basis.suggest(),
        n_checked=len(checked),
        disagreement=float(np.abs(got - expected).max() / expected[0]),
    )
    vectors = basis.components_[:_SHOWN].reshape(-1, *images.shape[1:])
    vectors = 0.5 + 0.5 * vectors / np.abs(vectors).max()  # zero is the middle of the grey scale
    body = (
        _shapes(found),
        Gallery(
            (
                capture(
                    plot_singular_values(found.singular_values, _cuts(found.suggestion, n_basis), ax=panel()),
                    alt="Falling singular values of one class on a log axis, with a line at each suggested cut.",
                    caption=f"Singular values of {found.focus}, and where each rule would cut.",
                ),
                capture(
                    plot_singular_values(found.all_singular_values, _cuts(found.all_suggestion, n_basis), ax=panel()),
                    alt="Falling singular values of all images on a log axis, with a line at each suggested cut.",
                    caption=f"The same for all {found.n_all:,} images.",
                ),
            )
        ),
        capture(
            plot_image_grid(vectors, n_columns=8),
            alt="Images of basis vectors: the first show large soft shapes, the later ones ever finer stripes.",
            caption=f"The first {len(vectors)} basis vectors of class {focus} as images, row by row. Grey is zero; an "
            "image of the class is the mean image plus so much of each.",
        ),
        _rules(found),
    )
    return Activity(
        name="images-decomposition",
        title="Images: principal components",
        question=paragraphs(
            f"An image of {found.n_pixels} pixels is a point in {found.n_pixels} dimensions. A Gaussian there has "
            f"{found.n_pixels * (found.n_pixels + 1) // 2:,} distinct entries in its covariance, far too many to fit. "
            "So subtract the mean image, lay every image out as one row of a matrix <i>X</i>, and decompose <i>X</i> "
            "= <i>U S V</i><sup>T</sup>. What are the shapes of the three parts? And how many of the basis vectors, "
            "the rows of <i>V</i><sup>T</sup>, are worth keeping?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=f"the knee of the singular values of class {focus} lies at {found.suggestion.knee}; {n_basis} basis "
        f"vectors hold {percent(found.held)} of its variance, and {percent(found.all_held)} of that of all images",
        code=(
            f"{load_lines(train)}\n"
            "from mixtura.images import PrincipalComponents\n\n"
            f"basis = PrincipalComponents().fit(train.only({focus}).images)\n"
            "print(basis.components_.shape, basis.singular_values_.shape, basis.suggest())"
        ),
    )


def _cuts(suggestion: RankSuggestion, n_basis: int) -> Mapping[str, int]:
    rules = {
        "knee": suggestion.knee,
        "90 % of variance": suggestion.variance_90,
        "95 % of variance": suggestion.variance_95,
        "Gavish-Donoho": suggestion.gavish_donoho,
        "this lab": n_basis,
    }
    return {rule: cut for rule, cut in rules.items() if cut}


def _shapes(found: Decomposition) -> Table:
    n, d, r = found.n_images, found.n_pixels, min(found.n_images, found.n_pixels)
    everything = min(found.n_all, d)
    rows = (
        ("<i>U</i>, all of it", f"{n:,} × {n:,}", _size(n * n), _size(found.n_all**2)),
        ("<i>U</i>, the columns that matter", f"{n:,} × {r:,}", _size(n * r), _size(found.n_all * everything)),
        ("<i>S</i>, singular values", f"{r:,}", _size(r), _size(everything)),
        ("<i>V</i><sup>T</sup>, basis in its rows", f"{d:,} × {d:,}", _size(d * d), _size(d * d)),
        (
            "kept here: mean, basis, <i>S</i>",
            f"{d:,} + {r:,} × {d:,} + {r:,}",
            _size(d + r * d + r),
            _size(d + d * d + d),
        ),
    )
    return Table(
        ("part", "shape", f"room for {n:,} images", f"room for {found.n_all:,}"),
        rows,
        "Shapes of the parts for the images of one class, and what they need in memory at 8 bytes a number. "
        "<code>numpy.linalg.svd(X)</code> makes all of <i>U</i> unless told <code>full_matrices=False</code>.",
    )


def _size(n_numbers: int) -> str:
    n_bytes = 8.0 * n_numbers
    for unit in ("B", "kB", "MB"):
        if n_bytes < 1000:
            return f"{number(n_bytes, 0 if unit == 'B' else 1)} {unit}"
        n_bytes /= 1000
    return f"{number(n_bytes, 1)} GB"


def _rules(found: Decomposition) -> Table:
    one, all_ = found.suggestion, found.all_suggestion
    return Table(
        ("rule", f"{found.focus}", "all classes"),
        (
            ("knee: where the curve bends most", str(one.knee), str(all_.knee)),
            ("the fewest that hold 90 % of the variance", str(one.variance_90), str(all_.variance_90)),
            ("the fewest that hold 95 % of the variance", str(one.variance_95), str(all_.variance_95)),
            ("Gavish and Donoho: what rises above white noise", str(one.gavish_donoho), str(all_.gavish_donoho)),
        ),
        "How many basis vectors each rule would keep.",
    )


def _answer(found: Decomposition) -> str:
    n, d = found.n_images, found.n_pixels
    knee = found.suggestion.knee
    beside = (
        f"The knee of the curve lies at {knee}"
        + (
            f", well below the {found.n_basis} that this lab keeps"
            if knee < 0.75 * found.n_basis
            else f", well above the {found.n_basis} that this lab keeps"
            if knee > 1.33 * found.n_basis
            else f", close to the {found.n_basis} that this lab keeps"
        )
        + f". These {found.n_basis} hold {percent(found.held)} of the variance of the class, and "
        f"{percent(found.all_held)} of that of all images."
    )
    return paragraphs(
        f"<i>U</i> has as many rows and columns as there are images, {n:,}; <i>V</i><sup>T</sup> as many as there are "
        f"pixels, {d}; and <i>S</i> has min({n:,}, {d}) = {count(min(n, d), 'number')}. Mind the names: as the images "
        "lie in rows, the basis images are the rows of <i>V</i><sup>T</sup>, and a row of <i>U</i> says how much of "
        "each goes into one image.",
        f"Nobody needs all of <i>U</i>. Mean, basis and singular values come from one sweep over the images in blocks, "
        f"also for all {found.n_all:,}. On {count(found.n_checked, 'image')} the singular values agree with those of "
        f"<code>numpy.linalg.svd</code> to {tiny(found.disagreement)} of the largest.",
        beside + " The rules differ because they answer different questions. Choose by what you need: see below what "
        "the number does to reconstructions, and to the images that a mixture makes.",
    )
