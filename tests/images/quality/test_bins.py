"""Bins: plain loops, SciPy, false alarms at the stated rate, what the test sees."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist, jensenshannon
from scipy.stats import chi2_contingency

from mixtura.images import BinTest, ImageBins
from mixtura.images.quality import bins as bins_file


def test_scores_are_those_of_two_proportions(digits):
    """Squared, each score is the chi-squared statistic of its 2 x 2 table."""
    bins = ImageBins.of(digits[:900], n_bins=12, random_state=0)
    rows = digits[900:1300].reshape(400, 64) / 255.0
    counts = np.bincount(cdist(rows, bins.centres.reshape(12, 64)).argmin(axis=1), minlength=12)
    found = bins.test(digits[900:1300])
    for before, after, score in zip(bins.counts, counts, found.scores, strict=True):
        table = [[before, 900 - before], [after, 400 - after]]
        assert score**2 == pytest.approx(chi2_contingency(table, correction=False).statistic, rel=1e-9)
        assert np.sign(score) == np.sign(after / 400 - before / 900)
    assert found.different == np.count_nonzero(np.abs(found.scores) > 1.959964)
    assert found.share == found.different / 12
    assert bins.test(digits[900:1300], level=1e-9).different == 0


def test_bins_are_clusters_of_the_training_images(digits):
    bins = ImageBins.of(digits[:500], n_bins=7, random_state=0)
    rows = digits[:500].reshape(500, 64) / 255.0
    nearest = cdist(rows, bins.centres.reshape(7, 64)).argmin(axis=1)
    assert bins.centres.shape == (7, 8, 8)
    assert_array_equal(bins.counts, np.bincount(nearest))
    for number in range(7):
        assert_allclose(bins.centres[number].ravel(), rows[nearest == number].mean(axis=0), atol=0.02)
    assert_array_equal(bins.test(digits[:500]).scores, np.zeros(7))
    assert_array_equal(ImageBins.of(digits[:500], n_bins=7, random_state=0).counts, bins.counts)


def test_a_generator_seeds_the_bins_and_goes_on(digits):
    source = np.random.default_rng(0)
    one, other = (ImageBins.of(digits[:500], n_bins=7, random_state=source).centres for _ in range(2))
    assert_array_equal(ImageBins.of(digits[:500], n_bins=7, random_state=np.random.default_rng(0)).centres, one)
    assert not np.array_equal(one, other)


def test_false_alarms_come_at_the_stated_rate():
    """Bins that were fixed beforehand, and two fresh samples of one distribution."""
    rng = np.random.default_rng(0)
    centres = (np.arange(20) / 19).reshape(20, 1, 1)
    alarms = []
    for _ in range(100):
        first, second = rng.random((2, 1000, 1, 1))
        counts = np.bincount(np.rint(19 * first).astype(int).ravel(), minlength=20)
        alarms.append(ImageBins(centres, counts).test(second).share)
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.012)


def test_bins_see_what_is_missing(digits):
    bins = ImageBins.of(digits[:900], n_bins=30, random_state=0)
    few = ImageBins.of(digits[:900], n_bins=30, random_state=1).centres[:3]
    near = cdist(digits[900:].reshape(-1, 64) / 255.0, few.reshape(3, 64)).min(axis=1)
    some = digits[900:][near < np.median(near)]  # half of the images, those that resemble three of them
    assert bins.test(digits[900:]).share < 0.25
    assert bins.test(some).share > 0.5


def test_a_bin_that_nobody_enters_does_not_differ():
    bins = ImageBins(np.array([0.0, 1.0]).reshape(2, 1, 1), np.array([10, 0]))
    found = bins.test(np.zeros((5, 1, 1)))
    assert_array_equal(found.scores, [0.0, 0.0])
    assert found.different == 0


def test_large_sets_are_clustered_by_a_sample_and_counted_whole(digits, monkeypatch):
    monkeypatch.setattr(bins_file, "LARGEST_SAMPLE", 200)
    monkeypatch.setattr(bins_file, "default_block_size", lambda n_columns: 101)
    bins = ImageBins.of(digits, n_bins=5, random_state=0)
    assert bins.counts.sum() == len(digits)
    rows = digits.reshape(-1, 64) / 255.0
    assert_array_equal(bins.counts, np.bincount(cdist(rows, bins.centres.reshape(5, 64)).argmin(axis=1)))


def test_divergence_is_scipys(digits):
    bins = ImageBins.of(digits[:900], n_bins=12, random_state=0)
    rows = digits[900:1300].reshape(400, 64) / 255.0
    counts = np.bincount(cdist(rows, bins.centres.reshape(12, 64)).argmin(axis=1), minlength=12)
    expected = jensenshannon(bins.counts / 900, counts / 400, base=2) ** 2
    assert bins.test(digits[900:1300]).divergence == pytest.approx(expected, rel=1e-9)


def test_divergence_of_one_distribution_is_near_its_expectation():
    """Beside the mean over draws of both samples stands what the tour of the file promises."""
    rng = np.random.default_rng(0)
    centres = (np.arange(20) / 19).reshape(20, 1, 1)
    found = []
    for _ in range(60):
        first, second = rng.random((2, 1000, 1, 1))
        counts = np.bincount(np.rint(19 * first).astype(int).ravel(), minlength=20)
        found.append(ImageBins(centres, counts).test(second).divergence)
    assert np.mean(found) == pytest.approx(19 * (2 / 1000) / (8 * np.log(2)), rel=0.15)


def test_divergence_ends_at_nothing_and_at_one_bit():
    bins = ImageBins(np.array([0.0, 1.0]).reshape(2, 1, 1), np.array([10, 0]))
    assert bins.test(np.zeros((5, 1, 1))).divergence == 0.0
    assert bins.test(np.ones((5, 1, 1))).divergence == pytest.approx(1.0)


def test_bad_input(digits):
    with pytest.raises(ValueError, match=r"Got n_bins=11, but expected a whole number from 1 to 10 \(there are 10"):
        ImageBins.of(digits[:10], n_bins=11)
    bins = ImageBins.of(digits[:10], n_bins=2, random_state=0)
    with pytest.raises(ValueError, match=r"Got images of 8 x 4"):
        bins.test(digits[:, :, :4])
    for level in (0.0, 1.0, 5):
        with pytest.raises(ValueError, match=r"Got level=.*, but expected a number between 0 and 1"):
            bins.test(digits, level=level)


def test_records():
    assert BinTest(np.zeros(4), 1, 0.0).share == 0.25
