import dataclasses
import re

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixtureSearch, MergedGaussianMixture
from mixtura.datasets import two_moons
from mixtura.lab import find_moons
from mixtura.lab.moons import answer_of, finding_of


@pytest.fixture(scope="module")
def activity(activities):
    return activities["activity-5"]


@pytest.fixture(scope="module")
def found(activity):
    return activity.numbers


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


def test_one_shape_for_all_pieces_beats_one_for_each(found):
    """The families share the arcs' symmetry: all pieces alike but for where they point."""
    assert found.family == "EEV"
    assert found.words == "ellipsoidal, equal volume and shape, varying orientation"
    assert found.n_families == 14
    assert found.chosen_bic < found.bic.min() - 10


def test_doubt_is_between_components_and_not_between_clusters(found):
    assert found.n_doubtful > 10
    assert found.cluster_doubt < 0.1


def test_each_row_of_the_table_is_of_one_fit(found):
    """The index beside a criterion is that of the fit whose criterion it is."""
    X, arcs = two_moons(random_state=0)
    fit = GaussianMixtureSearch(3, covariance_type="full", n_init=2, random_state=0).fit(X)
    joined = MergedGaussianMixture(2, estimator=fit).fit(X)
    assert (found.bic[2], found.ari[2]) == (fit.best_score_, adjusted_rand_score(arcs, joined.labels_))


def test_pictures_and_words_of_the_search_are_shown(activity, found):
    assert len(activity.pictures) == 5
    curves = activity.pictures[1].content.decode()
    assert all(code in curves for code in ("EII", "VVV", f"best: {found.family}, {found.chosen}"))
    (summary,) = (block.words for block in activity.body if hasattr(block, "words"))
    assert f"Gaussian mixture EEV ({found.words}); {found.chosen} components in 2 clusters" in summary
    assert f"{found.chosen_bic:.3f}" in summary


@pytest.mark.parametrize("seed", [3])
def test_other_draws_are_grouped_as_well(seed):
    assert find_moons(seed, max_components=11).numbers.chosen_ari >= 0.95


def test_the_answer_follows_the_numbers(found):
    answer = answer_of(found)
    assert f"an index of {found.ari[1]:.3f}" in answer
    assert "all 200 points end in their own arc" in answer
    assert f"EEV ({found.words}) with {found.chosen} components, {found.chosen_bic:.1f} against" in answer
    assert f"Of {found.n_doubtful} points the mixture is less than 90 % sure" in answer
    assert "need not be told: the overlaps say so" in answer
    assert f"overlaps by {found.tree.overlaps[:-1].min():.3f} or more (of 1)" in answer
    assert f"what is not by {found.tree.overlaps[-1]:.3f} or less" in answer
    wrong = dataclasses.replace(
        found,
        family="VVV",
        n_misplaced=9,
        ari=np.where(found.n_components == 2, 0.95, 0.5),
        n_clusters=found.chosen,
        cluster_ari=0.25,
    )
    assert f"the overlaps say {found.chosen} (index 0.250)" in answer_of(wrong)
    assert "overlaps by" not in answer_of(wrong)
    assert "9 of 200 points end in the wrong arc" in answer_of(wrong)
    assert "Two components already agree" in answer_of(wrong)
    assert "0.99 or more" not in answer_of(wrong)
    assert "Of all 14 families that one has the lowest BIC" in answer_of(wrong)
    assert "What it saves in parameters" in answer_of(dataclasses.replace(found, family="VEV"))
    assert f"BIC chooses {found.chosen} components of the family EEV" in finding_of(found)


def test_the_code_on_the_page_gives_the_answer(activity, found, capsys):
    lines = re.sub(r"^(from mixtura.plots|search.plot|plot_).*\n?", "", activity.code, flags=re.MULTILINE)
    exec(lines, {})
    assert f"{found.chosen_bic:.3f}" in capsys.readouterr().out
