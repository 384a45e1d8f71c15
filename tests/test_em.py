import numpy as np
import pytest
from conftest import FAMILIES, SKLEARN_FAMILIES, make_blobs, matrices, random_mixture

from mixtura import em, reference
from mixtura.engines.memory import Memory
from mixtura.forms import Dense, Diagonal
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import TRACE
from mixtura.outcome import Outcome
from mixtura.regularisation import Regularisation
from mixtura.starts.ground import Ground
from mixtura.structures import STRUCTURES

NAMES = FAMILIES


def ground_of(X, weights=None, name="full", k=3, reg_covar=0.0):
    return Ground.survey(Memory(X, weights), STRUCTURES[name], k, reg_covar)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_follows_the_oracle_step_by_step(name, blobs):
    ground = ground_of(blobs.X, blobs.weights, name)
    start = ground.from_memberships(blobs.shares)
    fit = em.run(ground.engine, ground.structure, start, em.StoppingRule(0.0, 6), ground.regularisation)
    weights, means, covariances, history = reference.fit(blobs.X, blobs.shares, name, 6, blobs.weights)
    loose = 1e3 if name in ("EVE", "VVE") else 1.0  # the oracle's axes are right to half of the digits
    np.testing.assert_allclose(fit.history, history, rtol=1e-11 * loose)
    np.testing.assert_allclose(fit.mixture.weights, weights, rtol=1e-9 * loose)
    np.testing.assert_allclose(fit.mixture.means, means, rtol=1e-8 * loose)
    np.testing.assert_allclose(matrices(fit.mixture), covariances, rtol=1e-8 * loose, atol=1e-10 * loose)
    assert fit.outcome is Outcome.UNFINISHED
    assert fit.n_iter == 6


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
def test_the_likelihood_never_falls(name, seed):
    blobs = make_blobs(n=150, seed=seed)
    ground = ground_of(blobs.X, blobs.weights, name)
    start = ground.spread(blobs.X[:3])
    fit = em.run(ground.engine, ground.structure, start, em.StoppingRule(1e-12, 300), ground.regularisation)
    assert np.diff(fit.history).min() > -1e-12 * abs(fit.log_likelihood)


def test_a_fixed_point_is_where_the_likelihood_is_flat():
    blobs = make_blobs(n=300)
    ground = ground_of(blobs.X)
    stop = em.StoppingRule(1e-14, 2000)
    fit = em.run(ground.engine, ground.structure, ground.from_memberships(blobs.groups), stop, ground.regularisation)
    assert fit.outcome is Outcome.CONVERGED
    rng = np.random.default_rng(0)
    peak = fit.mixture.log_density(blobs.X).mean()
    assert peak == pytest.approx(fit.log_likelihood, rel=1e-13)
    for _ in range(10):
        moved = Mixture(
            fit.mixture.weights, fit.mixture.means + 0.02 * rng.normal(size=(3, 3)), fit.mixture.covariances
        )
        assert moved.log_density(blobs.X).mean() < peak


class Script:
    """An engine whose sweeps return scripted log-likelihoods."""

    def __init__(self, *log_likelihoods):
        self.left = list(log_likelihoods)

    def sweep(self, mixture, need, centres=None):
        moments = Moments.zeros(need, mixture.means if centres is None else centres)
        moments.counts[...], moments.second[...] = 1.0, 1.0
        moments.weight[...], moments.log_likelihood[...] = 1.0, self.left.pop(0)
        return moments


def scripted(*log_likelihoods, tol=0.1, observe=lambda *_: False, max_iter=50):
    start = Mixture(np.ones(1), np.zeros((1, 1)), Diagonal(np.ones((1, 1))))
    nothing = Regularisation(0.0, np.zeros(1), np.zeros(1))
    stop = em.StoppingRule(tol, max_iter)
    return em.run(Script(*log_likelihoods), STRUCTURES["spherical"], start, stop, nothing, observe)


