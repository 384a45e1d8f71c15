import numpy as np
import pytest
from conftest import matrices, random_mixture
from scipy.stats import chi2, multivariate_normal

from mixtura.forms import Dense, Diagonal
from mixtura.mixture import Mixture, random_source

FORMS = ("dense", "shared", "diagonal")


@pytest.mark.parametrize("form", FORMS)
def test_density_is_the_weighted_sum_of_normal_densities(form):
    mixture = random_mixture(3, 4, form)
    X = np.random.default_rng(3).normal(size=(50, 4)) * 4
    parts = [
        w * multivariate_normal(m, c).pdf(X)
        for w, m, c in zip(mixture.weights, mixture.means, matrices(mixture), strict=True)
    ]
    np.testing.assert_allclose(mixture.log_density(X), np.log(sum(parts)), rtol=1e-12)


def test_density_integrates_to_one():
    mixture = random_mixture(3, 1, "dense", spread=2)
    grid = np.linspace(-30, 30, 200_001)
    assert np.trapezoid(np.exp(mixture.log_density(grid[:, None])), grid) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("form", FORMS)
def test_samples_have_the_moments_of_their_components(form):
    """Squared whitened lengths follow a chi-square law: a variance taken for a deviation would show."""
    mixture = random_mixture(3, 4, form)
    X, labels = mixture.sample(30_000, np.random.default_rng(0))
    for k in range(3):
        rows = X[labels == k] - mixture.means[k]
        n = len(rows)
        assert abs(n / 30_000 - mixture.weights[k]) < 5 * np.sqrt(0.25 / 30_000)
        np.testing.assert_allclose(np.cov(rows.T, bias=True), mixture.covariances.matrix(k), atol=0.12)
        lengths = mixture.covariances.squared_distances(k, rows, np.empty_like(rows), np.empty(n))
        for quantile in (0.1, 0.5, 0.9):
            assert abs((lengths < chi2(4).ppf(quantile)).mean() - quantile) < 5 * np.sqrt(0.25 / n)


def test_samples_come_in_random_order_and_repeat_with_their_seed():
    mixture = random_mixture(3, 2, "dense")
    X, labels = mixture.sample(1000, np.random.RandomState(5))
    again, _ = mixture.sample(1000, np.random.RandomState(5))
    assert np.array_equal(X, again)
    assert len(labels) == len(X) == 1000
    changes = (np.diff(labels) != 0).mean()
    assert changes > 0.4  # sorted labels would change twice in a thousand


@pytest.mark.parametrize("form", FORMS)
def test_order_of_components_does_not_matter(form):
    mixture = random_mixture(3, 2, form)
    X = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(mixture.permute([2, 0, 1]).log_density(X), mixture.log_density(X), rtol=1e-13)


def test_an_empty_component_never_wins():
    mixture = Mixture(np.array([1.0, 0.0]), np.array([[0.0], [5.0]]), Diagonal(np.ones((2, 1))))
    np.testing.assert_allclose(mixture.log_density(np.array([[5.0]])), -0.5 * np.log(2 * np.pi) - 12.5)


@pytest.mark.parametrize(
    ("weights", "means", "covariances", "message"),
    [
        ([0.5, 0.5], [[0.0]], Diagonal(np.ones((1, 1))), r"weights of shape \(2,\) and means of shape \(1, 1\)"),
        ([0.5, 0.5], [[0.0], [1.0]], Diagonal(np.ones((3, 1))), "Got 3 covariances of 1 features, expected 2"),
        ([0.5, 0.5], [[0.0], [1.0]], Dense(np.eye(2)[None]), "Got 1 covariances of 2 features"),
        ([0.5, 0.5], [[0.0], [np.nan]], Diagonal(np.ones((2, 1))), "NaN or infinity"),
        ([0.5, 0.6], [[0.0], [1.0]], Diagonal(np.ones((2, 1))), "sum to 1.1"),
        ([1.5, -0.5], [[0.0], [1.0]], Diagonal(np.ones((2, 1))), "non-negative"),
    ],
)
def test_a_mixture_that_exists_is_valid(weights, means, covariances, message):
    with pytest.raises(ValueError, match=message):
        Mixture(np.array(weights), np.array(means), covariances)


def test_a_source_of_randomness_is_the_given_one_or_the_own_or_of_their_seed():
    generator, state = np.random.default_rng(0), np.random.RandomState(0)
    assert random_source(generator, own=1) is random_source(None, own=generator) is generator
    assert random_source(state, own=1) is random_source(None, own=state) is state
    assert random_source(3, own=generator).uniform() == random_source(None, own=3).uniform()
    for bad in ("x", -1, 1.5, 2**32):
        with pytest.raises(ValueError, match=rf"Got random_state={bad!r}, but expected None, a whole number from 0 to"):
            random_source(bad)
