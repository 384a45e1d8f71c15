"""Mixture density network: its formula, quadrature, closed forms, and Bishop's inverse problem."""

import copy
import pickle
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

from mixtura.neural import MixtureDensityNetwork

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'mixtura[neural]'")


def wave(t):
    """Bishop's forward map, which several t may bring to one x."""
    return t + 0.3 * np.sin(2 * np.pi * t)


@pytest.fixture(scope="module")
def inverse():
    """Pairs (x, t) of x = wave(t) + noise in [-0.1, 0.1], to train and to test."""
    rng = np.random.default_rng(0)
    t = rng.uniform(size=3000)
    x = wave(t) + rng.uniform(-0.1, 0.1, size=3000)
    return x[:2000, None], t[:2000], x[2000:, None], t[2000:]


@pytest.fixture(scope="module")
def model(inverse):
    x, t, _, _ = inverse
    return MixtureDensityNetwork(3, hidden=(32, 32), n_epochs=80, learning_rate=0.01, random_state=0).fit(x, t)


@pytest.fixture(scope="module")
def planar():
    """A small network of three features and two targets, hardly trained."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(200, 3))
    Y = np.column_stack([X[:, 0] + rng.normal(size=200), 100 * np.abs(X[:, 1]) + 7 * rng.normal(size=200)])
    return MixtureDensityNetwork(3, hidden=(8,), n_epochs=15, random_state=0).fit(X, Y), X, Y


def true_log_density(x, t):
    """p(t | x) is even over all t whose wave is within 0.1 of x; by counting on a fine grid."""
    grid = (np.arange(20_000) + 0.5) / 20_000
    likely = np.abs(x - wave(grid)) <= 0.1  # (n, 20000)
    return -np.log(likely.mean(axis=1))


def test_inverse_problem_comes_near_the_truth_where_regression_cannot(inverse, model):
    _, _, x, t = inverse
    inside = (x[:, 0] > 0.0) & (x[:, 0] < 1.0)  # beyond, the truth ends in a wedge
    best = true_log_density(x[inside], t[inside]).mean()
    single = MixtureDensityNetwork(1, hidden=(16,), n_epochs=20, random_state=0).fit(*inverse[:2])
    assert best - 0.25 < model.score(x[inside], t[inside]) < best
    assert single.score(x[inside], t[inside]) < best - 0.6


def test_three_branches_are_found_and_the_mean_is_on_the_middle_one(inverse, model):
    branches = model.at([0.5]).means_.ravel()
    assert_allclose(np.sort(branches), [0.2, 0.5, 0.8], atol=0.06)
    assert_allclose(wave(np.sort(branches)), 0.5, atol=0.12)
    assert model.at([0.5]).weights_.min() > 0.1
    assert model.predict([[0.5]])[0] == pytest.approx(0.5, abs=0.06)
    # At x = 0.35 two branches remain, and their mean is on neither.
    likely = np.abs(wave(np.linspace(0, 1, 1001)) - 0.35) <= 0.1
    assert np.count_nonzero(np.diff(likely.astype(int)) == 1) == 2
    assert abs(wave(model.predict([[0.35]])[0]) - 0.35) > abs(wave(model.predict_mode([[0.35]])[0]) - 0.35)


def test_samples_go_forward_to_where_they_came_from(inverse, model):
    _, _, x, t = inverse
    drawn = model.sample(x, 5, random_state=1)
    assert drawn.shape == (1000, 5)
    assert np.mean(np.abs(wave(drawn) - x) < 0.15) > 0.85
    assert_allclose(np.quantile(drawn, [0.1, 0.5, 0.9]), np.quantile(t, [0.1, 0.5, 0.9]), atol=0.06)


def test_log_density_is_that_of_the_mixture_at_each_point(planar):
    model, X, Y = planar
    found = model.score_samples(X, Y)
    for n in range(0, 200, 23):
        assert found[n] == pytest.approx(model.at(X[n]).score_samples(Y[n : n + 1])[0], rel=1e-9)
    assert model.score(X, Y) == pytest.approx(found.mean())


def test_density_integrates_to_one(inverse, model):
    grid = np.linspace(-3, 4, 70_001)
    for x in (-0.05, 0.3, 0.5, 2.0):
        density = np.exp(model.score_samples(np.full((len(grid), 1), x), grid))
        assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=1e-6)


def test_training_loss_is_the_negative_score(planar):
    model, X, Y = planar
    x, z = (X - model.x_mean_) / model.x_scale_, (Y - model.y_mean_) / model.y_scale_
    loss = model._loss(torch.from_numpy(x), torch.from_numpy(z)).item()
    assert -loss - np.log(model.y_scale_).sum() == pytest.approx(model.score(X, Y), rel=1e-10)
    assert model.history_.held_out[model.history_.best] == min(model.history_.held_out)
    held_out = np.random.RandomState(0).permutation(200)[:20]
    kept = model._loss(torch.from_numpy(x[held_out]), torch.from_numpy(z[held_out])).item()
    assert kept == pytest.approx(min(model.history_.held_out), rel=1e-10)
    assert model.history_.training[-1] < model.history_.training[0]


def test_samples_have_the_moments_of_the_density(planar):
    model, X, _ = planar
    drawn = model.sample(X[:3], 40_000, random_state=0)
    assert drawn.shape == (3, 40_000, 2)
    for n in range(3):
        mixture = model.at(X[n])
        mean = mixture.weights_ @ mixture.means_
        variance = mixture.weights_ @ (mixture.covariances_ + mixture.means_**2) - mean**2
        assert_allclose(drawn[n].mean(axis=0), mean, atol=5 * np.sqrt(variance.max() / 40_000))
        assert_allclose(drawn[n].var(axis=0), variance, rtol=0.06)
        assert_allclose(model.predict(X[n : n + 1])[0], mean)


def test_one_component_on_a_line_is_least_squares():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(1500, 2))
    y = X @ [3.0, -1.0] + 5.0 + 0.5 * rng.normal(size=1500)
    model = MixtureDensityNetwork(1, hidden=(), n_epochs=60, learning_rate=0.05, validation_fraction=0, random_state=0)
    line = LinearRegression().fit(X, y)
    assert_allclose(model.fit(X, y).predict(X), line.predict(X), atol=0.05)
    residuals = y - line.predict(X)
    entropy = -0.5 * np.log(2 * np.pi * residuals.var()) - 0.5
    assert model.score(X, y) == pytest.approx(entropy, abs=0.01)
    assert model.history_.best == 59


def test_units_of_y_change_the_density_by_their_volume(inverse):
    x, t, _, _ = inverse
    plain, scaled = (MixtureDensityNetwork(2, hidden=(8,), n_epochs=3, random_state=0) for _ in range(2))
    plain.fit(x[:300], t[:300])
    scaled.fit(1e3 * x[:300] + 5, 1e6 * t[:300] - 7)
    assert scaled.score(1e3 * x + 5, 1e6 * t - 7) == pytest.approx(plain.score(x, t) - np.log(1e6), abs=1e-5)


def test_the_seed_decides_and_the_generator_of_pytorch_is_left_alone(inverse):
    x, t, _, _ = inverse
    torch.manual_seed(5)
    before = torch.get_rng_state()
    settings = {"hidden": (8,), "n_epochs": 2}
    first, again, other = (
        MixtureDensityNetwork(2, random_state=seed, **settings).fit(x[:200], t[:200]).score_samples(x[:5], t[:5])
        for seed in (0, 0, 1)
    )
    assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_it_is_an_estimator(planar):
    model, X, Y = planar
    unfitted = clone(model)
    assert unfitted.get_params() == model.get_params()
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert_array_equal(twin.score_samples(X, Y), model.score_samples(X, Y))
    assert model.predict(X).shape == model.predict_mode(X).shape == (200, 2)


def test_few_rows_constant_columns_and_more_components_than_values():
    X = np.column_stack([np.arange(6.0), np.ones(6)])
    model = MixtureDensityNetwork(4, hidden=(3,), n_epochs=2, random_state=0).fit(X, [0, 0, 0, 1, 1, 1])
    assert np.isfinite(model.score(X, np.zeros(6)))
    far = model.score_samples(X, np.full(6, 1e6))
    assert np.isfinite(far).all()
    assert far.max() < -1e6


def test_weights_of_the_best_epoch_are_kept_and_not_those_of_the_last():
    """Twenty rows of noise are soon learned by heart."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    settings = {"hidden": (64,), "n_epochs": 60, "learning_rate": 0.02, "validation_fraction": 0.5, "random_state": 0}
    model = MixtureDensityNetwork(2, **settings).fit(X, y)
    history = model.history_
    assert history.best < 59
    assert history.held_out[-1] > history.held_out[history.best] + 0.1
    held_out = np.random.RandomState(0).permutation(40)[:20]
    loss = -model.score(X[held_out], y[held_out]) - np.log(model.y_scale_).sum()
    assert loss == pytest.approx(history.held_out[history.best], rel=1e-10)


