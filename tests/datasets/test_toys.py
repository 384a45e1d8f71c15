"""The toys: what their lessons say of them is true of the points."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from mixtura.datasets import mapped_blobs, two_blobs, two_moons, wide_and_tight


@pytest.mark.parametrize("toy", [two_blobs, wide_and_tight, mapped_blobs, two_moons])
def test_a_seed_gives_the_same_points_and_another_gives_others(toy):
    for first, again in zip(toy(random_state=3), toy(random_state=3), strict=True):
        np.testing.assert_array_equal(first, again)
    assert not np.array_equal(toy(random_state=3)[0], toy(random_state=4)[0])


def test_two_blobs_have_the_moments_that_they_were_asked_for():
    X, labels = two_blobs(sizes=(4000, 2000), centres=[(-1, 2), (3, 0)], spreads=(0.5, 1.0), random_state=0)
    assert np.bincount(labels).tolist() == [4000, 2000]
    for blob, (centre, spread) in enumerate((((-1, 2), 0.5), ((3, 0), 1.0))):
        points = X[labels == blob]
        error = spread / np.sqrt(len(points))
        np.testing.assert_allclose(points.mean(axis=0), centre, atol=5 * error)
        np.testing.assert_allclose(np.cov(points.T), spread**2 * np.eye(2), atol=6 * spread * error)


def test_wide_and_tight_is_450_and_50():
    X, labels = wide_and_tight(random_state=0)
    assert np.bincount(labels).tolist() == [450, 50]
    wide, tight = X[labels == 0], X[labels == 1]
    assert wide.std(axis=0).min() > 3 * tight.std(axis=0).max()


def test_the_maps_are_linear_one_for_each_blob():
    before, after, labels = mapped_blobs(random_state=0)
    assert np.bincount(labels).tolist() == [100, 100, 100]
    maps = []
    for blob in range(3):
        rows = labels == blob
        matrix, residual, _, _ = np.linalg.lstsq(before[rows], after[rows])
        assert residual.max() < 1e-20
        maps.append(matrix)
    assert not np.allclose(maps[0], maps[1])
    assert not np.allclose(before[:100] - before[0], before[100:200] - before[100])  # each its own draw


def test_the_global_seed_gives_what_the_generators_give_one_after_the_other():
    state = np.random.get_state()  # noqa: NPY002
    try:
        np.random.seed(123)  # noqa: NPY002
        before, after, _ = mapped_blobs()
        moons, _ = two_moons(random_state=0)
        np.random.seed(123)  # noqa: NPY002
        for blob in range(3):
            expected, _ = make_blobs(n_samples=100, centers=1, cluster_std=0.75, center_box=(-5, 5))
            rows = slice(100 * blob, 100 * (blob + 1))
            np.testing.assert_array_equal(before[rows], expected)
            np.testing.assert_allclose(after[rows], expected @ np.random.randn(2, 2), rtol=1e-14)  # noqa: NPY002
    finally:
        np.random.set_state(state)  # noqa: NPY002
    np.testing.assert_array_equal(moons, make_moons(200, noise=0.05, random_state=0)[0])


def test_two_moons_are_arcs_of_radius_one():
    X, labels = two_moons(n_samples=500, noise=0, random_state=0)
    for arc, centre in enumerate(((0, 0), (1, 0.5))):
        np.testing.assert_allclose(np.linalg.norm(X[labels == arc] - centre, axis=1), 1, rtol=1e-12)
