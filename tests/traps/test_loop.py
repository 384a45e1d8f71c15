"""Traps 15 to 17: what counts as convergence, which run is kept, and which mixture a likelihood belongs to."""

import warnings
from dataclasses import dataclass, field

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from mixtura import GaussianMixture, Mixture, Outcome, em
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL
from mixtura.regularisation import Regularisation
from mixtura.structures import STRUCTURES

from .conftest import two_groups

every_family = pytest.mark.parametrize("family", SKLEARN_FAMILIES)


@dataclass
class Scripted:
    """An engine that has no rows: its sweeps return the log-likelihoods that it was given, one after another."""

    log_likelihoods: list[float]
    swept: list[Mixture] = field(default_factory=list)

    def sweep(self, mixture, need, centres=None):
        moments = Moments.zeros(need, mixture.means)
        moments.counts[...] = moments.weight[...] = 1.0
        moments.second[...] = 1.0 + len(self.swept)  # so that each maximisation makes another mixture
        moments.log_likelihood[...] = self.log_likelihoods[len(self.swept)]
        self.swept.append(mixture)
        return moments


def run(log_likelihoods, tol=0.1, max_iter=100, observe=lambda *_: False):
    engine = Scripted(log_likelihoods)
    structure = STRUCTURES["diag"]
    assert structure.need is DIAGONAL
    start = Mixture(np.ones(1), np.zeros((1, 1)), structure.form(np.ones((1, 1)), 1, 1))
    nothing = Regularisation(0.0, np.zeros(1), np.zeros(1))
    return em.run(engine, structure, start, em.StoppingRule(tol, max_iter), nothing, observe), engine


# Trap 15: pomegranate and OpenCV stop, satisfied, when the likelihood falls.
def test_a_fall_of_the_likelihood_is_not_convergence():
    fit, _ = run([-5.0, -3.0, -4.0, -9.0, -2.0, -1.95, -1.94])
    assert fit.outcome is Outcome.CONVERGED
    assert fit.history == (-5.0, -3.0, -4.0, -9.0, -2.0, -1.95, -1.94)
    fit, _ = run([-5.0, -3.0, -9.0], max_iter=2)
    assert fit.outcome is Outcome.UNFINISHED
    assert (fit.n_iter, fit.log_likelihood) == (2, -9.0)


# Trap 15: the mixture that is kept is the one that the last likelihood belongs to.
def test_a_likelihood_belongs_to_the_mixture_that_was_swept():
    fit, engine = run([-5.0, -3.0, -1.0, -0.95, -0.94])
    assert engine.swept[-1] is fit.mixture
    fit, engine = run([-5.0, -3.0, -1.0], max_iter=2)
    assert engine.swept[-1] is fit.mixture


# Trap 15: a likelihood that is not a number ends the run with the last sound mixture.
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_likelihood_that_is_no_number_ends_the_run(bad):
    fit, engine = run([-5.0, -3.0, bad, -1.0])
    assert fit.outcome is Outcome.OVERFLOWED
    assert not fit.outcome.converged
    assert fit.history == (-5.0, -3.0)
    assert fit.mixture is engine.swept[1]


# Trap 15: a start out of reach is no end.
def test_a_start_without_a_likelihood_may_recover():
    fit, _ = run([-np.inf, -3.0, -2.0, -1.99, -1.98])
    assert fit.outcome is Outcome.CONVERGED


def test_a_request_to_stop_is_heard_and_convergence_heard_first():
    fit, _ = run([-5.0, -3.0, -1.0, -0.5], observe=lambda iteration, *_: iteration == 2)
    assert (fit.outcome, fit.n_iter) == (Outcome.STOPPED, 2)
    fit, _ = run([-5.0, -3.0, -2.95], observe=lambda iteration, *_: iteration == 2)
    assert fit.outcome is Outcome.CONVERGED


COPIES = 40
SOUND = np.repeat([0, 1], 200)


def rows_with_copies() -> np.ndarray:
    """Two groups; the first rows are copies of one, so that a component on them alone has no width."""
    X = two_groups()
    X[1:COPIES] = X[0]
    return X


def narrow(rest: float) -> np.ndarray:
    """Responsibilities (400, 2) of a start on the copies, and on a little of the other rows."""
    shares = np.full((400, 2), [1.0 - rest, rest])
    shares[:COPIES] = [0.0, 1.0]
    return shares


collapsing = pytest.mark.parametrize(("family", "rest"), [("full", 1e-4), ("diag", 1e-6), ("spherical", 1e-6)])
"""A family, and how little of the other rows it takes for a start that is sound and collapses later."""


# Trap 15: the best of several runs, when some start singular and some collapse later with a higher likelihood.
@collapsing
@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", ["bad sound", "sound bad", "bad bad sound", "sound bad bad"])
def test_the_best_run_survives_those_that_collapse(family, rest, at_once, order):
    X, bad = rows_with_copies(), narrow(0.0 if at_once else rest)
    starts = iter(order.split())

    def memberships(X, n_components, random_state):
        return SOUND if next(starts) == "sound" else bad

    parameters = {"covariance_type": family, "reg_covar": 0, "max_iter": 1000}
    gmm = GaussianMixture(2, n_init=len(order.split()), init_params=memberships, **parameters).fit(X)
    alone = GaussianMixture(2, init_params=SOUND, **parameters).fit(X)
    assert gmm.outcome_ is Outcome.CONVERGED
    assert_array_equal(gmm.means_, alone.means_)


