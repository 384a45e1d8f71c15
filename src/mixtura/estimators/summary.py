"""Summary: what a fitted model says of itself and of rows, as one record that prints as a page."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.kernels.contract import Assignment
from mixtura.mixture import Mixture
from mixtura.outcome import Outcome

__all__ = ["Summary", "count_rows", "summarise"]


@dataclass(frozen=True, eq=False)
class Summary:
    """A fitted model in words and numbers; ``print`` it to read it.

    Parameters
    ----------
    code : str
        mclust's code of the family, such as "VVV"; empty where the family has none.
    description : str
        The family in words, such as "ellipsoidal, varying volume, shape and orientation".
    n_components, n_features : int
    n_rows : int or float
        Number of rows; with weights, what they add up to. So are the rows of clusters and of noise.
    n_parameters : int
        Free parameters.
    log_likelihood : float
        Of the rows, in nats, summed.
    bic, icl, aic : float
        The lower the better. Where components were merged, ICL charges rows that no cluster is sure of.
    outcome : Outcome
        How the fit ended.
    cluster_sizes : ndarray of shape (C,)
        Rows whose most probable cluster is each: the clustering table.
    n_noise : int or float
        Rows that belong to no cluster.
    noise_share : float
        The weight of noise, 0 without a noise component; the other weights are those among the other rows.
    cluster_of_component : ndarray of shape (K,)
        The cluster of each component: itself, unless components were merged.
    feature_names : tuple of str, length D
    weights : ndarray of shape (K,)
    means : ndarray of shape (K, D)
    covariances : ndarray of shape (K, D, D)
        In squared units of the features; empty unless parameters were asked for.
    shows_parameters : bool
        Whether the page shows means and covariances too.
    level : float, optional
        The probability that the intervals have.
    lower, upper : record with weights, means, covariances and noise_share, optional
        The ends of the intervals, where they were given.
    notes : tuple of str
        What else there is to say, a sentence each.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(60, 2)), 8 + rng.normal(size=(40, 2))])
    >>> gmm = GaussianMixture(2, covariance_type="spherical", init_params=np.repeat([0, 1], [60, 40])).fit(X)
    >>> print(gmm.summary(X))
    Gaussian mixture VII (spherical, varying volume); 2 components
    The log-likelihood stopped changing.
    <BLANKLINE>
    log-likelihood  rows  parameters      BIC      ICL
          -341.647   100           7  715.530  715.530
    (BIC and ICL: lower is better)
    <BLANKLINE>
    cluster      0      1
    rows        60     40
    weight  0.6000 0.4000
    """

    code: str
    description: str
    n_components: int
    n_features: int
    n_rows: float
    n_parameters: int
    log_likelihood: float
    bic: float
    icl: float
    aic: float
    outcome: Outcome
    cluster_sizes: IntArray | FloatArray  # (C,)
    n_noise: float
    noise_share: float
    cluster_of_component: IntArray  # (K,)
    feature_names: tuple[str, ...]  # D
    weights: FloatArray  # (K,)
    means: FloatArray  # (K, D)
    covariances: FloatArray  # (K, D, D)
    shows_parameters: bool = False
    level: float | None = None
    lower: Any = None
    upper: Any = None
    notes: tuple[str, ...] = ()

    @property
    def n_clusters(self) -> int:
        """The number of clusters C, noise not counted."""
        return len(self.cluster_sizes)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain lists, numbers and words, ready for JSON.

        Means and covariances are there if they were asked for, intervals if they were given.
        """
        hidden = {"shows_parameters", "outcome", "lower", "upper", "level"}
        hidden |= set() if self.shows_parameters else {"means", "covariances"}
        document = {field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name not in hidden}
        document |= {"n_clusters": self.n_clusters, "outcome": self.outcome.name}
        if self.level is not None:
            ends = {"lower": self.lower, "upper": self.upper}
            names = ("weights", "means", "covariances", *(["noise_share"] if self.noise_share else []))
            intervals = {end: {name: _plain(getattr(at, name)) for name in names} for end, at in ends.items()}
            document["intervals"] = {"level": self.level, **intervals}
        return document

    def __str__(self) -> str:
        from mixtura.estimators.summary_page import write_page

        return write_page(self)


