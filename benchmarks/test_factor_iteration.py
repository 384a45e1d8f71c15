"""How long one EM iteration of a mixture of factor analysers takes, beside the same update in plain PyTorch.

Public PyTorch implementations work as ``torch_sweep`` does: batches of rows, every component for every row, Woodbury's
identity for the densities, and weighted products of rows with their projections for the new loadings. Both sides use
float64 and the same threads, and the sums of both are compared. PyTorch is optional: ``pip install torch==2.13.0``.

Both figures are written to FACTORS.md.
"""

import time
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from page import Figure, Page, Table
from sklearn.cluster import KMeans

from mixtura import em
from mixtura.datasets import DatasetNotFoundError, load_fashion_mnist
from mixtura.engines.memory import Memory
from mixtura.engines.threads import n_threads
from mixtura.starts import Ground
from mixtura.structures.factors import Factors

N_COMPONENTS, N_FACTORS = 100, 10
RATIO = 5.0  # wanted against PyTorch
SECONDS = 2.0  # wanted of an iteration of all images, on two cores
TORCH_ROWS = 6000  # it needs a minute for all
BATCH = 1000
SWEEP, ITERATION = "a sweep of 6,000 images", "an iteration of 60,000 images"
PAGE = Page(
    {
        "factors": Table(
            "A mixture of 100 factor analysers with 10 factors, of images of 784 pixels",
            """
Fashion-MNIST, dequantised; the same mixture, two iterations after k-means, float64 and the same threads for both. A
sweep is the work of an iteration but for the new loadings. PyTorch and Mixtura take turns, three times: medians, and
the median of the ratios in pairs; the sums of both agree to 1e-9 of the largest, and the log-likelihoods to 1e-11, or
the row is not written. PyTorch is given 6,000 images, for it takes a minute for all. An iteration is the median of
three.
""",
            ["what", "PyTorch", "Mixtura", "times faster"],
            [SWEEP, ITERATION],
        )
    },
    Path(__file__).with_name("FACTORS.md"),
    "Factor analysers, measured beside PyTorch",
    "bench-factors",
    ("torch",),
)


@pytest.fixture(scope="module")
def problem():
    """Dequantised images (60,000, 784), the structure, the ground, and a mixture two iterations after k-means."""
    try:
        images = load_fashion_mnist(download=False).images
    except DatasetNotFoundError as error:
        pytest.skip(f"Fashion-MNIST is not on this machine: {error}")
    rows = images.reshape(len(images), -1) + np.random.default_rng(0).uniform(-0.5, 0.5, (len(images), 784))
    rows /= 255
    structure, engine = Factors(N_FACTORS), Memory(rows)
    ground = Ground.survey(engine, structure, N_COMPONENTS, "auto")
    labels = KMeans(N_COMPONENTS, n_init=1, max_iter=5, random_state=0).fit(rows[:8000]).predict(rows)
    mixture = ground.from_memberships(labels)
    for _ in range(2):
        mixture = iterate(engine, structure, ground, mixture)
    return rows, structure, ground, mixture


def iterate(engine, structure, ground, mixture):
    moments = em.expect(engine, mixture, structure.need_of(mixture))
    return em.maximise(structure, moments, mixture, ground.regularisation)


def torch_sweep(torch, rows, mixture, directions):
    """Counts (K,), first moments (K, D), projected second moments (K, 1 + Q, D) and the log-likelihood."""
    means, log_scales, whiteners, along = (
        torch.from_numpy(np.array(a))
        for a in (mixture.means, mixture.log_scales, mixture.covariances.whiteners, directions)
    )
    counts, first = torch.zeros(len(means), dtype=torch.float64), torch.zeros_like(means)
    second = torch.zeros((len(means), 1 + along.shape[1], means.shape[1]), dtype=torch.float64)
    total = 0.0
    for start in range(0, len(rows), BATCH):
        x = torch.from_numpy(rows[start : start + BATCH])
        joint = torch.empty((len(means), len(x)), dtype=torch.float64)
        for k in range(len(means)):
            z = x - means[k]
            y = z @ whiteners[k, 1:].T
            joint[k] = log_scales[k] - 0.5 * ((z * z) @ whiteners[k, 0] - (y * y).sum(dim=1))
        density = torch.logsumexp(joint, dim=0)
        shares = torch.exp(joint - density)
        total += float(density.sum())
        counts += shares.sum(dim=1)
        for k in range(len(means)):
            z, r = x - means[k], shares[k]
            first[k] += r @ z
            second[k, 0] += r @ (z * z)
            second[k, 1:] += (r[:, None] * (z @ along[k].T)).T @ z
    return counts.numpy(), first.numpy(), second.numpy(), total


def test_against_torch(problem, benchmark):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    torch.set_num_threads(n_threads())
    rows, structure, _, mixture = problem
    rows = np.ascontiguousarray(rows[:TORCH_ROWS])
    engine, need = Memory(rows), structure.need_of(mixture)

    def pairs():
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            ours = engine.sweep(mixture, need)
            middle = time.perf_counter()
            theirs = torch_sweep(torch, rows, mixture, need.directions)
            times.append((time.perf_counter() - middle, middle - begin))
        for found, expected in zip((ours.counts, ours.first, ours.second), theirs, strict=False):
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 * np.abs(expected).max())
        assert float(ours.log_likelihood) == pytest.approx(theirs[3], rel=1e-11)
        return times

    times = benchmark.pedantic(pairs, rounds=1)
    ratio = median(slow / fast for slow, fast in times)
    seconds = [Figure(median(side), "{:.2f} s") for side in zip(*times, strict=True)]
    PAGE.add("factors", SWEEP, *seconds, Figure(ratio, least=RATIO))
    benchmark.extra_info["times faster than PyTorch"] = ratio
    assert ratio > RATIO


def test_one_iteration_of_all_images(problem, benchmark):
    rows, structure, ground, mixture = problem
    engine = Memory(rows)
    before = engine.sweep(mixture, structure.need_of(mixture)).mean_log_likelihood
    after = benchmark.pedantic(iterate, args=(engine, structure, ground, mixture), rounds=3)
    PAGE.add("factors", ITERATION, "", Figure(benchmark.stats.stats.median, "{:.2f} s", most=SECONDS), "")
    assert engine.sweep(after, structure.need_of(after)).mean_log_likelihood > before
