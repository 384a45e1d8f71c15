"""Memorisation: SciPy's test, plain loops, what it sees."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu, norm

from mixtura.images.quality import memorisation


@pytest.fixture
def sets():
    rng = np.random.default_rng(0)
    return rng.normal(size=(80, 3)), rng.normal(size=(60, 3)), rng.normal(scale=0.8, size=(50, 3))


def test_score_is_that_of_mann_and_whitney(sets):
    training, held_out, generated = sets
    generated = np.concatenate([generated, held_out[:20], training[:4], training[:4]])  # ties between and within
    ours, theirs = (cdist(rows, training).min(axis=1) for rows in (generated, held_out))
    found = memorisation(training, held_out, generated)
    test = mannwhitneyu(ours, theirs, method="asymptotic", use_continuity=False, alternative="less")
    assert found.score == pytest.approx(norm.ppf(test.pvalue), rel=1e-6)
    assert found.nearer == pytest.approx(1 - test.statistic / (len(ours) * len(theirs)))
    assert (found.generated, found.held_out) == pytest.approx((np.median(ours), np.median(theirs)))


def test_share_by_plain_loops(sets):
    training, held_out, generated = sets
    ours, theirs = (cdist(rows, training).min(axis=1) for rows in (generated, held_out))
    pairs = [(a < b) + (a == b) / 2 for a in ours for b in theirs]
    assert memorisation(*sets).nearer == pytest.approx(np.mean(pairs))


def test_score_is_standard_where_nothing_is_copied():
    rng = np.random.default_rng(1)
    scores = [memorisation(*rng.normal(size=(3, 120, 2))).score for _ in range(60)]
    assert abs(np.mean(scores)) < 4 / np.sqrt(60) * 1.5  # both share the training rows, hence a little more
    assert 0.7 < np.std(scores) < 1.6


@pytest.mark.parametrize("offset", [2.0**10, 2.0**20, 2.0**27])
def test_points_far_from_zero_are_as_near(offset):
    training, held_out, generated = np.rint(2**16 * np.random.default_rng(4).normal(size=(3, 300, 8))) / 2**16
    near = memorisation(training, held_out, generated)
    far = memorisation(training + offset, held_out + offset, generated + offset)
    assert (far.nearer, far.score) == (near.nearer, near.score)
    assert (far.generated, far.held_out) == pytest.approx((near.generated, near.held_out), rel=1e-12)


def test_it_sees_copies_and_strangers(sets):
    training, held_out, _ = sets
    assert memorisation(training, held_out, training).nearer == 1.0
    assert memorisation(training, held_out, training + 0.01).score < -8
    assert memorisation(training, held_out, held_out + 9).score > 8
    assert memorisation(training[:1], training[:1], training[:1]).score == 0.0


def test_bad_input(sets):
    with pytest.raises(
        ValueError, match=r"Got generated of shape \(0, 3\), but expected \(n, F\) with at least 1 rows"
    ):
        memorisation(sets[0], sets[1], sets[2][:0])
    with pytest.raises(ValueError, match=r"Got 3 features of real and 2 of generated"):
        memorisation(sets[0], sets[1], sets[2][:, :2])
