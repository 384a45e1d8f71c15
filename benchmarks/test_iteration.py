"""How long one EM iteration takes, beside scikit-learn and, where installed, oneDAL, from the same start.

Run with ``make bench``. Every benchmark asserts its answer: after the same iterations the log-likelihoods agree.
"""

import time
import tracemalloc
import warnings
from statistics import median

import numpy as np
import pytest
from conftest import Measured
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture
from mixtura.datasets import DatasetNotFoundError, load_fashion_mnist
from mixtura.images import PrincipalComponents

try:
    import daal4py
except ImportError:
    daal4py = None

PEAK = 106e9  # fused operations a second, both counted, of the two cores the table was made on
ROWS = [
    # N, D, K, type, wanted against scikit-learn
    (1_000_000, 1, 3, "full", 100),
    (1_000_000, 2, 5, "full", 110),
    (1_000_000, 2, 5, "diag", 70),
    (200_000, 10, 10, "full", 35),
    (1_000_000, 10, 10, "diag", 35),
    (100_000, 32, 16, "full", 15),
    (100_000, 64, 64, "diag", 8),
    (50_000, 100, 25, "full", 8),
]


def synthetic(n, d, k, seed=0):
    """Overlapping groups, each of its own shape."""
    rng = np.random.default_rng(seed)
    means = 2.0 * rng.normal(size=(k, d))
    groups = rng.integers(k, size=n)
    shapes = rng.normal(size=(k, d, d)) / np.sqrt(d) + np.eye(d)
    X = np.empty((n, d))
    for g in range(k):
        X[groups == g] = rng.normal(size=((groups == g).sum(), d)) @ shapes[g] + means[g]
    return X, means


def start_of(X, means, kind):
    """Weights, means and precisions to begin with, given to both sides."""
    k = len(means)
    variances = X.var(axis=0)
    precisions = {"full": np.stack([np.diag(1 / variances)] * k), "diag": np.stack([1 / variances] * k)}[kind]
    return {"weights_init": np.full(k, 1 / k), "means_init": means, "precisions_init": precisions}


def fit(cls, X, k, kind, start, n_iter):
    model = cls(k, covariance_type=kind, tol=0, reg_covar=1e-6, max_iter=n_iter, **start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begin = time.perf_counter()
        model.fit(X)
        return time.perf_counter() - begin, model


def slope(cls, X, k, kind, start, short, long):
    """Seconds per iteration: the difference of two runs over the difference of their iterations."""
    first, _ = fit(cls, X, k, kind, start, short)
    second, model = fit(cls, X, k, kind, start, long)
    return (second - first) / (long - short), model


def oneapi_slope(X, k, kind, start, short, long):
    covariances = [1 / p if kind == "diag" else np.linalg.inv(p) for p in start["precisions_init"]]
    storage = "diagonal" if kind == "diag" else "full"
    times = []
    for n_iter in (short, long):
        begin = time.perf_counter()
        model = daal4py.em_gmm(k, maxIterations=n_iter, accuracyThreshold=0.0, covarianceStorage=storage)
        model.compute(X, start["weights_init"][None], start["means_init"], [np.atleast_2d(c) for c in covariances])
        times.append(time.perf_counter() - begin)
    return (times[1] - times[0]) / (long - short)


def compare(name, X, means, k, kind, wanted, measured, rounds=3):
    start = start_of(X, means, kind)
    ours, theirs, oneapi = [], [], []
    for _ in range(rounds):
        seconds, mixture = slope(GaussianMixture, X, k, kind, start, 2, 22)
        ours.append(seconds)
        seconds, peer = slope(TheirMixture, X, k, kind, start, 1, 4)
        theirs.append(seconds)
        if daal4py is not None:
            oneapi.append(oneapi_slope(X, k, kind, start, 2, 8))
    # theirs are of the mixtures that entered each iteration, ours of those that left it
    np.testing.assert_allclose(mixture.lower_bounds_[:3], peer.lower_bounds_[1:4], rtol=1e-10)
    tracemalloc.start()
    fit(GaussianMixture, X, k, kind, start, 2)
    memory = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    n, d = X.shape
    floor = 2 * n * k * (d * (d + 1) if kind == "full" else 4 * d)
    ratio = median(t / o for o, t in zip(ours, theirs, strict=True))
    against = median(t / o for o, t in zip(ours, oneapi, strict=True)) if oneapi else None
    best = median(ours)
    measured.append(
        Measured(name, best * 1e3, median(theirs) * 1e3, ratio, wanted, against, floor / best / PEAK, memory)
    )


@pytest.mark.parametrize(("n", "d", "k", "kind", "wanted"), ROWS)
def test_synthetic(n, d, k, kind, wanted, measured, benchmark):
    X, means = synthetic(n, d, k)
    benchmark.pedantic(
        compare, args=(f"{n:.0e}, {d}, {k}, {kind}".replace("e+0", "e"), X, means, k, kind, wanted, measured), rounds=1
    )


def test_fashion_mnist_components(measured, benchmark):
    try:
        images = load_fashion_mnist(download=False).images
    except DatasetNotFoundError as error:
        pytest.skip(f"Fashion-MNIST is not on this machine: {error}")
    X = PrincipalComponents(100).fit_transform(images)
    means = X[np.random.default_rng(0).choice(len(X), 25, replace=False)]
    benchmark.pedantic(
        compare, args=("6e4, 100, 25, full, Fashion-MNIST", X, means, 25, "full", 20, measured), rounds=1
    )


def test_float32(measured, benchmark):
    """float32 rows are computed in float64: half the memory to read, the same digits."""
    X, means = synthetic(1_000_000, 2, 5)
    start = start_of(X, means, "full")

    def ratio():
        pairs = []
        for _ in range(3):
            double, _ = slope(GaussianMixture, X, 5, "full", start, 2, 22)
            single, model = slope(GaussianMixture, X.astype(np.float32), 5, "full", start, 2, 22)
            pairs.append(double / single)
        assert model.mixture_.means.dtype == np.float64
        return median(pairs)

    benchmark.extra_info["float64 over float32"] = benchmark.pedantic(ratio, rounds=1)