def summarise(
    estimator: Any,
    assignment: Assignment,
    sample_weight: FloatArray | None,
    code: str,
    description: str,
    parameters: bool,
    intervals: Any,
    level: float,
) -> Summary:
    """Gather what a fitted estimator and the assignment of N rows, of any weights (N,), to its components say."""
    mixture = estimator.mixture_
    if intervals is not None:
        _check_intervals(intervals, mixture)
    weights = np.ones(len(assignment.labels)) if sample_weight is None else sample_weight
    n_components, n_features = mixture.means.shape
    log_likelihood = float((weights * assignment.log_densities).sum())
    n_rows, n_parameters = float(weights.sum()), estimator.n_parameters_
    clusters, n_noise = count_rows(assignment.labels, n_components, sample_weight)
    bic = n_parameters * float(np.log(n_rows)) - 2 * log_likelihood
    names = getattr(estimator, "feature_names_in_", [f"x{place}" for place in range(n_features)])
    lower, upper = (None, None) if intervals is None else intervals.intervals(level)
    return Summary(
        code=code,
        description=description,
        n_components=n_components,
        n_features=n_features,
        n_rows=n_rows if sample_weight is not None else len(weights),
        n_parameters=n_parameters,
        log_likelihood=log_likelihood,
        bic=bic,
        icl=bic - 2 * float((weights * np.log(assignment.confidences)).sum()),
        aic=2 * n_parameters - 2 * log_likelihood,
        outcome=estimator.outcome_,
        cluster_sizes=clusters,
        n_noise=n_noise,
        noise_share=estimator.noise_share_,
        cluster_of_component=np.arange(n_components),
        feature_names=tuple(str(name) for name in names),
        weights=mixture.weights,
        means=mixture.means,
        covariances=mixture.covariances.expand(n_components) if parameters else _NONE,
        shows_parameters=parameters,
        level=None if intervals is None else float(level),
        lower=lower,
        upper=upper,
    )


def count_rows(
    labels: IntArray, n_clusters: int, sample_weight: FloatArray | None
) -> tuple[IntArray | FloatArray, float]:
    """Return how many of the labelled rows (N,) each cluster has (C,) and how many are noise, -1; weighted if asked."""
    counts = np.bincount(labels + 1, weights=sample_weight, minlength=n_clusters + 1)
    return counts[1:], counts[0].item()


def _check_intervals(intervals: Any, mixture: Mixture) -> None:
    """Refuse replicates whose estimates are not the parameters of ``mixture``."""
    if not hasattr(intervals, "estimates") or not callable(getattr(intervals, "intervals", None)):
        raise TypeError(
            f"Got intervals of type {type(intervals).__name__}, expected what "
            "mixtura.selection.bootstrap_parameters(model, X) returns."
        )
    matrices = mixture.covariances.expand(mixture.n_components)
    for name, ours in {"weights": mixture.weights, "means": mixture.means, "covariances": matrices}.items():
        theirs = np.asarray(getattr(intervals.estimates, name))
        if theirs.shape != ours.shape:
            found, wanted = f"{name} of shape {theirs.shape}", f"shape {ours.shape}"
        elif not np.allclose(theirs, ours, rtol=1e-6, atol=1e-9 * np.abs(ours).max()):
            found, wanted = f"other {name}", "the same numbers"
        else:
            continue
        raise ValueError(
            f"Got intervals of another model: {found} where this one's have {wanted}. Give what "
            "mixtura.selection.bootstrap_parameters(model, X) returns for this model."
        )


_NONE: FloatArray = np.empty((0, 0, 0))


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else list(value) if isinstance(value, tuple) else value
