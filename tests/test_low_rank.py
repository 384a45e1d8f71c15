"""The low-rank form keeps the contract of every form, through Woodbury's identity alone."""

import pickle

import mpmath
import numpy as np
import pytest

from mixtura.forms import Dense, NotPositiveDefiniteError
from mixtura.low_rank import LowRank
from mixtura.mixture import Mixture


def random_form(k=3, q=2, d=5, seed=0):
    rng = np.random.default_rng(seed)
    return LowRank(np.concatenate([rng.uniform(0.2, 2, (k, 1, d)), rng.normal(size=(k, q, d))], axis=1))


@pytest.mark.parametrize("q", [0, 1, 2, 4])
def test_every_view_of_a_form_agrees_with_its_matrix(q):
    form = random_form(q=q)
    rows = np.random.default_rng(2).normal(size=(20, 5))
    for k in range(3):
        matrix = np.diag(form.parts[k, 0]) + form.parts[k, 1:].T @ form.parts[k, 1:]
        np.testing.assert_allclose(form.matrix(k), matrix, rtol=1e-14)
        np.testing.assert_allclose(form.variances[k], np.diag(matrix))
        expected = np.einsum("nd,de,ne->n", rows, np.linalg.inv(matrix), rows)
        found = form.squared_distances(k, rows, np.empty_like(rows), np.empty(20))
        np.testing.assert_allclose(found, expected, rtol=1e-10)
        np.testing.assert_allclose(form.half_log_determinants[k], 0.5 * np.linalg.slogdet(matrix)[1], rtol=1e-12)
        np.testing.assert_allclose(form.inverse().matrix(k) @ matrix, np.eye(5), atol=1e-10)
        axes = form.colour(k, np.eye(5))
        np.testing.assert_allclose(axes.T @ axes, matrix, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(form.whiten(k, form.colour(k, rows)), rows, rtol=1e-10, atol=1e-12)
    assert form.precisions.shape == form.stored.shape == form.whiteners.shape
    assert (form.n_features, form.n_stored, form.n_factors) == (5, 3, q)
    assert form.serves(3)
    assert not form.serves(2)


def test_select_and_copies():
    form = random_form()
    assert np.array_equal(form.select([2, 0, 2]).parts, form.parts[[2, 0, 2]])
    again = pickle.loads(pickle.dumps(form))
    assert np.array_equal(again.parts, form.parts)
    with pytest.raises(ValueError, match="read-only"):
        again.parts[0, 0, 0] = 1.0


@pytest.mark.parametrize("bad", [0.0, -1.0, 1e-309, np.nan, np.inf])
def test_noise_is_positive_and_finite(bad):
    parts = random_form().parts.copy()
    parts[1, 0, 3] = bad
    with pytest.raises(NotPositiveDefiniteError) as caught:
        LowRank(parts)
    assert caught.value.component == 1


def test_a_mixture_is_the_same_density_as_with_full_matrices():
    form = random_form(d=7)
    weights, means = np.array([0.5, 0.3, 0.2]), np.random.default_rng(1).normal(size=(3, 7))
    dense = Mixture(weights, means, Dense(np.stack([form.matrix(k) for k in range(3)])))
    low = Mixture(weights, means, form)
    rows, labels = low.sample(2000, np.random.default_rng(0))
    np.testing.assert_allclose(low.log_density(rows), dense.log_density(rows), rtol=1e-11)
    chosen = rows[labels == 0] - means[0]
    np.testing.assert_allclose(form.whiten(0, chosen).T @ form.whiten(0, chosen) / len(chosen), np.eye(7), atol=0.15)


@pytest.mark.parametrize("ratio", [1e0, 1e4, 1e8])
def test_digits_against_fifty(ratio):
    """As many digits are lost as the ratio of a factor's variance to the noise has, and no more."""
    rng = np.random.default_rng(0)
    parts = np.concatenate([np.ones((1, 1, 6)), np.sqrt(ratio) * rng.normal(size=(1, 2, 6))], axis=1)
    form = LowRank(parts)
    row = form.colour(0, rng.normal(size=(1, 6)))
    with mpmath.workdps(50):
        loadings = mpmath.matrix(parts[0, 1:].tolist())
        matrix = loadings.T * loadings + mpmath.diag(parts[0, 0].tolist())
        z = mpmath.matrix(row[0].tolist())
        exact = float((z.T * mpmath.lu_solve(matrix, z))[0])
        determinant = float(mpmath.log(mpmath.det(matrix)) / 2)
    found = form.squared_distances(0, row, np.empty_like(row), np.empty(1))[0]
    assert abs(found - exact) < 1e-14 * max(ratio, 10) * 10
    assert abs(form.half_log_determinants[0] - determinant) < 1e-13 * max(1, abs(determinant)) * 10
