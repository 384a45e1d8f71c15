import numpy as np
import pytest

from mixtura.kernels.portable import NEEDS
from mixtura.needs import DIAGONAL, FULL, POOLED, TRACE


def plain(need, outer):
    """The part of outer products (K, D, D) that a need keeps, by its definition."""
    keep = {
        TRACE: lambda o: np.trace(o, axis1=1, axis2=2),
        DIAGONAL: lambda o: np.diagonal(o, axis1=1, axis2=2),
        POOLED: lambda o: o.sum(axis=0),
        FULL: lambda o: o,
    }
    return keep[need](outer)


@pytest.mark.parametrize("need", NEEDS)
def test_a_need_keeps_its_part_of_the_outer_products(need):
    rng = np.random.default_rng(0)
    counts, shifts, variances = rng.uniform(1, 5, 4), rng.normal(size=(4, 3)), rng.uniform(size=3)
    outer = counts[:, None, None] * np.einsum("kd,ke->kde", shifts, shifts)
    np.testing.assert_allclose(need.displaced(counts, shifts), plain(need, outer))
    noise = counts[:, None, None] * np.diag(variances)
    np.testing.assert_allclose(need.noise(counts, variances), plain(need, noise))
    assert need.displaced(counts, shifts).shape == need.shape(4, 3) == need.noise(counts, variances).shape
    pooled = np.diagonal(outer.sum(axis=0))
    expected = np.full(3, pooled.mean()) if need is TRACE else pooled
    np.testing.assert_allclose(need.pooled_squares(need.displaced(counts, shifts), 3), expected)
    assert (need.squares(need.displaced(counts, shifts)) >= 0).all()


def test_the_list_is_complete():
    assert set(NEEDS) == {TRACE, DIAGONAL, POOLED, FULL}
    assert repr(FULL) == "FULL"
