"""The noisy kernel: a sweep written out, for every need and for each kernel that it may wrap."""

import numpy as np
import pytest
from conftest import random_mixture

from mixtura.engines.memory import Memory
from mixtura.kernels.choice import best_kernel
from mixtura.kernels.noisy import NoisyKernel, serving
from mixtura.kernels.portable import NEEDS, PortableKernel
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.uniform_noise import UniformNoise

KERNELS = [PortableKernel(), PortableKernel(block_numbers=64 * 5), best_kernel()]


@pytest.fixture
def noisy():
    gaussians = random_mixture(3, 2, "dense", seed=1)
    noise = UniformNoise(0.3, np.zeros(2), np.array([20.0, 20.0]), np.eye(2))
    return Mixture(gaussians.weights, gaussians.means, gaussians.covariances, noise)


@pytest.fixture
def rows(noisy):
    X, _ = noisy.sample(5000, np.random.default_rng(0))
    X[7] = 1e200  # squared distances overflow
    return X


def plain(mixture):
    return Mixture(mixture.weights, mixture.means, mixture.covariances)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("need", NEEDS, ids=repr)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_sweep_is_that_of_rows_weighted_by_what_is_not_noise(noisy, rows, kernel, need, weighted):
    weights = np.random.default_rng(1).uniform(0.5, 2, size=len(rows)) if weighted else None
    found = Memory(rows, weights, kernel).sweep(noisy, need)
    everyone = np.ones(len(rows)) if weights is None else weights
    densities, shares, of_noise = noisy.noise.split(Memory(rows, None, kernel).assign(plain(noisy)).log_densities)
    kept = shares > 0
    expected = Memory(rows[kept], (everyone * shares)[kept], kernel).sweep(plain(noisy), need)
    for name in ("counts", "first", "second"):
        theirs = getattr(expected, name)
        np.testing.assert_allclose(getattr(found, name), theirs, atol=1e-11 * np.abs(theirs).max())
    assert found.noise == pytest.approx(everyone @ of_noise, rel=1e-12)
    assert found.weight == pytest.approx(everyone.sum(), rel=1e-12)
    assert found.log_likelihood == pytest.approx(everyone @ densities, rel=1e-12)
    assert found.noise + found.counts.sum() == pytest.approx(found.weight, rel=1e-12)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_rows_are_assigned_to_the_largest_responsibility(noisy, rows, kernel):
    engine = Memory(rows, None, kernel)
    shares, assignment = engine.responsibilities(noisy), engine.assign(noisy)
    assert shares.shape == (len(rows), 4)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-13)
    np.testing.assert_allclose(assignment.confidences, shares.max(axis=1), rtol=1e-13)
    np.testing.assert_array_equal(assignment.labels % 4, shares.argmax(axis=1))  # -1 points at the last column
    near = np.abs(rows[:, 0]) < 1e10
    np.testing.assert_allclose(assignment.log_densities[near], noisy.log_density(rows[near]), rtol=1e-12)
    assert assignment.labels[7] == -1


def test_moments_of_noise_add():
    one, other = (Moments.zeros(NEEDS[0], np.zeros((1, 2))) for _ in range(2))
    one.noise[...], other.noise[...] = 2.0, 3.0
    assert (one + other).noise == 5.0


def test_an_ordinary_mixture_gets_the_kernel_itself(noisy):
    kernel = best_kernel()
    assert serving(kernel, plain(noisy)) is kernel
    assert serving(kernel, noisy).name == f"{kernel.name}, with noise"


def test_given_memberships_leave_noise_out(noisy, rows):
    labels = np.arange(len(rows)) % 3
    found, expected = (Moments.zeros(NEEDS[0], np.zeros((3, 2))) for _ in range(2))
    NoisyKernel(PortableKernel(), noisy.noise).gather(rows[8:], None, labels[8:], found)
    PortableKernel().gather(rows[8:], None, labels[8:], expected)
    np.testing.assert_array_equal(found.counts, expected.counts)
