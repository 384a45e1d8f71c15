"""Whole fits with default settings beside scikit-learn: time, likelihood and memory; small fits; the import."""

import subprocess
import sys
import time
import warnings
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from page import Figure
from problems import groups_of_points
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture

PEAK = Path(__file__).with_name("peak_memory.py")
WANTED = 10.0
MEMORY_WANTED = 60.0  # MiB
IMPORT_WANTED = 100.0  # milliseconds
SAME = 1e-3  # nats, the default tolerance: both sides end where an iteration gains less, somewhere below the maximum


def whole(cls, X, problem, seed):
    """Seconds, and the model, of a fit with default settings."""
    model = cls(problem.n_components, covariance_type=problem.kind, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begin = time.perf_counter()
        model.fit(X)
        return time.perf_counter() - begin, model


@pytest.mark.parametrize("k", [3, 5])
def test_500_points_in_the_plane(k, page, benchmark):
    X, _ = groups_of_points(500, 2, k)

    def pairs(rounds=40):
        ours, theirs = [], []
        for seed in range(-3, rounds):  # the first three load what is loaded once
            for cls, times in ((GaussianMixture, ours), (TheirMixture, theirs)):
                model = cls(k, random_state=abs(seed))
                begin = time.perf_counter()
                model.fit(X)
                times.append(1e3 * (time.perf_counter() - begin))
        return ours[3:], theirs[3:]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = benchmark.pedantic(pairs, rounds=1)
    ratio = median(their / our for their, our in zip(theirs, ours, strict=True))
    name = f"500 points in the plane, {k} components"
    page.add("small", name, f"{median(theirs):.2f}", f"{median(ours):.2f}", Figure(ratio, least=1.0))


def test_import(page, benchmark):
    code = "import time; begin = time.perf_counter(); import {}; print(time.perf_counter() - begin)"

    def seconds(module):
        out = subprocess.run([sys.executable, "-c", code.format(module)], capture_output=True, text=True, check=True)
        return 1e3 * float(out.stdout)

    def pairs():
        return [(seconds("mixtura"), seconds("sklearn.mixture")) for _ in range(5)]

    ours, theirs = zip(*benchmark.pedantic(pairs, rounds=1), strict=True)
    found = Figure(median(ours), "{:.0f}", most=IMPORT_WANTED)
    page.add("small", "import mixtura", f"{median(theirs):.0f}", found, "")


def test_whole_fit(problem, page, benchmark, tmp_path):
    benchmark.pedantic(compare, args=(problem, page, tmp_path), rounds=1)


def compare(problem, page, folder):
    X, seeds = problem.X, range(1 if problem.slow else 2)
    ours, theirs, gains, n_iter = [], [], [], []
    for seed in seeds:
        seconds, mixture = whole(GaussianMixture, X, problem, seed)
        ours.append(seconds)
        seconds, peer = whole(TheirMixture, X, problem, seed)
        theirs.append(seconds)
        assert mixture.lower_bound_ == pytest.approx(mixture.score(X), rel=1e-10)
        gains.append(mixture.lower_bound_ - peer.score(X))
        n_iter.append((peer.n_iter_, mixture.n_iter_))
    np.save(folder / "rows.npy", X)
    page.add(
        "fit",
        problem.name,
        f"{median(theirs):.2f}",
        f"{median(ours):.3f}",
        Figure(median(their / our for their, our in zip(theirs, ours, strict=True)), least=WANTED),
        ", ".join(f"{their} : {our}" for their, our in n_iter),
        Figure(median(gains), "{:+.4f}", least=-SAME, note=f"; {min(gains):+.4f} to {max(gains):+.4f}"),
        str(len(seeds)),
        Figure(peak_memory(folder / "rows.npy", problem), "{:.0f} MiB", most=MEMORY_WANTED),
    )


def peak_memory(file, problem):
    """MiB that a fresh process holds at most while it fits, above what it held with its data before."""
    command = [sys.executable, PEAK, file, str(problem.n_components), problem.kind]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
