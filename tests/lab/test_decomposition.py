import dataclasses

import numpy as np
import pytest

from mixtura.lab.decomposition import _answer, _size


@pytest.fixture(scope="module")
def found(activities):
    return activities["images-decomposition"].numbers


def test_the_knee_is_where_the_eye_sees_it(found):
    assert 5 <= found.suggestion.knee <= 20
    assert found.suggestion.variance_90 < found.suggestion.variance_95


def test_shares_of_variance_are_those_of_the_images(found, train):
    rows = train.only(2).images.reshape(-1, 64) / 255
    _, values, basis = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    kept = ((rows - rows.mean(axis=0)) @ basis[:16].T).var(axis=0).sum() / rows.var(axis=0).sum()
    assert found.held == pytest.approx(kept)
    assert found.singular_values[:40] == pytest.approx(values[:40])
    assert found.disagreement < 1e-10
    assert 0.5 < found.all_held < found.held


def test_shapes_are_told_as_they_are(activities, found):
    rows = activities["images-decomposition"].tables[0].rows
    assert rows[0][1] == f"{found.n_images} × {found.n_images}"
    assert rows[0][3] == _size(1442**2) == "16.6 MB"
    assert [_size(n) for n in (1, 1000, 60_000**2)] == ["8 B", "8.0 kB", "28.8 GB"]


def test_the_answer_places_the_knee(found):
    assert f"The knee of the curve lies at {found.suggestion.knee}" in _answer(found)
    for knee, where in ((5, "well below"), (16, "close to"), (40, "well above")):
        other = dataclasses.replace(found, suggestion=dataclasses.replace(found.suggestion, knee=knee))
        assert f"lies at {knee}, {where} the 16" in _answer(other)