def test_a_fall_of_the_likelihood_is_not_convergence():
    fit = scripted(-5.0, -3.0, -4.0, -1.0, -0.99, -0.98)
    assert fit.history == (-5.0, -3.0, -4.0, -1.0, -0.99, -0.98)
    assert fit.outcome is Outcome.CONVERGED


@pytest.mark.parametrize("last", [-2.99, -1.0, -4.0])
def test_the_maximisation_that_the_last_sweep_paid_for_is_taken(last):
    """Whatever it brings: the small change before it has said that the run is over."""
    fit = scripted(-5.0, -3.0, -2.99, last, -0.5, -0.1)
    assert fit.history == (-5.0, -3.0, -2.99, last)
    assert fit.outcome is Outcome.CONVERGED


def test_a_small_change_in_the_last_iteration_is_convergence_without_another():
    fit = scripted(-5.0, -3.0, -2.99, max_iter=2)
    assert (fit.n_iter, fit.outcome) == (2, Outcome.CONVERGED)


def test_an_observer_that_stops_a_settled_run_spares_it_the_last_iteration():
    fit = scripted(-5.0, -3.0, -2.99, observe=lambda iteration, *_: iteration == 2)
    assert (fit.n_iter, fit.outcome) == (2, Outcome.CONVERGED)
    fit = scripted(-5.0, -3.0, -2.99, -2.0, observe=lambda iteration, *_: iteration == 3)
    assert (fit.n_iter, fit.outcome) == (3, Outcome.CONVERGED)


def test_a_run_that_breaks_in_its_last_iteration_has_not_converged():
    fit = scripted(-5.0, -3.0, -2.99, np.nan)
    assert (fit.n_iter, fit.outcome) == (2, Outcome.OVERFLOWED)


def test_a_likelihood_that_is_no_number_keeps_the_last_sound_mixture():
    for bad in (np.nan, np.inf, -np.inf):
        fit = scripted(-5.0, -3.0, bad)
        assert fit.outcome is Outcome.OVERFLOWED
        assert fit.log_likelihood == -3.0
        assert not fit.outcome.sound


def test_an_observer_is_told_each_iteration_and_may_stop():
    told = []

    def observe(iteration, mixture, log_likelihood, change):
        assert mixture.n_components == 1
        told.append((iteration, log_likelihood, change))
        return iteration == 2

    fit = scripted(-5.0, -3.0, -2.0, -1.0, observe=observe)
    assert told == [(1, -3.0, 2.0), (2, -2.0, 1.0)]
    assert fit.outcome is Outcome.STOPPED


def test_no_iteration_returns_the_start():
    fit = scripted(-5.0, max_iter=0)
    assert fit.outcome is Outcome.STARTED
    assert fit.n_iter == 0
    assert fit.log_likelihood == -5.0


def test_a_collapse_keeps_the_last_sound_mixture():
    X = np.vstack([np.zeros((10, 2)), np.random.default_rng(0).normal(size=(10, 2)) + 5])
    ground = ground_of(X, k=2)
    start = Mixture(np.array([0.5, 0.5]), np.array([[0.0, 0], [5, 5]]), Dense(np.stack([np.eye(2)] * 2)))
    fit = em.run(ground.engine, ground.structure, start, em.StoppingRule(), ground.regularisation)
    assert fit.outcome is Outcome.COLLAPSED
    assert np.isfinite(fit.mixture.log_density(X)).all()
    assert not fit.outcome.converged


def test_variances_of_the_size_of_rounding_count_as_a_collapse():
    """Equal rows far from zero: their computed variance is not exactly 0, and still means nothing."""
    X = np.vstack([np.full((50, 1), 0.1), np.random.default_rng(0).normal(size=(50, 1)) + 5])
    ground = ground_of(X, k=2)
    start = Mixture(np.array([0.5, 0.5]), np.array([[0.2], [5.0]]), Dense(np.stack([np.eye(1) * 0.01, np.eye(1)])))
    fit = em.run(ground.engine, ground.structure, start, em.StoppingRule(0.0, 200), ground.regularisation)
    assert fit.outcome is Outcome.COLLAPSED


