"""Rows that are a field of packed records, with strides that are no multiple of a number's size."""

import numpy as np
import pytest

from mixtura import GaussianMixture


@pytest.mark.parametrize("fields", [[("id", "i4"), ("x", "f8", (3,))], [("id", "i1"), ("x", "f4", (3,))]])
def test_a_field_of_packed_records_is_worked_on_like_its_copy(fields):
    records = np.zeros(600, fields)
    records["x"] = np.random.default_rng(0).normal(size=(600, 3))
    field, copy = records["x"], records["x"].copy()
    ours, theirs = (GaussianMixture(2, random_state=0).fit(X) for X in (field, copy))
    assert np.array_equal(ours.means_, theirs.means_)
    assert np.array_equal(ours.predict(field), theirs.predict(copy))
    assert np.array_equal(ours.score_samples(field), theirs.score_samples(copy))
