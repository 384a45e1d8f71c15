"""Moons among wild points: noise mends what they break, and intervals hold the truth."""

import dataclasses

import numpy as np
import pytest

from mixtura.lab.moon_outliers import _answer


@pytest.fixture(scope="module")
def activity(activities):
    return activities["activity-5-outliers"]


@pytest.fixture(scope="module")
def found(activity):
    return activity.numbers


def test_wild_points_break_the_clusters_and_noise_mends_them(found):
    assert (found.n_points, found.n_wild) == (200, 20)
    assert found.plain_ari < 0.7
    assert found.noisy_ari >= 0.98
    assert found.noisy_clusters == 2
    assert found.noisy_bic < found.plain_bic - 50
    assert found.n_found >= 12
    assert found.n_lost <= 3


def test_intervals_hold_estimates_and_the_true_half(found):
    assert (found.lower < found.shares).all()
    assert (found.shares < found.upper).all()
    share, lower, upper = found.cluster_shares.T
    assert share.sum() == pytest.approx(1.0)
    assert share == pytest.approx(np.bincount(found.cluster_of_component, weights=found.shares))
    assert ((lower < 0.5) & (upper > 0.5)).all()
    # Twice the standard error of a coin's share in 200 throws, for a cluster; components also slide.
    assert 0.5 < np.mean(upper - lower) / (4 * np.sqrt(0.25 / 200)) < 2


def test_means_slide_along_an_arc(found):
    assert found.along > 3 * found.across


def test_every_cluster_and_component_has_a_row(activity, found):
    (table,) = activity.tables
    assert len(table.rows) == len(found.shares) + found.noisy_clusters
    assert len(activity.pictures) == 3


def test_the_answer_follows_the_numbers(found):
    answer = _answer(found)
    assert f"BIC falls from {found.plain_bic:.1f} to {found.noisy_bic:.1f}" in answer
    assert f"{found.n_found} of 20 wild points are called noise" in answer
    assert "both clusters' intervals hold the true half" in answer
    other = dataclasses.replace(found, noisy_clusters=5, noisy_bic=found.plain_bic + 1)
    assert "BIC goes from" in _answer(other)
    assert "true half" not in _answer(other)
