"""Lines on which rows fall apart: where there are groups they are found, and where there are none, that is said."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mixtura.datasets import parallel_clusters
from mixtura.starts.directions import pursue, split_gain


def halves(places: np.ndarray) -> np.ndarray:
    """Labels of two groups on a line, cut in the widest gap but for a tenth of the rows at each end."""
    order = np.sort(places)
    inner = order[len(order) // 10 : -len(order) // 10]
    widest = np.diff(inner).argmax()
    return places > (inner[widest] + inner[widest + 1]) / 2


@pytest.mark.parametrize("d", [2, 5, 12, 30])
def test_two_long_groups_part_on_the_first_line(d):
    X, labels = parallel_clusters(900, d, random_state=d)
    found = pursue(X, np.ones(900))
    assert found.gains[0] > 0.3
    assert adjusted_rand_score(labels, halves(found.places[:, 0])) > 0.99
    white = np.cov(found.places.T, bias=True).reshape(found.places.shape[1], -1)
    np.testing.assert_allclose(white - np.diag(np.diag(white)), 0.0, atol=0.1)


@pytest.mark.parametrize("d", [1, 2, 10])
def test_one_gaussian_has_no_line_of_groups(d):
    X = np.random.default_rng(d).normal(size=(2000, d)) @ np.random.default_rng(1).normal(size=(d, d))
    assert pursue(X, np.ones(2000)).gains.max() < 0.01


def test_groups_that_part_in_two_directions_need_two_lines():
    rng = np.random.default_rng(0)
    groups = rng.integers(4, size=1600)
    X = rng.normal(size=(1600, 8)) * np.r_[1, 1, np.full(6, 50)]
    X[:, 0] += 8 * (groups % 2)
    X[:, 1] += 8 * (groups // 2)
    found = pursue(X @ np.linalg.qr(rng.normal(size=(8, 8)))[0], np.ones(1600))
    assert (found.gains > 0.1).sum() == 2
    parts = 2 * halves(found.places[:, 0]) + halves(found.places[:, 1])
    assert adjusted_rand_score(groups, parts) > 0.98


def test_a_linear_map_changes_nothing():
    X, _ = parallel_clusters(500, 4, random_state=0)
    change = np.random.default_rng(3).normal(size=(4, 4)) * [1e-4, 1, 1e4, 1]
    here, there = pursue(X, np.ones(500)), pursue(X @ change + 5.0, np.ones(500))
    assert here.gains[0] == pytest.approx(there.gains[0], rel=1e-3)
    assert abs(np.corrcoef(here.places[:, 0], there.places[:, 0])[0, 1]) > 0.9999


def test_counts_are_copies():
    X, _ = parallel_clusters(300, 3, random_state=0)
    counts = np.random.default_rng(0).integers(1, 4, size=300)
    by_count, by_copies = pursue(X, counts.astype(float)), pursue(np.repeat(X, counts, axis=0), np.ones(counts.sum()))
    assert by_count.gains[0] == pytest.approx(by_copies.gains[0], rel=1e-6)
    along = np.corrcoef(np.repeat(by_count.places[:, 0], counts), by_copies.places[:, 0])[0, 1]
    assert abs(along) == pytest.approx(1.0, abs=1e-9)  # a line has no sense


def test_outliers_do_not_hide_the_groups():
    X, labels = parallel_clusters(600, 5, random_state=1)
    rng = np.random.default_rng(0)
    X[:12] += 3000 * rng.normal(size=(12, 5))
    found = pursue(X, np.ones(600))
    assert adjusted_rand_score(labels[12:], halves(found.places[12:, 0])) > 0.98


@pytest.mark.parametrize("X", [np.zeros((5, 3)), np.ones((1, 2)), np.eye(3), np.arange(4.0)[:, None] * 1e300])
def test_data_without_shape_have_an_answer(X):
    with np.errstate(over="ignore"):
        found = pursue(X, np.ones(len(X)))
    assert found.places.shape == (len(X), len(found.gains))
    assert np.isfinite(found.places).all()


def test_the_gain_of_a_split_is_that_of_two_gaussians_over_one():
    rng = np.random.default_rng(0)
    u = np.r_[rng.normal(size=600), rng.normal(size=400) * 0.5 + 9]
    left, right = u[:600], u[600:]
    exact = np.log(u.std()) - 0.6 * np.log(left.std() / 0.6) - 0.4 * np.log(right.std() / 0.4)
    assert split_gain(u, np.full(1000, 1e-3)) == pytest.approx(exact, abs=1e-9)
    assert split_gain(rng.permutation(u), np.full(1000, 1e-3)) == pytest.approx(exact, abs=1e-9)
    assert split_gain(u[:1], np.ones(1)) == -np.inf
