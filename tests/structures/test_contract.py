"""What every structure owes: the tests walk the list."""

import numpy as np
import pytest
from conftest import SKLEARN_FAMILIES, make_blobs, random_mixture

from mixtura.engines.memory import Memory
from mixtura.forms import Dense, NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.reference import maximise
from mixtura.structures import STRUCTURES

NAMES = SKLEARN_FAMILIES


def moments_of(blobs, structure, factor=1.0):
    X = blobs.X * factor
    engine = Memory(X, blobs.weights)
    return engine.gather(blobs.shares, structure.need, np.stack([X.mean(axis=0)] * 3))


def expected_log_likelihood(scatters, counts, form):
    """Up to a constant: -½ Σ_k n_k log |Σ_k| + trace(Σ_k⁻¹ S_k)."""
    return sum(
        -0.5
        * (counts[k] * np.linalg.slogdet(form.matrix(k))[1] + np.trace(np.linalg.solve(form.matrix(k), scatters[k])))
        for k in range(len(counts))
    )


@pytest.mark.parametrize("name", NAMES)
def test_update_agrees_with_the_oracle(name, blobs):
    structure = STRUCTURES[name]
    form = structure.update(moments_of(blobs, structure), random_mixture(3, 3, "dense"))
    _, _, covariances = maximise(blobs.X, blobs.shares, blobs.weights, name)
    for k in range(3):
        np.testing.assert_allclose(form.matrix(k), covariances[k], rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_no_neighbour_in_the_family_is_better(name, blobs):
    """The optimality condition: steps within the family, in either direction, never gain."""
    structure = STRUCTURES[name]
    moments = moments_of(blobs, structure)
    full = moments_of(blobs, STRUCTURES["full"])
    best = structure.update(moments, random_mixture(3, 3, "dense"))
    peak = expected_log_likelihood(full.scatter, full.counts, best)
    rng = np.random.default_rng(1)
    published = structure.publish(best.stored)
    for _ in range(20):
        step = 0.03 * rng.normal(size=published.shape) * np.abs(published).mean()
        if published.ndim > 1 and published.shape[-1] == published.shape[-2] and isinstance(best, Dense):
            step = step + np.swapaxes(step, -1, -2)
        for sign in (1, -1):
            other = structure.form(published + sign * step, 3, 3)
            assert expected_log_likelihood(full.scatter, full.counts, other) < peak


@pytest.mark.parametrize("name", NAMES)
def test_update_is_equivariant(name, blobs):
    structure = STRUCTURES[name]
    previous = random_mixture(3, 3, "dense")
    once = structure.update(moments_of(blobs, structure), previous)
    scaled = structure.update(moments_of(blobs, structure, factor=1e-6), previous)
    np.testing.assert_allclose(scaled.stored, once.stored * 1e-12, rtol=1e-9, atol=1e-26)


@pytest.mark.parametrize("name", NAMES)
def test_public_shape_and_back(name, blobs):
    structure = STRUCTURES[name]
    form = structure.update(moments_of(blobs, structure), random_mixture(3, 3, "dense"))
    published = structure.publish(form.stored)
    assert published.shape == structure.shape(3, 3)
    assert np.array_equal(structure.form(published, 3, 3).stored, form.stored)
    assert type(form)(form.stored).n_features == 3


@pytest.mark.parametrize(("name", "count"), [("full", 18), ("tied", 6), ("diag", 9), ("spherical", 3)])
def test_number_of_parameters(name, count):
    assert STRUCTURES[name].n_parameters(3, 3) == count


@pytest.mark.parametrize("name", ["full", "diag", "spherical"])
def test_a_component_without_rows_keeps_its_covariance(name):
    blobs = make_blobs()
    structure = STRUCTURES[name]
    centres = np.zeros((3, 3))
    moments = Memory(blobs.X).gather(np.zeros(len(blobs.X), dtype=int), structure.need, centres)
    kept = (
        structure.form(np.full(structure.shape(3, 3), 2.0), 3, 3)
        if name != "full"
        else Dense(2 * np.stack([np.eye(3)] * 3))
    )
    form = structure.update(moments, Mixture(np.full(3, 1 / 3), centres, kept))
    for k in (1, 2):
        assert np.array_equal(form.matrix(k), kept.matrix(k))


@pytest.mark.parametrize("name", NAMES)
def test_a_singular_maximiser_is_refused(name):
    structure = STRUCTURES[name]
    rows = np.ones((10, 3))
    moments = Memory(rows).gather(np.zeros(10, dtype=int), structure.need, np.zeros((1, 3)))
    with pytest.raises(NotPositiveDefiniteError):
        structure.update(moments, random_mixture(1, 3, "dense"))
