"""MixtureDensityNetwork: a conditional density, as a mixture whose parameters a network makes of x."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray
from mixtura.checks import check_count, check_finite, check_number
from mixtura.mixture import RandomSource, random_source, scikit_learn_source
from mixtura.neural.checks import check_hidden
from mixtura.neural.framework import Network, Tensor, load_torch, perceptron, seeded
from mixtura.neural.training import History, Recipe, all_or_nothing, train

__all__ = ["MixtureDensityNetwork"]

_LEAST_DEVIATION = 1e-3
"""Of a component, as a share of the standard deviation of y: a density must stay bounded."""


class MixtureDensityNetwork(BaseEstimator):
    r"""A conditional density p(y | x), a mixture of Gaussians that a network makes of x.

    It maximises :math:`\sum_n \log p(y_n \mid x_n)` over the weights of a network (Bishop 1994, equations 22 to 29)
    with

    .. math:: p(y \mid x) = \sum_k \pi_k(x) \prod_t N\bigl(y_t; \mu_{kt}(x), \sigma_{kt}^2(x)\bigr),

    where softmax makes the :math:`\pi_k` and softplus the :math:`\sigma_{kt}` of what the network puts out. Regression
    by least squares finds the mean of y at x, which where y may take several values can be a value that it never takes;
    this finds them all, how likely each is and how sure.

    Parameters
    ----------
    n_components : int, default=5
        Number of components K at each x.
    hidden : tuple of int, default=(64, 64)
        Units of each hidden layer.
    n_epochs : int, default=200
        Passes over the rows.
    batch_size : int, default=128
        Rows in a step.
    learning_rate : float, default=5e-3
        Of Adam at the beginning; it falls to nothing along half a cosine.
    weight_decay : float, default=1e-4
        Share of each weight that is taken away in a step, times the rate.
    validation_fraction : float, default=0.1
        Share of the rows that are held out: the weights after the epoch that is best on them are kept. 0 keeps the
        last.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the fit, and draws that are given no seed of their own.

    Attributes
    ----------
    network_ : torch.nn.Module
        From standardised x to K weights, K T means and K T deviations of standardised y, before softmax and softplus.
    history_ : History
        Losses, in nats of standardised y, and the epoch that was kept.
    x_mean_, x_scale_, y_mean_, y_scale_ : array (D,) or (T,)
        What x and y are standardised by.
    n_features_in_ : int
        D.
    n_targets_ : int
        T.

    Raises
    ------
    MissingExtraError
        In `fit`, where PyTorch is not installed: ``pip install 'mixtura[neural]'``.
    ValueError
        For NaN or infinity, numbers whose squares overflow, unlike numbers of rows, or a parameter out of range; where
        training diverges, when it does. The estimator is then as it was before.

    References
    ----------
    C. M. Bishop (1994), Mixture density networks. Technical report NCRG/94/004, Aston University.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura.neural import MixtureDensityNetwork
    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(-1, 1, size=(500, 1))
    >>> y = np.where(rng.random(500) < 0.5, 1, -1) * (2 + x[:, 0]) + 0.1 * rng.normal(size=500)
    >>> model = MixtureDensityNetwork(2, hidden=(16,), n_epochs=60, random_state=0).fit(x, y)
    >>> np.sort(model.at([0.5]).means_.ravel()).round()
    array([-2.,  2.])
    """

    def __init__(
        self,
        n_components: int = 5,
        *,
        hidden: tuple[int, ...] = (64, 64),
        n_epochs: int = 200,
        batch_size: int = 128,
        learning_rate: float = 5e-3,
        weight_decay: float = 1e-4,
        validation_fraction: float = 0.1,
        random_state: int | RandomSource | None = None,
    ) -> None:
        self.n_components = n_components
        self.hidden = hidden
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    @all_or_nothing
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the network to pairs of x and y.

        Parameters
        ----------
        X : array-like (n, D)
        y : array-like (n,) or (n, T)
        """
        torch = load_torch()
        k, hidden = check_count("n_components", self.n_components, 1), check_hidden(self.hidden)
        if check_number("validation_fraction", self.validation_fraction) >= 1.0:
            raise ValueError(f"Got validation_fraction={self.validation_fraction!r}, but expected a share below 1.")
        rows, targets = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, ensure_min_samples=2
        )
        targets = np.asarray(targets, dtype=np.float64).reshape(len(rows), -1)  # (n, T)
        for values in (rows, targets):
            check_finite(values)
        random = scikit_learn_source(self.random_state)
        self._one_target = np.ndim(y) == 1
        self.n_targets_: int = targets.shape[1]
        self.x_mean_, self.x_scale_ = _standard(rows)
        self.y_mean_, self.y_scale_ = _standard(targets)
        x, z = (rows - self.x_mean_) / self.x_scale_, (targets - self.y_mean_) / self.y_scale_
        n_held = int(self.validation_fraction * len(rows))
        order = random.permutation(len(rows))
        seed = int(random.randint(2**31 - 1))
        recipe = Recipe(self.n_epochs, self.batch_size, self.learning_rate, self.weight_decay, seed)
        with seeded(seed):
            width = k * (1 + 2 * self.n_targets_)  # `_split` takes K from it
            self.network_: Network = perceptron([rows.shape[1], *hidden, width], torch.float64)
            self._begin(z[order[n_held:]], seed)
            tensors = [
                [torch.from_numpy(part[chosen]) for part in (x, z)] for chosen in (order[n_held:], order[:n_held])
            ]
            held_out = tensors[1] if n_held else []
            self.history_: History = train([self.network_], self._loss, tensors[0], held_out, recipe)
        return self

    def at(self, x: ArrayLike) -> GaussianMixture:
        """Return the density of y at one x (D,), as a mixture that can be scored, sampled and drawn."""
        check_is_fitted(self)
        row = np.asarray(x, dtype=np.float64)
        if row.shape != (self.n_features_in_,):
            raise ValueError(f"Got x of shape {row.shape}, but expected ({self.n_features_in_},): one point.")
        log_weights, means, deviations = self._parameters(row[None])
        weights = np.exp(log_weights[0])
        return GaussianMixture.from_parameters(
            weights / weights.sum(), means[0], deviations[0] ** 2, covariance_type="diag"
        )

    def predict(self, X: ArrayLike) -> FloatArray:
        """Return the mean of y at each x, what regression would return: (n,), or (n, T) as in the fit."""
        log_weights, means, _ = self._parameters(X)
        return self._shape(np.einsum("nk,nkt->nt", np.exp(log_weights), means))

    def predict_mode(self, X: ArrayLike) -> FloatArray:
        """Return the centre of the highest component at each x, a likely value of y: (n,) or (n, T)."""
        log_weights, means, deviations = self._parameters(X)
        highest = np.argmax(log_weights - np.log(deviations).sum(axis=2), axis=1)
        return self._shape(means[np.arange(len(means)), highest])

    def score_samples(self, X: ArrayLike, y: ArrayLike) -> FloatArray:
        """Return log p(y | x) of each pair (n,), in nats, with respect to volume in units of y."""
        log_weights, means, deviations = self._parameters(X)
        targets = check_array(y, dtype=np.float64, ensure_2d=False)
        targets = targets[:, None] if targets.ndim == 1 else targets
        if targets.shape != (len(log_weights), self.n_targets_):
            raise ValueError(
                f"Got y of shape {np.shape(y)}, but expected {len(log_weights)} rows of {self.n_targets_}, "
                "as in the fit."
            )
        distances = (((targets[:, None] - means) / deviations) ** 2).sum(axis=2)  # (n, K)
        heights = log_weights - 0.5 * distances - np.log(deviations).sum(axis=2)
        density: FloatArray = logsumexp(heights, axis=1) - 0.5 * self.n_targets_ * np.log(2 * np.pi)
        return density

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the mean of `score_samples`: the higher the better."""
        return float(self.score_samples(X, y).mean())

    def sample(self, X: ArrayLike, n_samples: int = 1, random_state: int | RandomSource | None = None) -> FloatArray:
        """Draw y at each x: (n, n_samples), or (n, n_samples, T) as in the fit."""
        n_samples = check_count("n_samples", n_samples, 1)
        log_weights, means, deviations = self._parameters(X)
        random = random_source(random_state, self.random_state)
        below = np.cumsum(np.exp(log_weights), axis=1)
        marks = random.uniform(size=(len(below), n_samples)) * below[:, -1:]
        chosen = (marks[:, :, None] >= below[:, None, :]).sum(axis=2)  # (n, n_samples)
        row = np.arange(len(below))[:, None]
        drawn = means[row, chosen] + deviations[row, chosen] * random.standard_normal((*chosen.shape, self.n_targets_))
        return drawn[:, :, 0] if self._one_target else drawn

    def _parameters(self, X: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log weights (n, K), means (n, K, T) and deviations (n, K, T) in units of y."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        torch = load_torch()
        with torch.no_grad():
            log_weights, means, deviations = self._split(
                self.network_(torch.from_numpy((rows - self.x_mean_) / self.x_scale_))
            )
        return (
            log_weights.numpy(),
            self.y_mean_ + self.y_scale_ * means.numpy(),
            self.y_scale_ * deviations.numpy(),
        )

    def _split(self, out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return log weights (n, K), means and deviations (n, K, T) of standardised y."""
        torch = load_torch()
        t = self.n_targets_
        k = out.shape[1] // (1 + 2 * t)
        log_weights = torch.log_softmax(out[:, :k], dim=1)
        means = out[:, k : k + k * t].reshape(-1, k, t)
        deviations = torch.nn.functional.softplus(out[:, k + k * t :].reshape(-1, k, t)) + _LEAST_DEVIATION
        return log_weights, means, deviations

    def _loss(self, x: Tensor, z: Tensor) -> Tensor:
        """Return the mean of -log p(z | x), in nats of standardised y."""
        torch = load_torch()
        log_weights, means, deviations = self._split(self.network_(x))
        squares = (((z[:, None] - means) / deviations) ** 2).sum(dim=2)
        heights = log_weights - 0.5 * squares - torch.log(deviations).sum(dim=2)
        return 0.5 * self.n_targets_ * np.log(2 * np.pi) - torch.logsumexp(heights, dim=1).mean()

    def _begin(self, z: FloatArray, seed: int) -> None:
        """Let the components begin at clusters of standardised y, as wide as these: alike ones would stay alike."""
        torch = load_torch()
        k, t = self.n_components, self.n_targets_
        n_clusters = min(k, len(np.unique(z, axis=0)))
        clusters = KMeans(n_clusters, n_init=1, random_state=seed).fit(z)
        centres = clusters.cluster_centers_[np.arange(k) % n_clusters]  # (K, T)
        width = max(np.sqrt(clusters.inertia_ / z.size), 0.05)
        with torch.no_grad():
            bias = self.network_[-1].bias
            bias[:k] = 0.0
            bias[k : k + k * t] = torch.from_numpy(centres.reshape(-1))
            bias[k + k * t :] = float(np.log(np.expm1(width)))

    def _shape(self, values: FloatArray) -> FloatArray:
        """Return values (n, T) as the fit's y was: (n,) where it was one column."""
        return values[:, 0] if self._one_target else values

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _standard(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of columns, 1 where a column is constant."""
    deviation = values.std(axis=0)
    return values.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
