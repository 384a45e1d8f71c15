"""Balls, and the two measures on them: plain loops, closed forms, what they see."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mixtura.images.quality import density_coverage, precision_recall, stacks
from mixtura.images.quality.balls import Balls


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    return rng.normal(size=(70, 3)), rng.normal(loc=0.4, size=(50, 3))


def by_loops(real, generated, k):
    """Radii, and for each pair whether the generated point lies in the real one's ball."""
    radii = [sorted(np.linalg.norm(real - one, axis=1))[k] for one in real]  # the 0-th is the point itself
    inside = [[np.linalg.norm(x - y) <= r for x, r in zip(real, radii, strict=True)] for y in generated]
    return np.array(radii), np.array(inside)


def test_balls_by_plain_loops(points):
    real, generated = points
    radii, inside = by_loops(real, generated, 4)
    balls = Balls.around(real, 4)
    assert_allclose(np.sqrt(balls.squared_radii), radii)
    found = balls.holding(generated)
    assert_array_equal(found.balls, inside.sum(axis=1))
    assert_array_equal(found.points, inside.sum(axis=0))


def test_blocks_change_nothing(points, monkeypatch):
    whole = Balls.around(points[0], 3).holding(points[1])
    monkeypatch.setattr(stacks, "_BLOCK", 150)
    blocks = Balls.around(points[0], 3).holding(points[1])
    assert_array_equal(whole.balls, blocks.balls)
    assert_array_equal(whole.points, blocks.points)


def test_precision_and_recall_by_plain_loops(points):
    real, generated = points
    found = precision_recall(real, generated)
    assert found.precision == by_loops(real, generated, 3)[1].any(axis=1).mean()
    assert found.recall == by_loops(generated, real, 3)[1].any(axis=1).mean()
    back = precision_recall(generated, real)
    assert (found.precision, found.recall) == (back.recall, back.precision)


@pytest.mark.parametrize("offset", [2.0**10, 2.0**20, 2.0**27])
def test_points_far_from_zero_lie_in_the_same_balls(offset):
    real, generated = np.rint(2**16 * np.random.default_rng(4).normal(size=(2, 400, 8))) / 2**16  # no shift rounds them
    assert precision_recall(real + offset, generated + offset) == precision_recall(real, generated)
    assert density_coverage(real + offset, generated + offset) == density_coverage(real, generated)


def test_density_and_coverage_by_plain_loops(points):
    real, generated = points
    _, inside = by_loops(real, generated, 5)
    found = density_coverage(real, generated)
    assert found.density == pytest.approx(inside.sum() / (5 * len(generated)))
    assert found.coverage == inside.any(axis=0).mean()


@pytest.mark.parametrize("k", [1, 2, 5])
def test_floors_in_closed_form(k):
    """For two samples of one distribution: density 1, coverage 1 - (n-1)...(n-k) / (2n-1)...(2n-k)."""
    rng = np.random.default_rng(1)
    n = 400
    found = [density_coverage(*rng.normal(size=(2, n, 2)), n_neighbours=k) for _ in range(10)]
    missed = np.prod([(n - i) / (2 * n - i) for i in range(1, k + 1)])
    assert np.mean([one.density for one in found]) == pytest.approx(1.0, abs=0.05)
    assert np.mean([one.coverage for one in found]) == pytest.approx(1.0 - missed, abs=0.025)


def test_one_mode_of_two_is_precise_and_forgets(points):
    rng = np.random.default_rng(2)
    modes = rng.normal(size=(600, 2)) + np.where(rng.random((600, 1)) < 0.5, -20, 20)
    one = rng.normal(size=(300, 2)) + 20
    for found in (precision_recall(modes[:300], one), precision_recall(modes[300:], one)):
        assert found.precision > 0.9
        assert found.recall < 0.6
    assert density_coverage(modes[:300], one).coverage < 0.6


def test_an_outlier_lifts_recall_but_not_coverage():
    rng = np.random.default_rng(3)
    real, generated = rng.normal(size=(200, 2)), rng.normal(size=(200, 2)) + 12
    far = np.concatenate([generated, [[-30.0, -30.0]]])
    assert precision_recall(real, generated).recall == 0.0
    assert precision_recall(real, far).recall > 0.9
    assert density_coverage(real, far).coverage < 0.02


def test_bad_input(points):
    with pytest.raises(
        ValueError, match=r"Got generated of shape \(3, 3\), but expected \(n, F\) with at least 4 rows"
    ):
        precision_recall(points[0], points[1][:3])
    with pytest.raises(ValueError, match=r"Got n_neighbours=0, but expected a whole number from 1 upwards"):
        density_coverage(*points, n_neighbours=0)
