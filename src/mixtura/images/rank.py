"""How many basis vectors to keep: three rules that read the singular values, each with what it takes for granted."""

from dataclasses import dataclass
from math import pi, sin, sqrt

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from mixtura.arrays import FloatArray

NEGLIGIBLE = sqrt(np.finfo(np.float64).eps)
"""Singular values below 1.5e-8 of the largest count as zero: constant pixels, and rounding."""


@dataclass(frozen=True)
class RankSuggestion:
    """Numbers of basis vectors to keep, by rule.

    The rules answer different questions, so they differ widely. For the 60,000 training images of Fashion-MNIST,
    of 784 pixels, they say 45 (knee), 84 and 187 (variance) and 249 (Gavish and Donoho); for the 6,000 of its
    class 2 alone, 42, 51, 119 and 236.

    Attributes
    ----------
    knee : int
        Where the curve of singular values bends most: see `knee`. For the eye; it assumes nothing.
    variance_90, variance_95 : int
        The fewest vectors that hold 90 or 95 per cent of the variance: see `variance_rank`.
    gavish_donoho : int
        How many stand out of white noise: see `noise_threshold`. May be 0.
    threshold : float
        The cut of that last rule, in the unit of the singular values.
    """

    knee: int
    variance_90: int
    variance_95: int
    gavish_donoho: int
    threshold: float

    def cuts(self) -> dict[str, int]:
        """Name the rules as a picture would, each with its number; a rule that keeps nothing is left out.

        Examples
        --------
        >>> RankSuggestion(45, 84, 187, 0, 28.4).cuts()
        {'knee': 45, '90 % of the variance': 84, '95 % of the variance': 187}
        """
        named = {
            "knee": self.knee,
            "90 % of the variance": self.variance_90,
            "95 % of the variance": self.variance_95,
            "Gavish and Donoho": self.gavish_donoho,
        }
        return {name: count for name, count in named.items() if count}


def suggest_rank(singular_values: FloatArray, n_samples: int, n_features: int) -> RankSuggestion:
    """Ask all the rules at once.

    Parameters
    ----------
    singular_values : array (r,)
        Of the centred data, falling.
    n_samples, n_features : int
        The shape of the data.

    Raises
    ------
    ValueError
        Where all singular values are zero.

    Examples
    --------
    >>> import numpy as np
    >>> suggest_rank(np.array([50.0, 20.0, 3.0, 2.0, 1.0]), n_samples=1000, n_features=5)
    RankSuggestion(knee=3, variance_90=2, variance_95=2, gavish_donoho=2, threshold=4.2...)
    """
    present = singular_values[singular_values > NEGLIGIBLE * singular_values[0]]  # (p,)
    if not present.size:
        raise ValueError("All rows are equal, so no number of basis vectors can be suggested: check the data.")
    threshold = noise_threshold(present, n_samples, n_features)
    return RankSuggestion(
        knee=knee(present),
        variance_90=variance_rank(present, 0.90),
        variance_95=variance_rank(present, 0.95),
        gavish_donoho=int(np.count_nonzero(present > threshold)),
        threshold=threshold,
    )


def knee(singular_values: FloatArray) -> int:
    """Keep as many as lie up to the knee: the point farthest below the chord of the curve.

    The chord joins the first point ``(1, s_1)`` and the last ``(r, s_r)``. The distance to it, and the difference
    curve of Satopaa et al. (2011) without smoothing, have their greatest value at the same point, whatever the
    scales of the axes. A curve that nowhere falls below its chord has no knee; then all are kept.

    References
    ----------
    V. Satopaa, J. Albrecht, D. Irwin, B. Raghavan (2011), Finding a "Kneedle" in a haystack: detecting knee points
    in system behavior. ICDCS Workshops, 166-171.

    Examples
    --------
    >>> import numpy as np
    >>> knee(np.array([10.0, 4.0, 1.0, 0.5, 0.0]))
    3
    """
    below = np.linspace(singular_values[0], singular_values[-1], singular_values.size) - singular_values  # (r,)
    if below.max() <= NEGLIGIBLE * singular_values[0]:
        return int(singular_values.size)
    return int(np.argmax(below)) + 1