def test_parameters_that_are_set_later_change_no_fitted_model(planar):
    model, X, Y = planar
    twin = copy.deepcopy(model).set_params(n_components=5, hidden=(2,))
    assert_array_equal(twin.score_samples(X, Y), model.score_samples(X, Y))
    assert_array_equal(twin.sample(X, 2, random_state=0), model.sample(X, 2, random_state=0))


def test_what_diverges_or_overflows_is_an_error_and_the_earlier_fit_stays(planar):
    model, X, Y = planar
    twin = copy.deepcopy(model)
    with pytest.raises(ValueError, match=r"Got values from .*squares overflow: divide the data"):
        twin.fit(X, Y * 1e200)
    with pytest.raises(ValueError, match=r"Got a loss or weights of (nan|inf) in epoch \d+ of 15.*training diverged"):
        twin.set_params(learning_rate=1e300).fit(X[:, :2], Y)
    assert_array_equal(twin.score_samples(X, Y), model.score_samples(X, Y))


def test_samples_take_both_kinds_of_sources(planar):
    model, X, _ = planar
    for make in (np.random.default_rng, np.random.RandomState):
        assert_array_equal(model.sample(X, 2, make(3)), model.sample(X, 2, make(3)))


def test_bad_input(planar):
    model, X, Y = planar
    for name, value in (
        ("n_components", 0),
        ("n_epochs", 0),
        ("batch_size", True),
        ("learning_rate", 0.0),
        ("weight_decay", -1.0),
        ("validation_fraction", 1.0),
        ("validation_fraction", -0.1),
        ("hidden", 3),
        ("hidden", (8, 0)),
    ):
        with pytest.raises(ValueError, match=f"Got {name}={re.escape(repr(value))}, but expected"):
            MixtureDensityNetwork(**{name: value}).fit(X, Y)
    with pytest.raises(ValueError, match="NaN"):
        MixtureDensityNetwork().fit(X, np.full(200, np.nan))
    with pytest.raises(ValueError, match=r"Got y of shape \(200,\), but expected 200 rows of 2"):
        model.score_samples(X, Y[:, 0])
    with pytest.raises(ValueError, match=r"Got x of shape \(1, 3\), but expected \(3,\): one point"):
        model.at(X[:1])
    with pytest.raises(ValueError, match="Got n_samples=0, but expected a whole number from 1 upwards"):
        model.sample(X, 0)
