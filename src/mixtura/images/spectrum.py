"""The spectrum of a table: mean, singular values and basis of its centred rows, from one sweep in blocks.

Three routes lead there, and each is the exact one for its data:

- **No more rows than columns.** The rows are centred and decomposed as they are.
- **Bytes.** The sums of pixels and of products of two pixels are whole numbers. In float64 they are exact up to
  2^53 / 255^2 = 1.4e11 rows, so neither the order of the rows, nor the size of a block, nor the number of threads
  changes one bit of them. The D x D scatter then has an error of one rounding per entry. Its eigenvalues are
  squared singular values, so the decomposition rounds at eps times the largest *square*: a singular value that is
  1e-4 of the largest keeps about 8 digits, and one below 1.5e-8 of the largest, the root of eps, comes back as 0.
- **Other numbers.** Each block is folded into a triangle R with R'R = scatter, by orthogonal transformations
  (sequential TSQR, Demmel et al. 2012). No square is ever taken, so small singular values keep the digits that a
  decomposition of the whole centred table in memory would give them, at about three times the cost of the sums.

Memory beside the rows: one block, and a few D x D arrays (or n x D, if that is smaller).

References
----------
T. F. Chan, G. H. Golub, R. J. LeVeque (1983), Algorithms for computing the sample variance: analysis and
recommendations. The American Statistician 37(3), 242-247.

J. Demmel, L. Grigori, M. Hoemmen, J. Langou (2012), Communication-optimal parallel and sequential QR and LU
factorizations. SIAM Journal on Scientific Computing 34(1), A206-A239.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dtpqrt
from sklearn.utils import gen_batches
from threadpoolctl import threadpool_limits

from mixtura.arrays import Array, FloatArray

EPS = float(np.finfo(np.float64).eps)
BLOCK_VALUES = 2**20  # of float64: 8 MiB
PANEL = 32  # columns that LAPACK's blocked QR treats at a time


@dataclass(frozen=True)
class Spectrum:
    """What one sweep over a table of n rows and D columns finds; r = min(n, D).

    Attributes
    ----------
    mean : array (D,)
        The mean row.
    singular_values : array (r,)
        Of the centred rows, falling. Their squares, divided by n, are the variances along the basis.
    basis : array (r, D)
        Orthonormal rows. The entry of each that is largest in absolute value, the first of equals, is positive.
    """

    mean: FloatArray
    singular_values: FloatArray
    basis: FloatArray


def default_block_size(n_columns: int) -> int:
    """Return the number of rows whose float64 values take 8 MiB, but at least 256."""
    return max(256, BLOCK_VALUES // n_columns)


def spectrum(rows: Array, block_size: int) -> Spectrum:
    """Decompose the centred rows.

    Parameters
    ----------
    rows : array (n, D)
        Finite numbers of any real type.
    block_size : int
        The number of rows in a block.

    Examples
    --------
    >>> import numpy as np
    >>> found = spectrum(np.array([[0.0, 1.0], [0.0, 3.0], [0.0, 5.0]]), block_size=2)
    >>> found.mean, found.singular_values**2, np.abs(found.basis[0])
    (array([0., 3.]), array([8., 0.]), array([0., 1.]))
    """
    n, d = rows.shape
    if n > d and rows.dtype == np.uint8:
        mean, scatter = byte_scatter(rows, block_size)
        with threadpool_limits(1, user_api="blas"):  # a second thread gains little, and costs tenfold on shared cores
            eigenvalues, vectors = np.linalg.eigh(scatter)  # rising
        eigenvalues[eigenvalues < EPS * eigenvalues[-1]] = 0.0  # what rounding alone may have made
        singular_values = np.sqrt(eigenvalues[::-1])
        basis = vectors.T[::-1]
    else:
        mean, root = triangle(rows, block_size) if n > d else _centred(rows)
        with threadpool_limits(1, user_api="blas"):
            singular_values, basis = np.linalg.svd(root, full_matrices=False)[1:]
    largest = np.argmax(np.abs(basis), axis=1)  # (r,)
    signs = np.where(basis[np.arange(len(basis)), largest] < 0.0, -1.0, 1.0)
    return Spectrum(mean, singular_values, basis * signs[:, np.newaxis])


def byte_scatter(rows: Array, block_size: int) -> tuple[FloatArray, FloatArray]:
    """Sum bytes and their products exactly; return the mean (D,) and the centred scatter (D, D)."""
    n, d = rows.shape
    total = np.zeros(d)
    products = np.zeros((d, d))
    for part in gen_batches(n, block_size):
        block = rows[part].astype(np.float64)  # (b, D)
        total += block.sum(axis=0)
        products += block.T @ block
    # Moving the centre to the whole numbers next to the mean is exact still; only what is left then rounds.
    centre = np.rint(total / n)
    rest = total - n * centre
    cross = np.outer(centre, total)
    products -= cross
    products -= cross.T
    products += n * np.outer(centre, centre)
    products -= np.outer(rest, rest) / n
    return total / n, products


def triangle(rows: Array, block_size: int) -> tuple[FloatArray, FloatArray]:
    """Fold the rows, block by block, into their mean (D,) and a triangle R (D, D) with R'R = centred scatter.

    A block is centred about its own mean. The step between that mean and the mean so far enters as one more row,
    with the weight that makes the scatters of the two parts add (Chan, Golub and LeVeque 1983).
    """
    n, d = rows.shape
    mean = rows[0].astype(np.float64)
    root = np.zeros((d, d), order="F")
    # A panel is narrow: a second BLAS thread gains little, and costs tenfold where the cores are shared.
    with threadpool_limits(1, user_api="blas"):
        for part in gen_batches(n, block_size):
            seen, size = part.start, part.stop - part.start
            stack = np.empty((size + 1, d), order="F")
            np.subtract(rows[part], mean, out=stack[:size])
            step = stack[:size].mean(axis=0)  # from the mean so far to the mean of the block
            stack[:size] -= step
            stack[size] = np.sqrt(seen * size / (seen + size)) * step
            mean += step * (size / (seen + size))
            root = dtpqrt(0, min(PANEL, d), root, stack, overwrite_a=1, overwrite_b=1)[0]
    return mean, root


def _centred(rows: Array) -> tuple[FloatArray, FloatArray]:
    """Return the mean (D,) and the centred rows (n, D) of a table that is taken whole."""
    first = rows[0].astype(np.float64)
    centred = np.subtract(
        rows, first, dtype=np.float64
    )  # about a row of theirs, so that data far from zero lose no digit in the mean
    step = centred.mean(axis=0)
    return first + step, centred - step
