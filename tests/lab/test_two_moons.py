import dataclasses

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixtureSearch, MergedGaussianMixture
from mixtura.datasets import two_moons
from mixtura.lab import find_moons
from mixtura.lab.two_moons import _answer, _finding


@pytest.fixture(scope="module")
def found(activities):
    return activities["activity-5"].numbers


def test_the_arcs_are_recovered_as_groups_of_components(found):
    assert found.chosen_ari >= 0.98
    assert found.n_misplaced <= 1
    assert 5 <= found.chosen <= 9
    assert found.n_clusters == 2
    assert found.cluster_ari == found.chosen_ari
    assert found.tree.n_components == found.chosen


def test_neither_two_components_nor_kmeans_will_do(found):
    assert found.ari[1] < 0.7
    assert found.kmeans_ari < 0.7


def test_criteria_are_charges_on_one_likelihood(found):
    """AIC and BIC differ by the charge for 6 K - 1 parameters; ICL is never below BIC."""
    parameters = 6 * found.n_components - 1
    assert found.bic - found.aic == pytest.approx(parameters * (np.log(200) - 2))
    assert (found.icl >= found.bic - 1e-9).all()
    assert found.bic.min() == found.bic[found.chosen - 1]


def test_each_row_of_the_table_is_of_one_fit():
    """The index beside a criterion is that of the fit whose criterion it is."""
    X, arcs = two_moons(random_state=0)
    found = find_moons(0, max_components=4).numbers
    fit = GaussianMixtureSearch(3, covariance_type="full", n_init=5, random_state=0).fit(X)
    joined = MergedGaussianMixture(2, estimator=fit).fit(X)
    assert (found.bic[2], found.ari[2]) == (fit.best_score_, adjusted_rand_score(arcs, joined.labels_))


@pytest.mark.parametrize("seed", [3])
def test_other_draws_are_grouped_as_well(seed):
    assert find_moons(seed, max_components=11).numbers.chosen_ari >= 0.95


def test_the_answer_follows_the_numbers(found):
    answer = _answer(found)
    assert f"BIC is lowest at {found.chosen}" in answer
    assert f"an index of {found.ari[1]:.3f}" in answer
    assert "all 200 points end in their own arc" in answer
    assert "need not be told: the overlaps say so" in answer
    assert f"overlaps by {found.tree.overlaps[:-1].min():.3f} or more (of 1)" in answer
    assert f"what is not by {found.tree.overlaps[-1]:.3f} or less" in answer
    wrong = dataclasses.replace(
        found,
        n_misplaced=9,
        ari=np.where(found.n_components == 2, 0.95, 0.5),
        n_clusters=found.chosen,
        cluster_ari=0.25,
    )
    assert f"the overlaps say {found.chosen} (index 0.250)" in _answer(wrong)
    assert "overlaps by" not in _answer(wrong)
    assert "9 of 200 points end in the wrong arc" in _answer(wrong)
    assert "Two components already agree" in _answer(wrong)
    assert "0.99 or more" not in _answer(wrong)
    assert f"BIC chooses {found.chosen} components" in _finding(found)
