import dataclasses

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.datasets import mapped_blobs
from mixtura.lab.linear_maps import _answer, _finding


@pytest.fixture(scope="module")
def found(activities):
    return activities["activity-4"].numbers


def test_the_mixture_finds_the_blobs_where_kmeans_does_not(found):
    assert found.mixture_ari[found.shown] >= 0.95
    assert found.mixture_ari[found.shown] > found.kmeans_ari[found.shown]
    assert np.median(found.mixture_ari) >= 0.95
    assert np.median(found.mixture_ari) > np.median(found.kmeans_ari)


def test_the_draw_shown_is_the_one_with_the_largest_gap(found):
    gaps = np.abs(found.mixture_ari - found.kmeans_ari)
    assert gaps[found.shown] == gaps.max()
    assert sum(found.wins) == found.n_draws == 12


def test_scores_are_those_of_the_seed(found):
    seed = 3
    _, X, labels = mapped_blobs(random_state=seed)
    groups = GaussianMixture(3, n_init=5, random_state=seed).fit_predict(X)
    assert found.mixture_ari[seed] == adjusted_rand_score(labels, groups)


def test_knowing_the_truth_is_never_much_worse(found):
    assert (found.informed_ari >= found.mixture_ari - 0.03).all()


def test_the_answer_follows_the_numbers(found):
    wins, ties, losses = found.wins
    answer = _answer(found)
    assert f"the mixture does better in {wins}, k-means in {losses}, and in {ties} they do equally well" in answer
    assert f"index of {found.mixture_ari[found.shown]:.3f}, k-means {found.kmeans_ari[found.shown]:.3f}" in answer
    swapped = dataclasses.replace(found, mixture_ari=found.kmeans_ari, kmeans_ari=found.mixture_ari)
    assert "In the draw shown k-means does better" in _answer(swapped)
    equal = dataclasses.replace(found, kmeans_ari=found.mixture_ari)
    assert "both agree equally well" in _answer(equal)
    assert f"the mixture does better in {wins} draws" in _finding(found)


def test_errors_beyond_those_of_overlap_are_owned(found):
    poor = dataclasses.replace(found, mixture_misplaced=found.informed_misplaced + 20)
    assert "some of its errors are not due to overlap" in _answer(poor)
    perfect = dataclasses.replace(found, mixture_misplaced=np.zeros_like(found.mixture_misplaced))
    assert "misplaces" not in _answer(perfect)