def test_an_emptied_component_is_said_and_keeps_its_place():
    X = np.random.default_rng(0).normal(size=(100, 2))
    ground = ground_of(X, k=2)
    start = Mixture(np.array([0.5, 0.5]), np.array([[0.0, 0], [1e3, 1e3]]), Dense(np.stack([np.eye(2)] * 2)))
    fit = em.run(ground.engine, ground.structure, start, em.StoppingRule(), ground.regularisation)
    assert fit.outcome is Outcome.EMPTIED
    assert np.array_equal(fit.mixture.weights, [1.0, 0.0])
    assert np.array_equal(fit.mixture.means[1], [1e3, 1e3])


def test_means_that_move_far_lose_no_digits():
    """From a start 1e9 deviations away, the first sums cancel; they are taken again about the new means."""
    X = np.random.default_rng(0).normal(size=(400, 2))
    far = Mixture(np.ones(1), np.full((1, 2), 1e9), Dense(1e18 * np.eye(2)[None]))
    engine = Memory(X)
    moments = em.expect(engine, far, STRUCTURES["full"].need)
    np.testing.assert_allclose(moments.scatter[0] / 400, np.cov(X.T, bias=True), rtol=1e-6)
    lost = engine.sweep(far, STRUCTURES["full"].need)
    assert abs(lost.scatter[0, 0, 0] / 400 / X[:, 0].var() - 1) > 0.1  # what one sweep alone would give


def test_regularisation_is_rows_of_noise(blobs):
    plain, noisy = ground_of(blobs.X), ground_of(blobs.X, reg_covar=0.5)
    moments = plain.engine.gather(blobs.shares, plain.structure.need, random_mixture(3, 3, "dense").means)
    without = em.maximise(plain.structure, moments, random_mixture(3, 3, "dense"), plain.regularisation)
    added = em.maximise(plain.structure, moments, random_mixture(3, 3, "dense"), noisy.regularisation)
    np.testing.assert_allclose(matrices(added) - matrices(without), np.stack([0.5 * np.eye(3)] * 3), atol=1e-12)


@pytest.mark.parametrize("name", [*SKLEARN_FAMILIES, "EII", "EEI"])  # whose maximisations are sums of moments
def test_automatic_regularisation_is_a_share_of_the_variance_within_components(name, blobs):
    ground = ground_of(blobs.X, blobs.weights, name, reg_covar="auto")
    moments = ground.engine.gather(blobs.shares, ground.structure.need, random_mixture(3, 3, "dense").means)
    previous = random_mixture(3, 3, "dense")
    nothing = Regularisation(0.0, np.zeros(3), np.zeros(3))
    without = matrices(em.maximise(ground.structure, moments, previous, nothing))
    added = matrices(em.maximise(ground.structure, moments, previous, ground.regularisation)) - without
    within = np.diagonal(np.einsum("k,kde->de", moments.weights, without))
    for k in range(3):
        np.testing.assert_allclose(np.diag(added[k]), 1e-6 * within, rtol=1e-6)
        np.testing.assert_allclose(added[k] - np.diag(np.diag(added[k])), 0, atol=1e-12)


def test_automatic_regularisation_has_a_base_where_nothing_varies():
    means, variances = np.array([0.0, 0.0, 3.0, 0.0]), np.array([1.0, 1e-12, 0.0, 0.0])
    found = Regularisation.automatic(means, variances).base
    np.testing.assert_allclose(found, [1e-24, 1e-36, 0.5e-6, 0.5e-6])
    offset = Regularisation.automatic(np.array([1e8]), np.ones(1))
    assert (offset.base > offset.least).all()  # what it adds is never taken for a collapse
    alone = Regularisation.automatic(np.array([3.0, 0.0]), np.zeros(2)).base
    np.testing.assert_allclose(alone, [9e-6, 1e-6])


def test_needs_of_a_scripted_engine_are_met():
    assert STRUCTURES["spherical"].need is TRACE
