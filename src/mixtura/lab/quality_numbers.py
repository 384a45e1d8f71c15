"""What activity 6 measures of generators with fewer and more basis vectors and components, and says about it."""

from dataclasses import dataclass

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.lab.wording import count, number, paragraphs, percent

__all__ = ["Quality", "answer_of", "finding_of"]


@dataclass(frozen=True, eq=False)
class Quality:
    """What numbers of basis vectors (m) and of components (k) do to a generator of one class.

    Attributes
    ----------
    focus : str
        The class, in words.
    basis_sizes : array (m,)
    component_counts : array (k,)
    train_bits, test_bits : array (m, k)
        Bits per dimension, on as many training images as there are test images.
    found_out : array (m, k)
        The part of the generated images whose nearest neighbour is generated; 0.5 is chance.
    real_alike : array (m, k)
        The part of the real test images whose nearest neighbour is real; 0.5 is chance.
    n_train, n_judged : int
        Training images; generated images, and as many test images, in the nearest-neighbour test.
    n_basis, n_components : int
        The setting of the step before; both among those tried.
    """

    focus: str
    basis_sizes: IntArray  # (m,)
    component_counts: IntArray  # (k,)
    train_bits: FloatArray  # (m, k)
    test_bits: FloatArray  # (m, k)
    found_out: FloatArray  # (m, k)
    real_alike: FloatArray  # (m, k)
    n_train: int
    n_judged: int
    n_basis: int
    n_components: int

    @property
    def row(self) -> int:
        """Where the number of basis vectors of the step before stands."""
        return int(np.flatnonzero(self.basis_sizes == self.n_basis)[0])

    @property
    def column(self) -> int:
        """Where its number of components stands."""
        return int(np.flatnonzero(self.component_counts == self.n_components)[0])

    @property
    def best(self) -> tuple[int, int]:
        """The row and the column with the fewest bits on test images."""
        row, column = np.unravel_index(int(self.test_bits.argmin()), self.test_bits.shape)
        return int(row), int(column)


def answer_of(found: Quality) -> str:
    """Say what basis vectors, components, and both together do."""
    return paragraphs(_about_basis(found), _about_components(found), _about_both(found))


def _about_basis(found: Quality) -> str:
    sizes, bits = found.basis_sizes, found.test_bits[:, found.column]
    caught, alike = found.found_out[:, found.column], found.real_alike[:, found.column]
    least = int(bits.argmin())
    return (
        f"<strong>Basis vectors.</strong> With {count(found.n_components, 'component')}, going from {sizes[0]} to "
        f"{sizes[-1]} basis vectors {_moves(bits)} the bits on test images from {number(float(bits[0]), 3)} to "
        f"{number(float(bits[-1]), 3)}; they are lowest at {sizes[least]}. Of the samples, "
        f"{percent(float(caught[0]), 0)} have another sample nearest with {sizes[0]} vectors, and "
        f"{percent(float(caught[-1]), 0)} with {sizes[-1]}; of the real images, {percent(float(alike[0]), 0)} and "
        f"{percent(float(alike[-1]), 0)} have a real one nearest."
        + (
            " Few vectors make smooth images that look alike; more make detailed ones, nearer to the real ones."
            if caught[0] > caught[-1] > 0.5 > alike[-1] > alike[0]
            else " Few vectors make smooth images, which look alike and lie in the middle between real ones; with "
            "many, samples mingle better, but more of the real images have none near."
            if caught[0] > caught[-1] and alike[0] < 0.5 < alike[-1]
            else ""
        )
    )


def _about_components(found: Quality) -> str:
    counts = found.component_counts
    train, test = found.train_bits[found.row], found.test_bits[found.row]
    least = int(test.argmin())
    per_component = found.n_train / counts[-1]
    parameters = found.n_basis * (found.n_basis + 3) // 2
    heart = (
        f" Beyond {counts[least]} the model learns its training images by heart: with {counts[-1]} components there "
        f"are {number(per_component, 0)} images to each, and a component alone has {parameters:,} parameters."
        if least < len(counts) - 1 and train[-1] < train[least]
        else ""
    )
    return (
        f"<strong>Components.</strong> With {count(found.n_basis, 'basis vector')}, going from {counts[0]} to "
        f"{counts[-1]} components {_moves(train)} the bits on training images from {number(float(train[0]), 3)} to "
        f"{number(float(train[-1]), 3)}, and {_moves(test)} those on test images from {number(float(test[0]), 3)} to "
        f"{number(float(test[-1]), 3)}; they are lowest at {counts[least]}, with "
        f"{number(float(test[least]), 3)}.{heart}"
    )


def _about_both(found: Quality) -> str:
    row, column = found.best
    best, ours = float(found.test_bits[row, column]), float(found.test_bits[found.row, found.column])
    distance = np.hypot(found.found_out - 0.5, found.real_alike - 0.5)
    i, j = np.unravel_index(int(distance.argmin()), distance.shape)
    tied = int((distance <= distance.min() + 1e-12).sum()) > 1
    same = (int(i), int(j)) == (row, column) and not tied
    return (
        f"The fewest bits on test images, {number(best, 3)}, are those of {_setting(found, row, column)}"
        + (
            f"; the setting of the steps before needs {number(ours, 3)}"
            if (row, column) != (found.row, found.column)
            else ""
        )
        + ". The nearest-neighbour test "
        + ("agrees" if same else f"is least able to tell {_setting(found, int(i), int(j))} from real images")
        + (", among others" if tied else "")
        + f" ({percent(float(found.found_out[i, j]), 0)} and {percent(float(found.real_alike[i, j]), 0)})."
        + (
            ""
            if same
            else " The two need not agree: bits ask how well the model knows every pixel of every image, the test "
            "looks at the pictures alone."
        )
    )


def _setting(found: Quality, row: int, column: int) -> str:
    components, size = int(found.component_counts[column]), int(found.basis_sizes[row])
    return f"{count(components, 'component')} in {count(size, 'dimension')}"


def _moves(values: FloatArray) -> str:
    return "lowers" if values[-1] < values[0] else "raises"


def finding_of(found: Quality) -> str:
    """Say in one sentence which setting is best."""
    row, column = found.best
    counts, test = found.component_counts, found.test_bits[found.row]
    return (
        f"the best setting for test images of {found.focus} is {_setting(found, row, column)}, with "
        f"{number(float(found.test_bits[row, column]), 3)} bits per dimension; with "
        f"{count(found.n_basis, 'basis vector')} the best is {count(int(counts[test.argmin()]), 'component')}"
    )
