import dataclasses

import numpy as np
import pytest

from mixtura import GaussianMixture
from mixtura.datasets import two_blobs
from mixtura.lab.recovery import recover, recovery_table, verdict

CENTRES, SPREADS = np.array([[-2.0, 0.0], [2.0, 0.0]]), np.array([0.25, 0.25])
NAMES = ("left", "right")


@pytest.fixture(scope="module")
def found():
    X, labels = two_blobs(random_state=3)
    return recover(GaussianMixture(2, random_state=3).fit(X), X, labels, CENTRES, SPREADS)


def test_components_stand_in_the_order_of_the_blobs(found):
    assert found.fitted.means == pytest.approx(CENTRES, abs=0.1)
    assert found.n_misplaced == 0


@pytest.mark.parametrize("seed", range(3))
def test_swapping_the_components_changes_nothing_but_the_order(seed):
    X, labels = two_blobs(random_state=seed)
    gmm = GaussianMixture(2, random_state=seed).fit(X)
    turned = GaussianMixture(2, init_params=1 - gmm.predict(X)).fit(X)
    one, other = (recover(each, X, labels, CENTRES, SPREADS) for each in (gmm, turned))
    assert one.fitted.means == pytest.approx(other.fitted.means)
    assert list(one.order) == list(1 - other.order)
    assert one.n_misplaced == other.n_misplaced


def test_standard_errors_are_those_of_many_draws():
    """Sample means, variances and covariances of 300 draws of 50 points scatter as `chance` says."""
    rng = np.random.default_rng(0)
    draws = 0.25 * rng.standard_normal((300, 50, 2))
    means = draws.mean(axis=1)
    covariances = np.einsum("rni,rnj->rij", draws - means[:, None], draws - means[:, None]) / 50
    X, labels = two_blobs(sizes=(50, 50), random_state=0)
    chance = recover(GaussianMixture(2, random_state=0).fit(X), X, labels, CENTRES, SPREADS).chance
    assert means.std(axis=0) == pytest.approx(chance.means[0], rel=0.12)
    assert covariances.std(axis=0) == pytest.approx(chance.covariances[0], rel=0.12)


def test_surprises_are_errors_in_standard_errors(found):
    error = found.fitted.covariances[1, 0, 0] - 0.0625
    assert found.surprises[1, 2] == pytest.approx(error / (0.0625 * np.sqrt(2 / 250)))
    assert found.surprises.shape == (2, 5)


def test_the_table_has_every_parameter(found):
    rows = recovery_table(found, NAMES, "All.").rows
    assert len(rows) == 12
    assert rows[0][:2] == ("left: weight", "0.500")
    assert rows[7][0] == "right: mean, first feature"
    assert rows[7][2] == f"{found.fitted.means[1, 0]:.4f}"


def test_the_verdict_follows_the_numbers(found):
    assert "no more than chance" in verdict(found, NAMES)
    means = found.fitted.means.copy()
    means[1, 0] += 1.0
    moved = dataclasses.replace(found, fitted=dataclasses.replace(found.fitted, means=means))
    words = verdict(moved, NAMES)
    assert "the mean of the right blob" in words
    assert "more than chance alone does as a rule" in words
    assert f"{abs(moved.surprises[1, 0]):.1f} standard errors" in words
