import dataclasses

import pytest

from mixtura.lab.unequal_blobs import _answer, fit_wide_and_tight


def test_weights_are_nine_to_one_and_kmeans_does_worse(activities):
    found = activities["activity-2"].numbers
    assert found.recovery.fitted.weights == pytest.approx([0.9, 0.1], abs=0.01)
    assert found.mixture_ari > 0.95 > found.kmeans_ari
    assert found.recovery.n_misplaced <= 3


def test_kmeans_takes_what_its_index_says(activities):
    """With all tight points right, the index of k-means is that of this many wrong wide points."""
    from sklearn.metrics import adjusted_rand_score

    found = activities["activity-2"].numbers
    truth = [0] * 450 + [1] * 50
    guess = [1] * found.n_taken_by_kmeans + [0] * (450 - found.n_taken_by_kmeans) + [1] * 50
    assert adjusted_rand_score(truth, guess) == pytest.approx(found.kmeans_ari)


def test_the_answer_follows_the_numbers(activities):
    found = activities["activity-2"].numbers
    assert f"k-means gives {found.n_taken_by_kmeans} of the 450 points of the wide blob" in _answer(found)
    assert "does as well" in _answer(dataclasses.replace(found, kmeans_ari=found.mixture_ari))


def test_both_activities_share_one_mixture():
    one, other = fit_wide_and_tight(5)[0], fit_wide_and_tight(5)[0]
    assert (one.means_ == other.means_).all()
