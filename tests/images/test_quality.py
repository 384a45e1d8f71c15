"""Quality of images: plain loops, scikit-learn and SciPy, false alarms at the stated rate, what each test sees."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from scipy.stats import chi2_contingency
from sklearn.datasets import load_digits

from mixtura.images import BinTest, ImageBins, ImageMixture, neighbour_test, quality


@pytest.fixture(scope="module")
def digits():
    """Real images of bytes in random order: (1797, 8, 8)."""
    images = (load_digits().images * 15).astype(np.uint8)
    return images[np.random.default_rng(0).permutation(len(images))]


def test_neighbours_by_plain_loops(digits):
    real, generated = digits[:60], digits[60:120] // 2
    rows = np.concatenate([real, generated]).reshape(120, 64) / 255.0
    distances = cdist(rows, rows)
    alike = []
    for i in range(120):
        others = [j for j in range(120) if j != i]
        nearest = min(others, key=lambda j: distances[i, j])
        alike.append((nearest < 60) == (i < 60))
    found = neighbour_test(real, generated)
    assert found.real == np.mean(alike[:60])
    assert found.generated == np.mean(alike[60:])
    assert found.accuracy == pytest.approx(np.mean(alike))
    assert neighbour_test(real / 255.0, generated) == found


def test_nobody_tells_real_images_from_real_ones(digits):
    found = neighbour_test(digits[:800], digits[800:1600])
    assert found.real == pytest.approx(0.5, abs=0.06)
    assert found.generated == pytest.approx(0.5, abs=0.06)


def test_neighbours_see_blur_and_noise(digits):
    train, held_out = digits[:900], digits[900:1500]
    blurred = ImageMixture(4, 8, random_state=0).fit(train).sample(600, random_state=0)
    noisy = np.clip(train[:600] / 255.0 + 0.3 * np.random.default_rng(0).normal(size=(600, 8, 8)), 0, 1)
    sharp = ImageMixture(30, 8, random_state=0).fit(train).sample(600, random_state=0)
    assert neighbour_test(held_out, blurred).generated > 0.95
    assert neighbour_test(held_out, noisy).real > 0.8
    assert neighbour_test(held_out, sharp).generated < 0.85


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
    monkeypatch.setattr(quality, "LARGEST_SAMPLE", 200)
    monkeypatch.setattr(quality, "default_block_size", lambda n_columns: 101)
    bins = ImageBins.of(digits, n_bins=5, random_state=0)
    assert bins.counts.sum() == len(digits)
    rows = digits.reshape(-1, 64) / 255.0
    assert_array_equal(bins.counts, np.bincount(cdist(rows, bins.centres.reshape(5, 64)).argmin(axis=1)))


def test_bad_input(digits):
    with pytest.raises(ValueError, match=r"Got 10 real and 11 generated images, but expected as many"):
        neighbour_test(digits[:10], digits[:11])
    with pytest.raises(ValueError, match=r"Got images of 7 x 8, but expected images of 8 x 8, as the real ones"):
        neighbour_test(digits[:10], digits[:10, :7])
    with pytest.raises(ValueError, match=r"expected a stack of images"):
        neighbour_test(digits[0], digits[0])
    with pytest.raises(ValueError, match=r"Got n_bins=11, but expected a whole number from 1 to 10 \(there are 10"):
        ImageBins.of(digits[:10], n_bins=11)
    bins = ImageBins.of(digits[:10], n_bins=2, random_state=0)
    with pytest.raises(ValueError, match=r"Got images of 8 x 4"):
        bins.test(digits[:, :, :4])
    for level in (0.0, 1.0, 5):
        with pytest.raises(ValueError, match=r"Got level=.*, but expected a number between 0 and 1"):
            bins.test(digits, level=level)


def test_records():
    assert BinTest(np.zeros(4), 1).share == 0.25
