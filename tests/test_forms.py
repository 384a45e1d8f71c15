import numpy as np
import pytest
from conftest import matrices, random_mixture

from mixtura.forms import Dense, Diagonal, NotPositiveDefiniteError

FORMS = ("dense", "shared", "diagonal")


@pytest.mark.parametrize("name", FORMS)
def test_every_view_of_a_form_agrees_with_its_matrix(name):
    form = random_mixture(3, 4, name, seed=1).covariances
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(20, 4))
    for k in range(3):
        matrix = form.matrix(k)
        j = k % form.n_stored
        expected = np.einsum("nd,de,ne->n", rows, np.linalg.inv(matrix), rows)
        np.testing.assert_allclose(
            form.squared_distances(k, rows, np.empty_like(rows), np.empty(20)), expected, rtol=1e-10
        )
        np.testing.assert_allclose(form.half_log_determinants[j], 0.5 * np.linalg.slogdet(matrix)[1], rtol=1e-12)
        np.testing.assert_allclose(form.variances[j], np.diag(matrix))
        np.testing.assert_allclose(form.inverse().matrix(k) @ matrix, np.eye(4), atol=1e-9)
        axes = form.colour(k, np.eye(4))  # each row a column of a square root
        np.testing.assert_allclose(axes.T @ axes, matrix, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(form.whiten(k, form.colour(k, rows)), rows, rtol=1e-9, atol=1e-10)
    assert form.precisions.shape == form.stored.shape == form.whiteners.shape


@pytest.mark.parametrize("name", FORMS)
def test_select_chooses_and_repeats(name):
    form = random_mixture(3, 2, name).covariances
    chosen = form.select([2, 0, 2])
    for position, k in enumerate([2, 0, 2]):
        assert np.array_equal(chosen.matrix(position), form.matrix(k))


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 2.0], [2.0, 1.0]],  # indefinite
        [[1.0, 1.0], [1.0, 1.0]],  # singular
        [[1.0, 0.5], [0.0, 1.0]],  # not symmetric
        [[1.0, np.nan], [np.nan, 1.0]],
        [[-1.0, 0.0], [0.0, 1.0]],
        [[1.0, 1 - 1e-17], [1 - 1e-17, 1.0 + 1e-16]],  # definite by rounding alone
    ],
)
def test_a_form_that_exists_is_positive_definite(matrix):
    with pytest.raises(NotPositiveDefiniteError, match=r"not symmetric, positive-definite \(component 1\)") as caught:
        Dense(np.array([np.eye(2), matrix]))
    assert caught.value.component == 1


@pytest.mark.parametrize("variance", [0.0, -1.0, np.nan, np.inf])
def test_variances_are_positive_and_finite(variance):
    with pytest.raises(NotPositiveDefiniteError, match=r"not positive \(component 0\)"):
        Diagonal(np.array([[1.0, variance]]))


def test_scales_of_features_do_not_make_a_matrix_singular():
    scales = np.array([1e-8, 1.0, 1e8])
    correlation = np.array([[1.0, 0.3, 0.1], [0.3, 1.0, 0.2], [0.1, 0.2, 1.0]])
    form = Dense((correlation * np.outer(scales, scales))[None])
    np.testing.assert_allclose(
        form.half_log_determinants, np.log(scales).sum() + 0.5 * np.log(np.linalg.det(correlation)), rtol=1e-12
    )


def test_matrices_helper_counts_components():
    assert matrices(random_mixture(3, 2, "shared")).shape == (3, 2, 2)


@pytest.mark.parametrize("d", [3, 20])
def test_factors_that_were_let_go_of_are_found_again(d):
    form = random_mixture(3, d, "dense", seed=1).covariances
    before, whiteners = form.factors.copy(), form.whiteners
    np.testing.assert_array_equal(form.factors, before)
    np.testing.assert_allclose(
        whiteners @ form.factors.swapaxes(1, 2), np.broadcast_to(np.eye(d), (3, d, d)), atol=1e-12
    )
    np.testing.assert_allclose(form.half_log_determinants, np.linalg.slogdet(form.matrices)[1] / 2, rtol=1e-12)
