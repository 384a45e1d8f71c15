"""Images, third step: reconstructions from few numbers, and images that the basis has not seen."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from mixtura.arrays import ByteArray, FloatArray, IntArray
from mixtura.datasets import ImageSet
from mixtura.images import PrincipalComponents
from mixtura.lab.activity import Activity, Table
from mixtura.lab.data import load_lines
from mixtura.lab.figures import capture
from mixtura.lab.wording import class_label, count, number, paragraphs, percent, tiny
from mixtura.plots import plot_reconstructions

__all__ = ["Compression", "compress_images"]

_SHOWN = 4  # test images of the class
_STRANGERS = 3  # test images of other classes


@dataclass(frozen=True, eq=False)
class Compression:
    """What is lost when images are written in few coefficients. Errors are root mean squares, in grey levels.

    Attributes
    ----------
    focus : int
        The class whose training images made the basis, an index into `class_names`.
    n_pixels, n_basis, n_train, n_test : int
        D, the number of basis vectors that the lab keeps, and images of the class.
    ranks : array (m,)
        Numbers of basis vectors.
    train_errors, test_errors : array (m,)
        For each, on images that made the basis, and on images of the class that did not.
    class_names : tuple of str, length C
    focus_errors, shared_errors : array (C,)
        Of test images of each class with `n_basis` vectors: those of the one class, and those of all classes.
    lossless_bytes : float
        Mean size of a test image of the class after zlib.
    byte_error : float
        Of test images of the class, where each of `n_basis` coefficients is rounded to one byte.
    uncentred_error : float
        The same with exact coefficients, where one forgets to subtract the mean image before the projection.
    pseudo_inverse_error : float
        The largest difference between the pseudo-inverse of S Vᵀ and V S⁻¹, as a part of the largest entry.
    """

    focus: int
    n_pixels: int
    n_basis: int
    n_train: int
    n_test: int
    ranks: IntArray  # (m,)
    train_errors: FloatArray  # (m,)
    test_errors: FloatArray  # (m,)
    class_names: tuple[str, ...]
    focus_errors: FloatArray  # (C,)
    shared_errors: FloatArray  # (C,)
    lossless_bytes: float
    byte_error: float
    uncentred_error: float
    pseudo_inverse_error: float

    @property
    def float_error(self) -> float:
        """The error on test images with `n_basis` exact coefficients."""
        return float(self.test_errors[self.ranks == self.n_basis][0])

    @property
    def break_even(self) -> int:
        """From how many images on basis and coefficients (4 bytes a number) need less room than pixels, or 0."""
        saved = self.n_pixels - 4 * self.n_basis
        return -(-4 * (self.n_basis + 1) * self.n_pixels // saved) if saved > 0 else 0


def compress_images(
    train: ImageSet,
    test: ImageSet,
    *,
    focus: int = 2,
    n_basis: int = 100,
    ranks: Sequence[int] = (1, 10, 25, 50, 100, 200, 400, 784),
) -> Activity[Compression]:
    """Reconstruct images from more and more coefficients, also images that the basis was not made from.

    Parameters
    ----------
    train, test : ImageSet
    focus : int, default=2
        The class that the basis is made of.
    n_basis : int, default=100
        How many basis vectors the rest of the lab keeps; one of the ranks.
    ranks : sequence of int
        Numbers of basis vectors to try; those that n images of D pixels do not have become min(n, D).

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> train, test = load_digits_images(), load_digits_images("test")
    >>> found = compress_images(train, test, n_basis=16, ranks=(4, 16, 64)).numbers
    >>> bool(found.test_errors[0] > found.test_errors[1] > found.test_errors[2])
    True
    """
    own, unseen = train.only(focus).images, test.only(focus).images
    basis = PrincipalComponents().fit(own)
    shared = PrincipalComponents(n_basis).fit(train.images)
    classes = [test.only(number).images for number in range(len(test.class_names))]
    most = len(basis.components_)
    tried = np.array(sorted({min(rank, most) for rank in (*ranks, n_basis)}))
    found = Compression(
        focus=focus,
        n_pixels=basis.n_features_in_,
        n_basis=n_basis,
        n_train=len(own),
        n_test=len(unseen),
        ranks=tried,
        train_errors=_errors(basis, own, tried),
        test_errors=_errors(basis, unseen, tried),
        class_names=test.class_names,
        focus_errors=np.array([_errors(basis, images, np.array([n_basis]))[0] for images in classes]),
        shared_errors=np.array([_errors(shared, images, np.array([n_basis]))[0] for images in classes]),
        lossless_bytes=float(np.mean([len(zlib.compress(image.tobytes(), 9)) for image in unseen])),
        byte_error=_byte_error(basis, own, unseen, n_basis),
        uncentred_error=_uncentred_error(basis, unseen, n_basis),
        pseudo_inverse_error=_pseudo_inverse_error(basis, n_basis),
    )
    strangers = [images[0] for number, images in enumerate(classes) if number != focus][:_STRANGERS]
    shown = np.stack([*unseen[:_SHOWN], *strangers]) / 255.0
    columns = {int(rank): basis.reconstruct(shown, int(rank)) for rank in tried}
    label = class_label(focus, train.class_names)
    body = (
        capture(
            plot_reconstructions(columns, shown),
            alt="Test images, each followed by reconstructions that grow sharper from left to right.",
            caption="Test images, which the basis was not made from, and what its first n vectors keep of them. The "
            f"first {min(_SHOWN, len(unseen))} rows are of {label}, like the basis; the others are "
            "strangers to it.",
        ),
        _ranks_table(found),
        _storage_table(found),
        _classes_table(found),
    )
    return Activity(
        name="images-compression",
        title="Images: reconstruction and compression",
        question=paragraphs(
            "Keep only the first <i>N</i> basis vectors: an image becomes <i>N</i> coefficients, and comes back as "
            "the mean image plus a sum of <i>N</i> basis images. What is lost? Does it also work for images that were "
            "not there when the basis was made? And is it compression?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=f"with {n_basis} coefficients instead of {found.n_pixels} pixels the error is "
        f"{number(float(found.train_errors[found.ranks == n_basis][0]), 1)} grey levels on images that made the basis "
        f"and {number(found.float_error, 1)} on unseen ones",
        code=(
            f"{load_lines(train)}\n"
            "from mixtura.images import PrincipalComponents\n\n"
            f"basis = PrincipalComponents({n_basis}).fit(train.only({focus}).images)\n"
            f"unseen = test.only({focus}).images\n"
            f"coefficients = basis.transform(unseen)  # (n, {n_basis})\n"
            "back = basis.inverse_transform(coefficients)  # (n, height, width)"
        ),
    )


def _errors(basis: PrincipalComponents, images: ByteArray, ranks: IntArray) -> FloatArray:
    """Return the root mean square error (m,) in grey levels with each number of basis vectors.

    The basis is orthonormal, so each coefficient takes its square off the squared length of the centred image.
    """
    total = np.zeros(len(ranks))
    for start in range(0, len(images), 2000):
        block = images[start : start + 2000]
        centred = block.reshape(len(block), -1) / 255.0 - basis.mean_  # (b, D)
        squares = np.cumsum(basis.transform(block) ** 2, axis=1)  # (b, Q)
        left = (centred**2).sum(axis=1)[:, None] - squares[:, ranks - 1]
        total += np.maximum(left, 0.0).sum(axis=0)
    errors: FloatArray = 255.0 * np.sqrt(total / images.size)
    return errors


def _byte_error(basis: PrincipalComponents, own: ByteArray, unseen: ByteArray, n_basis: int) -> float:
    """Round coefficients to 256 steps between the least and the greatest of the training images, and reconstruct."""
    seen = basis.transform(own)[:, :n_basis]
    low, high = seen.min(axis=0), seen.max(axis=0)  # (N,)
    step = np.where(high > low, (high - low) / 255.0, 1.0)
    exact = basis.transform(unseen)[:, :n_basis]
    rounded = low + step * np.clip(np.rint((exact - low) / step), 0, 255)
    left = _errors(basis, unseen, np.array([n_basis]))[0] / 255.0
    added = float(((rounded - exact) ** 2).sum() / unseen.size)
    return float(255.0 * np.sqrt(left**2 + added))


def _uncentred_error(basis: PrincipalComponents, unseen: ByteArray, n_basis: int) -> float:
    rows = unseen.reshape(len(unseen), -1) / 255.0
    vectors = basis.components_[:n_basis]
    wrong = rows @ vectors.T @ vectors + basis.mean_
    return float(255.0 * np.sqrt(((wrong - rows) ** 2).mean()))


def _pseudo_inverse_error(basis: PrincipalComponents, n_basis: int) -> float:
    values, vectors = basis.singular_values_[:n_basis], basis.components_[:n_basis]  # (N,), (N, D)
    inverse = np.linalg.pinv(values[:, None] * vectors, rcond=1e-12)
    expected = vectors.T / values
    return float(np.abs(inverse - expected).max() / np.abs(expected).max())


def _ranks_table(found: Compression) -> Table:
    rows = tuple(
        (
            str(rank),
            number(found.n_pixels / rank, 1),
            number(float(found.train_errors[i]), 1),
            number(float(found.test_errors[i]), 1),
        )
        for i, rank in enumerate(found.ranks)
    )
    return Table(
        ("basis vectors", "pixels for each coefficient", "error, training images", "error, test images"),
        rows,
        "Root mean square error of a pixel in grey levels, from 0 to 255, on images that made the basis and on "
        "images of the same class that did not.",
    )


def _storage_table(found: Compression) -> Table:
    d, n = found.n_pixels, found.n_basis
    return Table(
        ("stored", "bytes for an image", "compression", "error, test images"),
        (
            ("pixels, one byte each", str(d), "1.0", "0"),
            ("pixels, zlib", number(found.lossless_bytes, 0), number(d / found.lossless_bytes, 1), "0"),
            (f"{n} coefficients, 4 bytes each", str(4 * n), number(d / (4 * n), 1), number(found.float_error, 2)),
            (f"{n} coefficients, one byte each", str(n), number(d / n, 1), number(found.byte_error, 2)),
        ),
        f"What storing a test image really takes. Coefficients also need the mean and {n} basis images, once for all "
        "images.",
    )


def _classes_table(found: Compression) -> Table:
    rows = tuple(
        (f"{k} {escape(name)}", number(float(found.focus_errors[k]), 1), number(float(found.shared_errors[k]), 1))
        for k, name in enumerate(found.class_names)
    )
    return Table(
        ("test images", f"basis of class {found.focus}", "basis of all classes"),
        rows,
        f"Root mean square error with {found.n_basis} basis vectors, in grey levels, of test images of each class.",
    )


def _answer(found: Compression) -> str:
    n = found.n_basis
    on_train = float(found.train_errors[found.ranks == n][0])
    excess = found.float_error / on_train - 1
    focus, label = found.focus, class_label(found.focus, found.class_names)
    worst = int(np.argmax(found.focus_errors))
    shared_helps = [k for k in range(len(found.class_names)) if found.shared_errors[k] < found.focus_errors[k]]
    even = (
        f"at 4 bytes a coefficient it pays from {count(found.break_even, 'image')} on"
        if found.break_even
        else f"at 4 bytes a coefficient it never pays, since {n} coefficients need no fewer bytes than "
        f"{found.n_pixels} pixels"
    )
    return paragraphs(
        f"With {n} of {found.n_pixels} numbers the error is {number(on_train, 1)} grey levels on images that made the "
        f"basis, and {number(found.float_error, 1)} on unseen ones, {percent(abs(excess))} "
        f"{'more' if excess >= 0 else 'less'}.",
        "Unseen images are projected: subtract the mean image, then multiply by the basis. Often this is written "
        f"with the inverse of <i>S V</i><sup>T</sup>. That matrix has {n} rows and {found.n_pixels} columns, so it "
        "has no inverse; what is meant is its pseudo-inverse, which is just <i>V S</i><sup>−1</sup> (here the two "
        f"agree to {tiny(found.pseudo_inverse_error)}). And do not forget the mean: without subtracting it the error "
        f"would be {number(found.uncentred_error, 1)}.",
        f"Is it compression? There are {number(found.n_pixels / n, 1)} times fewer numbers. Bytes are another matter: "
        "a pixel is one byte, and a coefficient as a float is four. With 4 bytes an image shrinks by a factor of "
        f"{number(found.n_pixels / (4 * n), 1)}, with one byte by {number(found.n_pixels / n, 1)}, at an error of "
        f"{number(found.byte_error, 2)} instead of {number(found.float_error, 2)}; with zlib, which loses nothing, by "
        f"{number(found.n_pixels / found.lossless_bytes, 1)}. The basis itself must be stored too: {even}.",
        f"A basis knows what it was made of. On its own class the basis of {label} has an error of "
        f"{number(float(found.focus_errors[focus]), 1)}, on {class_label(worst, found.class_names)} "
        f"{number(float(found.focus_errors[worst]), 1)}. The basis of all classes does better on {len(shared_helps)} "
        f"of {len(found.class_names)} classes"
        + (f", though not on {label} itself." if focus not in shared_helps else "."),
    )
