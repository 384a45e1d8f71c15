"""Factors: an exact maximisation that never sees a matrix (D, D)."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from conftest import make_blobs
from hypothesis import given, settings
from hypothesis import strategies as st

from mixtura.engines.memory import Memory
from mixtura.forms import Diagonal
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture
from mixtura.needs import FULL, Projected
from mixtura.reference import factor_analyser, principal_components
from mixtura.structures.factors import DIAGONAL_NOISE, ISOTROPIC_NOISE, Factors

NOISES = {"isotropic": ISOTROPIC_NOISE, "diagonal": DIAGONAL_NOISE}


def start_of(means, X):
    return Mixture(np.full(len(means), 1 / len(means)), means, Diagonal(np.tile(X.var(axis=0), (len(means), 1))))


def settled(structure, blobs, rounds, X=None):
    """Means and covariances after maximisations under fixed memberships, and the full scatter that they belong to."""
    X = blobs.X if X is None else X
    engine = Memory(X, blobs.weights)
    means = engine.gather(blobs.shares, FULL, np.zeros((blobs.shares.shape[1], X.shape[1]))).means
    full = engine.gather(blobs.shares, FULL, means)
    mixture, values = start_of(means, X), []
    for _ in range(rounds):
        moments = engine.gather(blobs.shares, structure.need_of(mixture), means)
        form = structure.update(moments, mixture)
        mixture = Mixture(moments.weights, means, form)
        values.append(expected_log_likelihood(full, form))
    return mixture, full, np.array(values)


def expected_log_likelihood(full, form):
    total = 0.0
    for k, count in enumerate(full.counts):
        matrix = form.matrix(k)
        total -= 0.5 * (count * np.linalg.slogdet(matrix)[1] + np.trace(np.linalg.solve(matrix, full.scatter[k])))
    return total / full.counts.sum()


def test_principal_components_agree_with_the_oracle():
    blobs = make_blobs(n=200, d=12)
    mixture, full, _ = settled(Factors(3, ISOTROPIC_NOISE), blobs, 60)
    for k in range(3):
        oracle = principal_components(full.scatter[k], full.counts[k], 3)
        np.testing.assert_allclose(mixture.covariances.matrix(k), oracle, atol=1e-6 * np.abs(oracle).max())


def test_a_factor_analyser_agrees_with_the_oracle():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(300, 2)) @ rng.normal(size=(2, 9)) + rng.normal(size=(300, 9)) * rng.uniform(0.5, 1.5, 9)
    engine = Memory(X)
    labels, means = np.zeros(300, dtype=int), X.mean(axis=0)[None]
    scatter = engine.gather(labels, FULL, means).scatter[0]
    structure, mixture = Factors(2), start_of(means, X)
    for _ in range(200):
        mixture = Mixture(
            np.ones(1), means, structure.update(engine.gather(labels, structure.need_of(mixture), means), mixture)
        )
    oracle = factor_analyser(scatter, 300.0, 2, 3000)
    np.testing.assert_allclose(mixture.covariances.matrix(0), oracle, rtol=1e-5, atol=1e-5)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    d=st.integers(3, 14),
    q=st.integers(1, 4),
    noise=st.sampled_from(sorted(NOISES)),
    seed=st.integers(0, 1000),
)
def test_no_maximisation_lets_the_likelihood_fall(d, q, noise, seed):
    """The bound that is raised touches the likelihood at the previous mixture, whatever the directions missed."""
    blobs = make_blobs(n=80, d=d, seed=seed)
    *_, values = settled(Factors(min(q, d - 1), NOISES[noise]), blobs, 8)
    assert np.diff(values).min() > -1e-9 * np.abs(values).max()


@pytest.mark.parametrize("noise", NOISES)
def test_update_is_equivariant(noise):
    blobs = make_blobs(d=8)
    structure = Factors(2, NOISES[noise])
    once = settled(structure, blobs, 5)[0].covariances
    scaled = settled(structure, blobs, 5, blobs.X * 1e-6)[0].covariances
    for k in range(3):
        np.testing.assert_allclose(scaled.matrix(k), once.matrix(k) * 1e-12, rtol=1e-6, atol=1e-18)


@pytest.mark.parametrize("noise", NOISES)
def test_more_factors_fit_no_worse(noise):
    blobs = make_blobs(n=200, d=8)
    values = [settled(Factors(q, NOISES[noise]), blobs, 80)[2][-1] for q in (1, 2, 3, 5)]
    assert np.diff(values).min() > -1e-6


def ranked(structure, moments, full, price):
    """The ranks of least criterion by the oracle, which sees whole scatters."""
    q, d = structure.n_factors, moments.centres.shape[1]
    oracles = {ISOTROPIC_NOISE: principal_components, DIAGONAL_NOISE: partial(factor_analyser, n_iter=500)}
    ranks = []
    for scatter, count in zip(full.scatter, full.counts, strict=True):
        criteria = []
        for rank in range(1, q + 1):
            matrix = oracles[structure.noise](scatter, count, rank)
            misfit = count * np.linalg.slogdet(matrix)[1] + np.trace(np.linalg.solve(matrix, scatter))
            criteria.append(misfit + price * (d * rank - rank * (rank - 1) / 2))
        ranks.append(1 + int(np.argmin(criteria)))
    return tuple(ranks)


@pytest.mark.parametrize(
    ("noise", "price"),
    [("isotropic", 0.5), ("isotropic", 8.0), ("isotropic", 30.0), ("diagonal", 2.0), ("diagonal", 8.0)],
)
def test_ranks_agree_with_the_oracle(noise, price):
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [300, 500, 900])
    planes = [rng.normal(size=(q, 10)) * rng.uniform(0.3, 3, size=(q, 1)) for q in (1, 3, 6)]
    X = np.concatenate([rng.normal(size=(n, len(p))) @ p for n, p in zip([300, 500, 900], planes, strict=True)])
    X += rng.normal(size=X.shape)
    engine, structure = Memory(X), Factors(6, NOISES[noise])
    means = engine.gather(labels, FULL, np.zeros((3, 10))).means
    full, mixture = engine.gather(labels, FULL, means), start_of(means, X)
    for _ in range(60):
        moments = engine.gather(labels, structure.need_of(mixture), means)
        mixture = Mixture(moments.weights, means, structure.update(moments, mixture))
    moments = engine.gather(labels, structure.need_of(mixture), means)
    pruned = structure.pruned(moments, mixture, price)
    expected = ranked(structure, moments, full, price)
    assert (pruned.ranks or (6, 6, 6)) == expected
    form = pruned.update(moments, mixture)
    assert tuple(form.ranks) == expected
    assert expected_log_likelihood(full, form) - expected_log_likelihood(full, mixture.covariances) >= (
        0.5 * price * (structure.n_parameters_in_use(form) - structure.n_parameters_in_use(mixture.covariances)) / 1700
    )
    assert pruned.n_parameters(3, 10) == pruned.n_parameters_in_use(form) == structure.n_parameters_in_use(form)


def test_spare_factors_are_dropped_and_without_a_price_none():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 3)) @ (3 * rng.normal(size=(3, 10))) + rng.normal(size=(2000, 10))
    engine, labels, means = Memory(X), np.zeros(2000, dtype=int), X.mean(axis=0)[None]
    structure, mixture = Factors(7, ISOTROPIC_NOISE), start_of(means, X)
    for _ in range(20):
        moments = engine.gather(labels, structure.need_of(mixture), means)
        mixture = Mixture(np.ones(1), means, structure.update(moments, mixture))
    moments = engine.gather(labels, structure.need_of(mixture), means)
    fewer = structure.pruned(moments, mixture, np.log(2000))
    assert fewer.ranks == (3,)
    assert fewer.update(moments, mixture).loadings[0].any(axis=1).tolist() == [True] * 3 + [False] * 4
    assert fewer.pruned(moments, mixture, np.log(2000)) is fewer
    assert structure.pruned(moments, mixture, 1e9).ranks == (0,)


@pytest.mark.parametrize("noise", NOISES)
def test_an_idle_factor_finds_its_direction_unless_it_was_dropped(noise):
    rng = np.random.default_rng(0)
    labels, axes = np.repeat(range(40), 200), rng.normal(size=(40, 12))
    axes *= 3 / np.linalg.norm(axes, axis=1, keepdims=True)
    X = rng.normal(size=(8000, 1)) * axes[labels] + rng.normal(size=(8000, 12))
    engine, means, structure = Memory(X), np.zeros((40, 12)), Factors(1, NOISES[noise])
    alone = NOISES[noise].like(1 + axes**2)[:, None]  # each feature's whole variance: no factor is in use
    mixture = Mixture(np.full(40, 1 / 40), means, LowRank(np.concatenate([alone, 0 * alone], axis=1)))
    assert replace(structure, ranks=(0,) * 40).need_of(mixture).directions.shape == (40, 1, 12)
    for _ in range(6):
        moments = engine.gather(labels, structure.need_of(mixture), means)
        mixture = Mixture(moments.weights, means, structure.update(moments, mixture))
    loadings = mixture.covariances.loadings[:, 0]
    cosines = (loadings * axes).sum(axis=1) / np.maximum(np.linalg.norm(loadings, axis=1), 1e-9) / 3
    assert np.abs(cosines).min() > 0.8
    assert structure.need_of(mixture).directions.shape == (40, 1, 12)  # all are in use, and no sweep does more for them


def test_a_component_without_rows_keeps_its_covariance():
    blobs = make_blobs(d=6)
    structure = Factors(2)
    mixture = settled(structure, blobs, 3)[0]
    labels = np.zeros(len(blobs.X), dtype=int)
    moments = Memory(blobs.X).gather(labels, structure.need_of(mixture), mixture.means)
    form = structure.update(moments, mixture)
    assert np.array_equal(form.parts[1:], mixture.covariances.parts[1:])
    assert not np.array_equal(form.parts[0], mixture.covariances.parts[0])


@pytest.mark.parametrize(("noise", "count"), [("isotropic", 2 * (6 * 2 - 1 + 1)), ("diagonal", 2 * (6 * 2 - 1 + 6))])
def test_number_of_parameters(noise, count):
    assert Factors(2, NOISES[noise]).n_parameters(2, 6) == count


def test_public_shape_and_back():
    structure = Factors(2)
    form = settled(structure, make_blobs(d=6), 2)[0].covariances
    published = structure.publish(form.stored)
    assert published.shape == structure.shape(3, 6)
    assert np.array_equal(structure.form(published, *published.shape[::2]).stored, form.stored)


def test_projected_moments_are_products_of_the_full_ones():
    blobs = make_blobs(d=5)
    rng = np.random.default_rng(0)
    need, centres = Projected(rng.normal(size=(3, 2, 5))), rng.normal(size=(3, 5))
    engine = Memory(blobs.X, blobs.weights)
    full, ours = (engine.gather(blobs.shares, kind, centres) for kind in (FULL, need))
    for second, found in ((full.second, ours.second), (full.scatter, ours.scatter)):
        np.testing.assert_allclose(found[:, 0], np.einsum("kdd->kd", second), rtol=1e-11, atol=1e-10)
        np.testing.assert_allclose(found[:, 1:], need.directions @ second, rtol=1e-10, atol=1e-10)
    noise = rng.uniform(size=5)
    spread = np.einsum("k,d,de->kde", full.counts, noise, np.eye(5))
    np.testing.assert_allclose(need.noise(full.counts, noise)[:, 1:], need.directions @ spread)
    np.testing.assert_allclose(need.pooled_squares(ours.second, 5), np.einsum("kdd->d", full.second), rtol=1e-11)
    assert need.squares(ours.second).shape == (3, 5)