def variance_rank(singular_values: FloatArray, fraction: float) -> int:
    """Keep the fewest whose squares sum to `fraction`, in (0, 1], of all squares.

    Examples
    --------
    >>> import numpy as np
    >>> variance_rank(np.array([3.0, 1.0]), 0.9), variance_rank(np.array([3.0, 1.0]), 0.95)
    (1, 2)
    """
    held = np.cumsum((singular_values / singular_values[0]) ** 2)  # (r,)
    return int(np.searchsorted(held, fraction * held[-1])) + 1


def noise_threshold(singular_values: FloatArray, n_samples: int, n_features: int) -> float:
    r"""Return the cut of Gavish and Donoho (2014) for noise of unknown strength.

    The data are taken for a matrix of low rank plus white noise: independent, of one variance in every entry. Then,
    for large matrices, keeping the singular values above :math:`\omega(\beta)` times their median gives the least
    squared error that any fixed cut can give. The rows were centred, which costs one of them, so the matrix has
    ``n_samples - 1`` rows; columns that never vary hold no noise and do not count.

    Images have neither low rank nor white noise. Where they have hardly any noise, as in Fashion-MNIST, the median
    measures the slow decay of the spectrum instead, and the rule keeps more than the eye needs.

    Parameters
    ----------
    singular_values : array (r,)
        Of the centred data, falling, without those that are zero.
    n_samples, n_features : int
        The shape of the data.

    References
    ----------
    M. Gavish, D. L. Donoho (2014), The optimal hard threshold for singular values is :math:`4/\sqrt 3`.
    IEEE Transactions on Information Theory 60(8), 5040-5053.
    """
    ratio = singular_values.size / max(n_samples - 1, n_features)
    return noise_factor(min(ratio, 1.0)) * float(np.median(singular_values))


def noise_factor(ratio: float) -> float:
    r"""Return :math:`\omega(\beta) = \lambda_*(\beta) / \sqrt{\mu_\beta}` of Gavish and Donoho (2014).

    :math:`\lambda_*` is the best cut in units of the noise, and :math:`\mu_\beta` the median of the Marchenko-Pastur
    law, to which the squared singular values of pure noise settle.

    Parameters
    ----------
    ratio : float
        :math:`\beta` in (0, 1]: the shorter side of the matrix divided by the longer.

    Examples
    --------
    >>> round(noise_factor(1.0), 3)
    2.858
    """
    side = ratio + 1.0
    best = sqrt(2.0 * side + 8.0 * ratio / (side + sqrt(side**2 + 12.0 * ratio)))
    return best / sqrt(marchenko_pastur_median(ratio))


def marchenko_pastur_median(ratio: float) -> float:
    r"""Return the median of the Marchenko-Pastur law of ratio :math:`\beta` in (0, 1] and unit variance.

    With :math:`x = 1 + \beta - 2\sqrt\beta \cos\theta` its density becomes
    :math:`2 \sin^2\theta / (\pi x)` on :math:`[0, \pi]`, smooth where the density in x has its square roots. The
    median moves from 0.83 at :math:`\beta = 1` to :math:`\pi / 2` as :math:`\beta` falls to 0.

    Examples
    --------
    >>> round(marchenko_pastur_median(1.0), 4)
    0.6528
    """

    def point(angle: float) -> float:
        return (1.0 - sqrt(ratio)) ** 2 + 4.0 * sqrt(ratio) * sin(0.5 * angle) ** 2

    def excess(angle: float) -> float:
        """Probability below the angle, less one half."""
        below = quad(lambda theta: 2.0 * sin(theta) ** 2 / (pi * point(theta)), 0.0, angle)[0]
        return float(below - 0.5)

    return point(float(brentq(excess, 0.5, 2.0, xtol=1e-14)))