# Trap 15: and when no run is left, a clear error or the last sound mixture with a warning, not a crash.
@collapsing
def test_when_every_run_collapses_it_is_said(family, rest):
    X = rows_with_copies()
    gmm = GaussianMixture(2, covariance_type=family, reg_covar=0, max_iter=1000, n_init=2)
    with pytest.raises(ValueError, match="ill-defined empirical covariance"):
        gmm.set_params(init_params=narrow(0.0)).fit(X)
    with pytest.warns(ConvergenceWarning, match="collapsed onto too few distinct rows"):
        gmm.set_params(init_params=narrow(rest)).fit(X)
    assert gmm.outcome_ is Outcome.COLLAPSED
    assert np.isfinite(gmm.score(X))


# Trap 15: the run with the highest likelihood is kept.
def test_the_best_of_several_runs_is_kept():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2)) + 5 * rng.integers(4, size=(300, 1))
    several = GaussianMixture(4, n_init=6, init_params="random_from_data", random_state=0).fit(X)
    random = np.random.RandomState(0)
    alone = [GaussianMixture(4, init_params="random_from_data", random_state=random).fit(X) for _ in range(6)]
    best = max(alone, key=lambda gmm: gmm.lower_bound_)
    assert several.lower_bound_ == best.lower_bound_
    assert several.n_iter_ == best.n_iter_
    assert len({gmm.lower_bound_ for gmm in alone}) > 1


# Trap 16: convergence is judged on the new rows; the old likelihood has nothing to say.
@every_family
def test_a_warm_start_with_new_rows_goes_to_the_new_rows(X, family):
    gmm = GaussianMixture(2, covariance_type=family, warm_start=True, tol=1e-8, max_iter=500, random_state=0).fit(X)
    old = gmm.means_
    gmm.fit(X + 1.0)
    assert gmm.converged_
    assert_allclose(gmm.means_, old + 1.0, atol=1e-3)
    assert_allclose(gmm.lower_bound_, gmm.score(X + 1.0), rtol=1e-12)


# Trap 16: rows whose likelihood under the old mixture equals that of the old rows are the ones that deceive.
def test_a_warm_start_is_not_deceived_by_an_equal_likelihood():
    X = two_groups()
    gmm = GaussianMixture(2, warm_start=True, tol=1e-6, max_iter=500, random_state=0).fit(X)
    mirrored = gmm.mixture_.weights @ gmm.means_ * 2 - X  # the same rows turned about their centre
    mirrored[:, 1] = X[:, 1]
    gmm.fit(mirrored)
    again = GaussianMixture(2, tol=1e-6, max_iter=500, random_state=0).fit(mirrored)
    assert_allclose(gmm.score(mirrored), again.score(mirrored), atol=1e-4)


# Trap 16.
def test_a_warm_start_goes_on_where_the_last_fit_stopped(X):
    blurred = X + np.random.default_rng(0).normal(size=X.shape, scale=2.0)
    once = GaussianMixture(3, tol=0, max_iter=20, random_state=0)
    twice = GaussianMixture(3, tol=0, max_iter=10, random_state=0, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        once.fit(blurred)
        twice.fit(blurred).fit(blurred)
    assert_array_equal(twice.means_, once.means_)
    assert twice.lower_bounds_ == once.lower_bounds_[10:]


# Trap 16.
def test_a_warm_start_with_another_shape_is_refused(X):
    gmm = GaussianMixture(2, warm_start=True, random_state=0).fit(X)
    with pytest.raises(ValueError, match=r"warm_start=True.*\(3, 2, 'full'\), expected \(2, 2, 'full'\)"):
        gmm.set_params(n_components=3).fit(X)
    with pytest.raises(ValueError, match="Set warm_start=False to begin anew"):
        gmm.set_params(n_components=2, covariance_type="diag").fit(X)


# Trap 16: lower_bound_ is of the mixture that was returned, after any number of iterations.
@every_family
@pytest.mark.parametrize("max_iter", [0, 1, 3, 100])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_lower_bound_is_the_score_on_the_training_rows(X, family, max_iter, weighted):
    weights = np.random.default_rng(0).uniform(0.1, 3, size=len(X)) if weighted else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        gmm = GaussianMixture(3, covariance_type=family, max_iter=max_iter, init_params="random", random_state=0)
        gmm.fit(X, sample_weight=weights)
    assert_allclose(gmm.lower_bound_, gmm.score(X, sample_weight=weights), rtol=1e-12)
    assert gmm.lower_bounds_[-1:] == [gmm.lower_bound_][: gmm.n_iter_]


# Trap 17: the tolerance is of the mean log-likelihood in nats, so the number of rows does not matter.
@pytest.mark.parametrize("tol", [1e-2, 1e-4, 1e-7])
def test_the_tolerance_is_of_the_mean_log_likelihood(tol):
    X = two_groups(apart=2.0)
    gmm = GaussianMixture(2, tol=tol, max_iter=5000, random_state=0).fit(X)
    start = GaussianMixture(2, max_iter=0, random_state=0).fit(X).lower_bound_
    changes = np.abs(np.diff([start, *gmm.lower_bounds_]))
    assert changes[-2] <= tol  # and one iteration more, which that sweep had paid for
    assert (changes[:-2] > tol).all()
    fivefold = GaussianMixture(2, tol=tol, max_iter=5000, random_state=0).fit(np.repeat(X, 5, axis=0))
    assert fivefold.n_iter_ == gmm.n_iter_


# Trap 17.
def test_a_run_that_did_not_converge_says_what_to_do(X):
    with pytest.warns(ConvergenceWarning, match="did not converge.*increase max_iter") as record:
        gmm = GaussianMixture(2, tol=0, max_iter=2, init_params="random", random_state=0).fit(X)
    assert record[0].filename == __file__
    assert not gmm.converged_
    assert gmm.outcome_ is Outcome.UNFINISHED
    assert gmm.n_iter_ == 2
