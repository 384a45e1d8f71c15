"""Images, fifth step: sampling by hand, and two traps in it."""

from dataclasses import dataclass

from mixtura.datasets import ImageSet
from mixtura.images import ImageMixture
from mixtura.lab.activity import Activity, Gallery, Table
from mixtura.lab.figures import capture
from mixtura.lab.sides import SideCheck, check_sides
from mixtura.lab.wording import number, paragraphs, percent, tiny
from mixtura.plots import plot_image_grid

__all__ = ["Sampling", "sample_by_hand"]

_SHOWN = 25
_DRAWS = 2000
_THEIR_FLOOR = 1e-6  # scikit-learn's default of reg_covar


@dataclass(frozen=True, eq=False)
class Sampling:
    """Two traps of sampling by hand.

    Attributes
    ----------
    sides : SideCheck
        The Cholesky factor on either side.
    n_basis, n_components : int
        Of the mixture.
    n_train : int
        Images that it was fitted to.
    singular_variance : float
        Mean variance of the columns of U that belong to the basis, times `n_train`: 1.
    """

    sides: SideCheck
    n_basis: int
    n_components: int
    n_train: int
    singular_variance: float

    def floor_share(self, n: int) -> float:
        """Return what scikit-learn's absolute floor adds to the variances of U of n images, as a part of them."""
        return _THEIR_FLOOR * n / self.singular_variance


def sample_by_hand(
    train: ImageSet, *, focus: int = 2, n_basis: int = 100, n_components: int = 25, random_state: int = 0
) -> Activity[Sampling]:
    """Draw from the mixture of the last step by a Cholesky factor, on the right side and on the wrong one.

    Parameters
    ----------
    train : ImageSet
    focus, n_basis, n_components, random_state
        As in `generate_images`, whose mixture this is.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> sides = sample_by_hand(load_digits_images(), n_basis=10, n_components=2).numbers.sides
    >>> round(sides.right_distance, 1), sides.wrong_distance > 1.5
    (0.9, True)
    """
    own = train.only(focus).images
    model = ImageMixture(n_basis, n_components, random_state=random_state).fit(own)
    values = model.principal_components_.singular_values_[:n_basis]  # (Q,)
    found = Sampling(
        sides=check_sides(model.mixtures_[0], values, _DRAWS, random_state),
        n_basis=n_basis,
        n_components=n_components,
        n_train=len(own),
        singular_variance=float((model.encode(own) / values).var(axis=0).mean() * len(own)),
    )
    right, wrong = (model.decode(draws[:_SHOWN]) for draws in (found.sides.right, found.sides.wrong))
    body = (
        Gallery(
            (
                capture(
                    plot_image_grid(right, n_columns=5),
                    alt="Twenty-five generated images.",
                    caption="Rows μ + εL<sup>T</sup>.",
                ),
                capture(
                    plot_image_grid(wrong, n_columns=5),
                    alt="Twenty-five generated images from the same random numbers.",
                    caption="Rows μ + εL, from the same components and the same random numbers.",
                ),
            )
        ),
        _table(found),
    )
    return Activity(
        name="images-sampling",
        title="Images: sampling by hand, and two traps",
        question=paragraphs(
            "A Gaussian with mean μ and covariance Σ is drawn from normal numbers ε by a Cholesky factor, Σ = "
            "LL<sup>T</sup>, which is like the square root of a matrix. With samples in rows, is it μ + εL or μ + "
            "εL<sup>T</sup>? Does one see the difference? And may one fit the mixture to the rows of <i>U</i> instead "
            "of coefficients in units of intensity?"
        ),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            "import numpy as np\n"
            "mean, covariance = np.zeros(2), np.array([[1.0, 0.9], [0.9, 1.0]])\n"
            "normal = np.random.default_rng(0).standard_normal((100_000, 2))\n"
            "factor = np.linalg.cholesky(covariance)\n"
            "right = mean + normal @ factor.T\n"
            "wrong = mean + normal @ factor\n"
            "print(np.cov(right.T), np.cov(wrong.T))"
        ),
    )


def _table(found: Sampling) -> Table:
    sides = found.sides
    return Table(
        ("draws", "squared distance for each dimension", "mean log-density, nats"),
        (
            ("μ + εL<sup>T</sup>", number(sides.right_distance, 2), number(sides.right_density, 1)),
            ("μ + εL", number(sides.wrong_distance, 2), number(sides.wrong_density, 1)),
        ),
        f"{_DRAWS:,} draws with the factor on either side, judged by the mixture that they were drawn from: the "
        "median squared distance from the mean of their component, in the measure of its covariance, for each "
        "dimension (close to 1 where all is right), and the log-density.",
    )


def _answer(found: Sampling) -> str:
    sides = found.sides
    n, more, most = found.n_train, 60_000, 1_000_000
    return paragraphs(
        "It is μ + εL<sup>T</sup>: then the covariance of a row is E[Lε<sup>T</sup>εL<sup>T</sup>] = LL<sup>T</sup> "
        f"= Σ. The line <code>mean + randn(1, {found.n_basis}) @ cholesky(cov)</code>, which one often meets, gives "
        f"L<sup>T</sup>L. Its trace is the same (here to {tiny(sides.trace_error)}), so the samples vary as much as "
        f"they should, only in other directions: as matrices the two differ by {percent(sides.covariance_error, 0)} "
        "of the norm of Σ. Would you have noticed from the pictures? The mixture does: a typical squared "
        f"distance is {number(sides.wrong_distance, 2)} for each dimension instead of "
        f"{number(sides.right_distance, 2)}, and the log-density is {_change(sides)}.",
        "The rows of <i>U</i> are coefficients divided by singular values, so their variance is 1/<i>n</i> "
        f"(measured: {number(found.singular_variance, 3)}/{n:,}). EM itself does not mind a change of scale. A fixed "
        "floor under the variances does: scikit-learn's <code>reg_covar=1e-6</code> is "
        f"{percent(found.floor_share(n), 2)} of the whole variance in every direction here, "
        f"{percent(found.floor_share(more), 0)} with {more:,} images and {percent(found.floor_share(most), 0)} with a "
        "million. Here the mixture is fitted to coefficients in units of intensity, and the floor is what rounding "
        "to grey levels adds.",
    )


def _change(sides: SideCheck) -> str:
    loss = sides.right_density - sides.wrong_density
    return f"{number(abs(loss), 0)} nats {'lower' if loss >= 0 else 'higher'}"


def _finding(found: Sampling) -> str:
    return (
        "with the Cholesky factor on the wrong side covariances are off by "
        f"{percent(found.sides.covariance_error, 0)}, and the log-density of the samples is {_change(found.sides)}"
    )
