"""Residuals: what a basis leaves out of the images of one class, learned for each component, and drawn.

The covariance of the class is kept whole. That of a component is kept in its 60 leading directions alone, and nothing
takes the place of the others, so what is drawn has less variance than real residuals: from 0.80 to 0.92 of it in the
ten classes of Fashion-MNIST, at the default settings of `MatchedImageMixture` but for a residual of full strength. In
images of at most 60 pixels nothing is left out.
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from mixtura.arrays import Array, FloatArray, IntArray, SingleArray
from mixtura.mixture import RandomSource

__all__ = ["Residuals"]

_FACTORS = 60  # leading directions of the residuals of a component; the variance in the others is lost
_PSEUDO_IMAGES = 100  # weight of the class in the residual covariance of a component
_PSEUDO_IMAGES_OF_ALL = 500  # weight of all classes in it, where they take the place of the class
_QUANTILES = 33  # of the strengths
_FEW = 10  # images of a component, below which the strengths are those of the class


@dataclass(frozen=True, eq=False)
class Residuals:
    """Residuals of the images of one class, of K components and D pixels, in float32: they need few digits.

    Attributes
    ----------
    shared : array (D, D)
        A root of the covariance in the whole class, or of that in all classes.
    means : array (K, D)
    factors : array (K, F, D)
        Roots of the covariance in each component along its leading directions, at most 60; the others are dropped.
    own : array (K,)
        Share of its own covariance; the rest is the shared one.
    strengths : array (K, _QUANTILES)
        Quantiles, over the images of the component, of the squared length of a residual over its mean; 1 where all
        residuals are 0.
    """

    shared: SingleArray
    means: SingleArray
    factors: SingleArray
    own: SingleArray
    strengths: SingleArray

    @classmethod
    @threadpool_limits.wrap(1, user_api="blas")  # type: ignore[untyped-decorator]
    def learn(
        cls, rows: FloatArray, members: IntArray, n_components: int, of_all: FloatArray | None = None
    ) -> "Residuals":
        """Learn from residuals (n, D) whose mean is 0 and the component of each (n,).

        With a covariance `of_all` classes (D, D), that one, as strong as this class, takes the place of the class's.
        """
        shared_covariance = rows.T @ rows / len(rows)
        if of_all is not None:
            shared_covariance = of_all * (
                np.trace(shared_covariance) / max(np.trace(of_all), np.finfo(np.float64).tiny)
            )
        pseudo_images = _PSEUDO_IMAGES if of_all is None else _PSEUDO_IMAGES_OF_ALL
        values, vectors = np.linalg.eigh(shared_covariance)
        shared = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
        k, d = n_components, rows.shape[1]
        means, own = np.zeros((k, d), dtype=np.float32), np.zeros(k, dtype=np.float32)
        factors = np.zeros((k, min(_FACTORS, d), d), dtype=np.float32)
        strengths = np.tile(_quantiles_of_strength(rows), (k, 1))
        for component in range(k):
            mine = rows[members == component]
            if len(mine) < 2:
                continue
            means[component] = mine.mean(axis=0)
            own[component] = len(mine) / (len(mine) + pseudo_images)
            centred = mine - mine.mean(axis=0)
            _, sizes, directions = np.linalg.svd(centred / np.sqrt(len(mine)), full_matrices=False)
            kept = min(len(sizes), factors.shape[1])
            factors[component, :kept] = sizes[:kept, None] * directions[:kept]
            if len(mine) >= _FEW:
                strengths[component] = _quantiles_of_strength(centred)
        return cls(shared.astype(np.float32, order="C"), means, factors, own, strengths)

    def draw(self, components: Array, random: RandomSource, varied: bool) -> SingleArray:
        """Return residuals (n, D) for these components (n,), each as strong as some image's where they are varied."""
        n, d = len(components), len(self.shared)
        drawn = random.standard_normal((n, d)).astype(np.float32) @ self.shared
        drawn *= np.sqrt(1.0 - self.own[components])[:, None]
        groups = [(k, np.flatnonzero(components == k)) for k in np.unique(components)]
        for k, rows in groups:
            normal = random.standard_normal((len(rows), self.factors.shape[1])).astype(np.float32)
            drawn[rows] += np.sqrt(self.own[k]) * (normal @ self.factors[k])
        if varied:
            drawn *= np.sqrt(self._draw_strengths(components, random))[:, None]
        for k, rows in groups:
            drawn[rows] += self.means[k]
        return drawn

    def _draw_strengths(self, components: Array, random: RandomSource) -> SingleArray:
        """Draw strengths (n,) evenly between the quantiles."""
        part, whole = np.modf(random.uniform(0.0, _QUANTILES - 1, size=len(components)))
        low = whole.astype(np.intp)
        below, above = self.strengths[components, low], self.strengths[components, low + 1]
        drawn: SingleArray = (below + part * (above - below)).astype(np.float32)
        return drawn


def _quantiles_of_strength(rows: FloatArray) -> SingleArray:
    squares = np.einsum("nd,nd->n", rows, rows)
    mean = float(squares.mean())
    strengths = squares / mean if mean > 0.0 else np.ones(len(squares))
    found: SingleArray = np.quantile(strengths, np.linspace(0.0, 1.0, _QUANTILES)).astype(np.float32)
    return found
