import functools
import operator
from dataclasses import fields, replace

import numpy as np
import pytest
from conftest import make_blobs

from mixtura.engines.memory import Memory
from mixtura.kernels.portable import NEEDS
from mixtura.moments import Moments
from mixtura.needs import FULL, TRACE


def gathered(blobs, need, rows=slice(None), centres=None):
    centres = np.zeros((3, 3)) if centres is None else centres
    return Memory(blobs.X[rows], blobs.weights[rows]).gather(blobs.shares[rows], need, centres)


@pytest.mark.parametrize("need", NEEDS)
def test_any_split_in_any_order_adds_up(need, blobs):
    whole = gathered(blobs, need)
    cuts = [slice(0, 1), slice(1, 50), slice(50, 53), slice(53, None)]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        parts = functools.reduce(operator.add, [gathered(blobs, need, cuts[i]) for i in order])
        for field in ("counts", "first", "second", "weight"):
            np.testing.assert_allclose(getattr(parts, field), getattr(whole, field), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("need", NEEDS)
def test_nothing_is_the_neutral_element(need, blobs):
    some = gathered(blobs, need)
    both = some + Moments.zeros(need, some.centres)
    assert np.array_equal(both.second, some.second)
    assert np.array_equal(both.counts, some.counts)


def test_only_sums_of_the_same_kind_add(blobs):
    with pytest.raises(ValueError, match="same second moment about the same centres; got FULL and TRACE"):
        gathered(blobs, FULL) + gathered(blobs, TRACE)
    with pytest.raises(ValueError, match="same centres"):
        gathered(blobs, FULL) + gathered(blobs, FULL, centres=np.ones((3, 3)))


@pytest.mark.parametrize("need", NEEDS)
def test_means_and_scatter_do_not_depend_on_the_centres(need, blobs):
    here, there = gathered(blobs, need), gathered(blobs, need, centres=np.full((3, 3), 2.5))
    np.testing.assert_allclose(here.means, there.means, rtol=1e-12)
    np.testing.assert_allclose(here.scatter, there.scatter, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(here.weights, there.weights, rtol=1e-14)


def test_another_second_moment_leaves_all_else_as_it_was(blobs):
    moments = replace(gathered(blobs, FULL), noise=np.array(3.0), log_likelihood=np.array(-7.0))
    other = moments.with_second(2.0 * moments.second)
    assert np.array_equal(other.second, 2.0 * moments.second)
    for field in fields(Moments):
        assert field.name == "second" or getattr(other, field.name) is getattr(moments, field.name)
    np.testing.assert_array_equal(other.means, moments.means)
    np.testing.assert_allclose(other.scatter, 2.0 * moments.second - (moments.second - moments.scatter))


def test_without_rows_there_is_no_mean_log_likelihood():
    assert np.isnan(Moments.zeros(TRACE, np.zeros((2, 1))).mean_log_likelihood)


def test_a_component_without_rows_stays_where_it_was():
    blobs = make_blobs()
    centres = np.array([[0.0, 0, 0], [7.0, 8, 9], [1.0, 1, 1]])
    moments = Memory(blobs.X).gather(np.zeros(len(blobs.X), dtype=int), FULL, centres)
    assert np.array_equal(moments.means[1:], centres[1:])
    assert np.array_equal(moments.weights, [1.0, 0.0, 0.0])
    assert moments.cancellation < 100


def test_cancellation_tells_how_many_digits_went():
    rows = np.random.default_rng(0).normal(size=(500, 1))
    far = Memory(rows).gather(np.zeros(500, dtype=int), FULL, np.array([[1e4]]))
    near = Memory(rows).gather(np.zeros(500, dtype=int), FULL, np.array([[0.0]]))
    assert 5e7 < far.cancellation < 2e8
    assert near.cancellation < 1.1
    assert far.cancels(5e7)
    assert not far.cancels(2e8)
    assert not near.cancels(1.1)


def test_equal_rows_lose_all_digits():
    rows = np.full((100, 2), 0.5)
    moments = Memory(rows).gather(np.zeros(100, dtype=int), FULL, np.array([[0.25, 1.0]]))
    assert not moments.scatter.any()
    assert moments.cancellation == np.inf
    assert moments.cancels(1e300)
