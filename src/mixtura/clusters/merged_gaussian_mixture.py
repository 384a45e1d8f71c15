"""MergedGaussianMixture: clusters of any shape, each a group of Gaussians."""

from collections.abc import Iterable
from dataclasses import replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin, _fit_context
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from mixtura import Mixture, Summary
from mixtura.arrays import Array, FloatArray, IntArray
from mixtura.clusters.basis import choose_mixture, fit_given
from mixtura.clusters.elbow import ELBOWS
from mixtura.clusters.merge_tree import MergeTree
from mixtura.clusters.merging import merge_components
from mixtura.estimators.summary import count_rows

if TYPE_CHECKING:
    from mixtura.plots import Display

__all__ = ["MergedGaussianMixture"]


class MergedGaussianMixture(ClusterMixin, BaseEstimator):
    """Clusters that may need several Gaussians: a mixture whose components are joined by entropy.

    First a mixture is fitted, with the number of components that minimises BIC; then the two clusters are joined whose
    union lowers the entropy -Σ_n Σ_k t_nk log t_nk of the memberships most, again and again (Baudry, Raftery, Celeux,
    Lo and Gottardo 2010, "Combining mixture components for clustering", section 3). The number of clusters is given, or
    read off the elbow of the entropy. The density stays that of the mixture: only what counts as one cluster changes.

    Parameters
    ----------
    n_clusters : int, default=None
        Number of clusters; None reads it off the elbow.
    n_components : int or iterable of int, default=None
        Numbers of components that BIC chooses from. None tries 1 to 20, fewer where there are fewer than 2 (D + 1)
        rows for each. None below ``n_clusters`` is tried, but ``n_clusters`` itself instead.
        Each is fitted from three starts, so that the tree depends little on the seed.
    covariance_type : str or list of str, default="full"
        The family of covariances, as in ``GaussianMixture``, or several that BIC chooses from, as in
        ``GaussianMixtureSearch``; "all" is every one.
    elbow : {"overlaps", "clusters", "rows"}, default="overlaps"
        How the number of clusters is read off the merge tree. ``"overlaps"`` looks for the step from which what is
        joined hardly overlaps; it may find that every component is a cluster, or that all are one. ``"clusters"``
        breaks the entropy against the number of clusters in two lines, as R's mclust does; ``"rows"`` against the
        rows joined.
    noise : None, "auto" or float, default=None
        A noise component for outliers, as in ``GaussianMixture``: no cluster, labelled -1, never joined to one.
    estimator : estimator, default=None
        Fits the mixture, and makes the other parameters of the mixture idle: a ``GaussianMixture`` or a search over
        several. One that is fitted is used as it is. (A clone of the whole, as in cross-validation, fits it anew.)
    random_state : int, RandomState or None, default=None
        Seeds the fits of the mixture, where no ``estimator`` is given.

    Attributes
    ----------
    n_clusters_ : int
        Number of clusters C.
    labels_ : ndarray of shape (N,)
        The cluster of each training row.
    merge_tree_ : MergeTree
        The clusters at every number, and their entropies.
    cluster_of_component_ : ndarray of shape (K,)
        The cluster that each component belongs to.
    estimator_ : estimator
        The fitted mixture.
    mixture_ : Mixture
        Its density.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (D,)
        Only where X had names.

    Raises
    ------
    TypeError
        If the ``estimator`` is no mixture of this package.
    ValueError
        If the ``estimator`` has fewer components than ``n_clusters``, or X is not what the mixture takes.

    Examples
    --------
    >>> from mixtura import MergedGaussianMixture
    >>> from mixtura.datasets import two_moons
    >>> X, _ = two_moons(random_state=0)
    >>> merged = MergedGaussianMixture(random_state=0).fit(X)
    >>> merged.n_clusters_
    2
    >>> merged.merge_tree_.n_components == merged.mixture_.n_components
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_clusters": [Interval(Integral, 1, None, closed="left"), None],
        "n_components": [Interval(Integral, 1, None, closed="left"), "array-like", Iterable, None],
        "covariance_type": [str, "array-like"],
        "elbow": [StrOptions(set(ELBOWS))],
        "noise": [StrOptions({"auto"}), Interval(Real, 0.0, None, closed="neither"), None],
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_clusters: int | None = None,
        *,
        n_components: int | Iterable[int] | None = None,
        covariance_type: str | Iterable[str] = "full",
        elbow: str = "overlaps",
        noise: float | str | None = None,
        estimator: Any = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.elbow = elbow
        self.noise = noise
        self.estimator = estimator
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)  # type: ignore[untyped-decorator]
    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the mixture, join its components, and choose the number of clusters.

        Parameters
        ----------
        X : array-like of shape (N, D)
        y : ignored
        sample_weight : array-like of shape (N,), default=None
            Non-negative. A weight of 2 counts a row twice, 0 leaves it out.

        Returns self.
        """
        if self.estimator is None:
            common = {"covariance_type": self.covariance_type, "noise": self.noise, "random_state": self.random_state}
            fitted = choose_mixture(X, sample_weight, self.n_components, self.n_clusters or 1, common)
        else:
            fitted = fit_given(self.estimator, X, sample_weight)
        shares = fitted.predict_proba(X)
        tree = merge_components(shares[:, : fitted.mixture_.n_components], sample_weight)
        n_clusters = ELBOWS[self.elbow](tree) if self.n_clusters is None else self.n_clusters
        if n_clusters > tree.n_components:
            raise ValueError(
                f"Got n_clusters={n_clusters} and a mixture of {tree.n_components} components, expected at least as "
                "many components as clusters. Raise n_components, or ask for fewer clusters."
            )
        self.estimator_ = fitted
        self.mixture_: Mixture = fitted.mixture_
        self.merge_tree_: MergeTree = tree
        self.n_clusters_: int = int(n_clusters)
        self.cluster_of_component_: IntArray = tree.cluster_of(self.n_clusters_)
        self.labels_: IntArray = self._most_probable(self._combine(shares))
        self.n_features_in_: int = fitted.n_features_in_
        self.__dict__.pop("feature_names_in_", None)
        if hasattr(fitted, "feature_names_in_"):
            self.feature_names_in_ = fitted.feature_names_in_
        return self

    def predict(self, X: ArrayLike) -> IntArray:
        """Return the most probable cluster of each row of X (N, D): labels (N,), -1 for noise."""
        return self._most_probable(self.predict_proba(X))

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the membership of each row of X (N, D) in each cluster (N, C), rows summing to one.

        It is the sum of the responsibilities of the cluster's components. Noise has a last column of its own.
        """
        check_is_fitted(self)
        return self._combine(self.estimator_.predict_proba(X))

    def uncertainty(self, X: ArrayLike) -> FloatArray:
        """Return how unsure each row of X (N, D) is of its cluster: 1 less the membership in it (N,)."""
        unsure: FloatArray = 1.0 - self.predict_proba(X).max(axis=1)
        return np.maximum(unsure, 0.0)

    def summary(
        self,
        X: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        parameters: bool = False,
        intervals: Any = None,
        level: float = 0.95,
    ) -> Summary:
        """Return the model in words and numbers; ``print`` it to read it.

        The arguments are those of ``GaussianMixture.summary``. The clustering table counts clusters, and ICL charges
        the rows of X (N, D) that no cluster is sure of.
        """
        check_is_fitted(self)
        summary: Summary = self.estimator_.summary(
            X, sample_weight=sample_weight, parameters=parameters, intervals=intervals, level=level
        )
        shares = self.predict_proba(X)
        weights = np.ones(len(shares)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        sizes, _ = count_rows(self._most_probable(shares), self.n_clusters_, None if sample_weight is None else weights)
        entropies = self.merge_tree_.entropies
        how = f"chosen by the elbow ({self.elbow})" if self.n_clusters is None else "as asked"
        joined = (
            "By joining components the entropy of the memberships fell from "
            f"{entropies[-1]:.3g} to {entropies[self.n_clusters_ - 1]:.3g} nats."
        )
        alone = f"No components were joined; the entropy of the memberships is {entropies[-1]:.3g} nats."
        merged = self.n_clusters_ < self.mixture_.n_components
        note = f"Clusters: {self.n_clusters_}, {how}. {joined if merged else alone}"
        return replace(
            summary,
            icl=summary.bic + self._doubt(shares, sample_weight),
            cluster_sizes=sizes,
            cluster_of_component=self.cluster_of_component_,
            notes=(note, *summary.notes),
        )

    def score_samples(self, X: ArrayLike) -> Array:
        """Return the log-density of each row of X (N, D) under the whole mixture, in nats: (N,)."""
        check_is_fitted(self)
        return self.estimator_.score_samples(X)

    def score(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-density of the rows of X (N, D), in nats, weighted if weights (N,) are given."""
        check_is_fitted(self)
        return float(self.estimator_.score(X, sample_weight=sample_weight))

    def bic(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return the Bayesian information criterion of the mixture on X (N, D). The lower the better."""
        check_is_fitted(self)
        return float(self.estimator_.bic(X, sample_weight=sample_weight))

    def aic(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return Akaike's information criterion of the mixture on X (N, D). The lower the better."""
        check_is_fitted(self)
        return float(self.estimator_.aic(X, sample_weight=sample_weight))

    def icl(self, X: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
        """Return BIC on X (N, D), charged for rows that no cluster is sure of: the ICL of ``summary``.

        Rows that no component but some cluster is sure of cost nothing, so it is at most the ICL of the mixture.
        """
        return self.bic(X, sample_weight=sample_weight) + self._doubt(self.predict_proba(X), sample_weight)

    def plot(self, ax: Any = None) -> "Display":
        """Draw the entropy at each number of clusters, from which the number was read; see ``mixtura.plots``."""
        from mixtura.plots import plot_entropy

        return plot_entropy(self, ax=ax)

    def sample(self, n_samples: int = 1, random_state: Any = None) -> tuple[FloatArray, IntArray]:
        """Draw rows (n_samples, D) and the clusters that they come from (n_samples,), in random order.

        Without a ``random_state`` here the estimator's own is used; if that is None too, calls differ.
        """
        check_is_fitted(self)
        seed = self.random_state if random_state is None else random_state
        X, components = self.estimator_.sample(n_samples, random_state=seed)
        return X, np.where(components < 0, -1, self.cluster_of_component_[components])

    def _doubt(self, memberships: FloatArray, sample_weight: ArrayLike | None) -> float:
        """Return what ICL adds to BIC: -2 Σ_n w_n log max_c t_nc of memberships (N, C)."""
        logs = np.log(memberships.max(axis=1))
        return -2 * float(logs.sum() if sample_weight is None else np.asarray(sample_weight, dtype=np.float64) @ logs)

    def _combine(self, shares: Array) -> FloatArray:
        """Return memberships of clusters (N, C) from responsibilities (N, K); noise stays apart, in a last column."""
        combined = self.merge_tree_.combine(shares[:, : self.mixture_.n_components], self.n_clusters_)
        return np.column_stack([combined, shares[:, self.mixture_.n_components :]])

    def _most_probable(self, memberships: FloatArray) -> IntArray:
        labels: IntArray = memberships.argmax(axis=1)
        return np.where(labels == self.n_clusters_, -1, labels)
