import dataclasses

import pytest

from mixtura.lab import recover_two_blobs
from mixtura.lab.two_blobs import _answer, _finding


@pytest.mark.parametrize("seed", [1, 2])
def test_the_truth_of_the_lab_holds_for_other_seeds(seed):
    found = recover_two_blobs(seed).numbers
    assert found.fitted.weights == pytest.approx([0.5, 0.5], abs=1e-3)
    assert found.fitted.means == pytest.approx(found.true.means, abs=0.08)
    assert found.fitted.covariances == pytest.approx(found.true.covariances, abs=0.025)
    assert found.n_misplaced == 0


def test_words_follow_the_numbers(activities):
    activity = activities["activity-1"]
    weights = activity.numbers.fitted.weights
    assert f"The weights are {weights[0]:.3f} and {weights[1]:.3f}" in activity.answer
    assert "all 500 points are given to the component of their own blob" in activity.answer
    assert "0 of 500 points are misplaced" in activity.finding
    worse = dataclasses.replace(activity.numbers, n_misplaced=7)
    assert "7 of 500 points are given to the component of the other blob" in _answer(worse)
    assert "7 of 500" in _finding(worse)


def test_the_same_seed_gives_the_same_bytes(activities):
    again, first = recover_two_blobs(0), activities["activity-1"]
    assert [picture.content for picture in again.pictures] == [picture.content for picture in first.pictures]
    assert again.tables == first.tables
    assert recover_two_blobs(1).tables != first.tables
