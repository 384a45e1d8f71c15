"""Which rows begin as noise, and the box around the rows."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from mixtura.engines.memory import Memory
from mixtura.starts.ground import Ground
from mixtura.starts.kmeans import k_means
from mixtura.starts.noisy import NoisyStart, box_around, neighbour_log_densities
from mixtura.structures import STRUCTURES


def ground_of(X):
    return Ground.survey(Memory(X), STRUCTURES["full"], 2, 0.0)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_density_at_rows_is_about_right(d):
    """On average over rows of a normal distribution; twelve neighbours are few, so each row may be off by a third."""
    rng = np.random.default_rng(d)
    X = rng.normal(size=(3000, d))
    inner = np.linalg.norm(X, axis=1) < np.sqrt(d)
    expected = multivariate_normal(np.zeros(d)).logpdf(X[inner])
    differences = neighbour_log_densities(X)[inner] - np.reshape(expected, -1)
    assert np.mean(differences) == pytest.approx(0, abs=0.3 if d == 5 else 0.15)
    assert np.std(differences) < 0.5


def test_few_or_equal_rows_have_a_density_too():
    assert neighbour_log_densities(np.zeros((1, 2))).tolist() == [0.0]
    densities = neighbour_log_densities(np.repeat([[0.0, 0.0], [1.0, 0.0]], [30, 5], axis=0))
    assert np.isposinf(densities[:30]).all()
    assert np.isfinite(densities[30:]).all()


def test_the_unit_of_a_feature_changes_all_densities_alike():
    X = np.random.default_rng(0).standard_t(2, size=(200, 3))
    np.testing.assert_allclose(neighbour_log_densities(X * [1e-8, 1.0, 1e6]), neighbour_log_densities(X) + np.log(1e2))


@pytest.mark.parametrize("n_outliers", [0, 40, 400])
def test_rows_beside_the_groups_begin_as_noise(n_outliers):
    rng = np.random.default_rng(0)
    groups = rng.normal(size=(300, 2)) * np.repeat([[0.3], [1.0]], 150, axis=0) + np.repeat([[0.0], [9.0]], 150, axis=0)
    X = np.concatenate([groups, rng.uniform(-15, 25, size=(n_outliers, 2))])
    mixture = NoisyStart(k_means)(ground_of(X), np.random.RandomState(0))
    assert mixture.noise.share == pytest.approx(n_outliers / len(X), abs=0.04)
    np.testing.assert_allclose(np.sort(mixture.means[:, 0]), [0, 9], atol=0.5)


def test_the_smaller_box_is_taken():
    rng = np.random.default_rng(0)
    square = rng.uniform(-1, 1, size=(400, 2))
    box = box_around(ground_of(square))
    np.testing.assert_array_equal(box.axes, np.eye(2))
    assert box.volume == pytest.approx(np.prod(np.ptp(square, axis=0)))
    slanted = (square * [5, 0.1]) @ (np.array([[1, -1], [1, 1]]) / np.sqrt(2))
    box = box_around(ground_of(slanted))
    assert box.volume < 0.3 * np.prod(np.ptp(slanted, axis=0))
    assert (np.abs((slanted - box.centre) @ box.axes) <= box.half_widths * (1 + 1e-12)).all()


def test_rows_on_a_line_have_a_box_along_the_features():
    line = np.linspace(0, 1, 50)[:, None] * [1.0, 2.0]
    ground = ground_of(np.random.default_rng(0).normal(size=(50, 2)))
    flat = Ground(Memory(line), ground.structure, ground.regularisation, ground.whole, ground.constant, 2)
    assert box_around(flat).volume == pytest.approx(2.0)
