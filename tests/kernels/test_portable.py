import numpy as np
import pytest
from conftest import matrices, random_mixture

from mixtura.forms import Diagonal
from mixtura.kernels.portable import NEEDS, Scratch, accumulate, expect
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.reference import log_joint, responsibilities

FORMS = ("dense", "shared", "diagonal")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("n", "d"), [(1, 1), (7, 2), (33, 5)])
def test_expect_agrees_with_the_oracle(form, n, d):
    mixture = random_mixture(3, d, form)
    rows = np.random.default_rng(0).normal(size=(n, d)) * 3
    found, density = expect(rows, mixture, Scratch.allocate(n + 4, 3, d))
    expected, log_density = responsibilities(log_joint(rows, mixture.weights, mixture.means, matrices(mixture)))
    np.testing.assert_allclose(found.T, expected, rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(density, log_density, rtol=1e-11)
    np.testing.assert_allclose(found.sum(axis=0), 1.0, rtol=1e-14)


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("weighted", [False, True])
def test_accumulate_is_the_sum_of_outer_products(need, weighted):
    rng = np.random.default_rng(0)
    rows, shares = rng.normal(size=(40, 3)), rng.dirichlet(np.ones(2), size=40)
    shares[:20, 0], shares[:20, 1] = 1.0, 0.0  # half of the pairs are negligible
    weights = rng.uniform(0.5, 2, size=40) if weighted else None
    centres = rng.normal(size=(2, 3))
    moments = Moments.zeros(need, centres)
    accumulate(rows, np.ascontiguousarray(shares.T), weights, moments, Scratch.allocate(40, 2, 3))
    r = shares * (1 if weights is None else weights[:, None])
    z = rows[:, None] - centres  # (n, K, D)
    outer = np.einsum("nk,nkd,nke->kde", r, z, z)
    full = Moments.zeros(NEEDS[-1], centres)
    accumulate(rows, np.ascontiguousarray(shares.T), weights, full, Scratch.allocate(40, 2, 3))
    np.testing.assert_allclose(full.second, outer, rtol=1e-12)
    np.testing.assert_allclose(moments.counts, r.sum(axis=0), rtol=1e-13)
    np.testing.assert_allclose(moments.first, np.einsum("nk,nkd->kd", r, z), rtol=1e-12)
    reduced = {
        "TRACE": np.trace(outer, axis1=1, axis2=2),
        "DIAGONAL": np.diagonal(outer, axis1=1, axis2=2),
        "POOLED": outer.sum(axis=0),
        "FULL": outer,
    }
    np.testing.assert_allclose(moments.second, reduced[repr(need)], rtol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_rows_beyond_the_range_of_squares_still_belong_somewhere(form):
    """1e160 squared is no float64: the density is below the least number, the responsibilities are not."""
    mixture = random_mixture(3, 2, form)
    rows = np.array([[0.0, 0.0], [1e160, 0.0], [0.0, -1e300], [1e200, 1e200]])
    shares, density = expect(rows, mixture, Scratch.allocate(4, 3, 2))
    assert np.isfinite(density[0])
    assert (density[1:] == -np.inf).all()
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    if form != "shared":
        widest = matrices(mixture)[:, 0, 0] if form == "diagonal" else 1 / np.linalg.inv(matrices(mixture))[:, 0, 0]
        assert shares[:, 1].argmax() == widest.argmax()


def test_a_far_row_never_goes_to_an_empty_component():
    mixture = Mixture(np.array([1.0, 0.0]), np.zeros((2, 1)), Diagonal(np.array([[1.0], [4.0]])))
    shares, _ = expect(np.array([[1e170]]), mixture, Scratch.allocate(1, 2, 1))
    assert np.array_equal(shares[:, 0], [1.0, 0.0])


def test_float32_rows_are_summed_in_float64():
    rng = np.random.default_rng(0)
    rows = (1000 + rng.normal(size=(500, 2))).astype(np.float32)
    centres = np.full((1, 2), 1000.0)
    for need in NEEDS:
        single, double = Moments.zeros(need, centres), Moments.zeros(need, centres)
        accumulate(rows, np.ones((1, 500)), None, single, Scratch.allocate(500, 1, 2))
        accumulate(rows.astype(np.float64), np.ones((1, 500)), None, double, Scratch.allocate(500, 1, 2))
        np.testing.assert_allclose(single.second, double.second, rtol=1e-15)
