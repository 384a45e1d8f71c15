"""The whole search, 9 numbers x 14 families on 10,000 x 5, beside R's mclust with its defaults; writes SEARCH.md.

Needs R with the package mclust. Run alone with ``python -m pytest benchmarks/test_search.py``.
"""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from mixtura import GaussianMixtureSearch
from mixtura.diagnostics import explain_choice, n_threads
from mixtura.starts import sketch

HERE = Path(__file__).parent
ROUNDS = 3
MCLUST_TOL = 8e-5  # about mclust's rule here: its tolerance is 1e-5 of the log-likelihood, 8 nats a row
CASES = {
    "defaults": {},
    "1 job": {"n_jobs": 1},
    "mclust's tolerance": {"tol": MCLUST_TOL},
    "mclust's tolerance, 1 job": {"tol": MCLUST_TOL, "n_jobs": 1},
}


@dataclass(frozen=True)
class Run:
    """Seconds of wall and of processor time, the best BIC (the lower the better) and the choice."""

    wall: float
    processor: float
    bic: float
    choice: tuple[str, int]


def overlapping_groups(n=10_000, d=5, k=5, seed=0):
    rng = np.random.default_rng(seed)
    means, groups = 3 * rng.normal(size=(k, d)), rng.integers(k, size=n)
    shapes = rng.normal(size=(k, d, d)) / np.sqrt(d) + np.eye(d)
    return np.einsum("nd,nde->ne", rng.normal(size=(n, d)), shapes[groups]) + means[groups]


def ours(X, parameters):
    sketch._recent.clear()  # nothing is remembered of these rows
    wall, processor = time.perf_counter(), time.process_time()
    search = GaussianMixtureSearch(range(1, 10), random_state=0, **parameters).fit(X)
    best = search.best_params_
    return Run(
        time.perf_counter() - wall,
        time.process_time() - processor,
        search.best_score_,
        (best["covariance_type"], best["n_components"]),
    )


def theirs(file):
    command = ["Rscript", str(HERE / "search.R"), str(file)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    wall, user, mclust, r, bic, family, number = out
    return Run(float(wall), float(user), -float(bic), (family, int(number))), f"mclust {mclust}, R {r}"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R with mclust is needed to compare with")
def test_the_whole_search(tmp_path):
    X = overlapping_groups()
    file = tmp_path / "rows.csv"
    np.savetxt(file, X, delimiter=",", fmt="%.17g")
    ours(X[:500], {})  # loads what is loaded once
    runs = {name: [] for name in CASES}
    peers = []
    for _ in range(ROUNDS):  # in turn, so that a busy machine is busy for both
        run, versions = theirs(file)
        peers.append(run)
        for name, parameters in CASES.items():
            runs[name].append(ours(X, parameters))
    for group in runs.values():
        assert all(run.choice == peers[0].choice for run in group)
        assert all(run.bic <= peers[0].bic + 1e-3 for run in group)
    lines = [
        "# The whole search beside mclust",
        "",
        f"Measured on {date.today()}, {n_threads()} processors: mixtura {version('mixtura')}, {explain_choice()};",
        f"{versions}. 10,000 rows of 5 features in 5 overlapping groups, 1 to 9 components, all fourteen families.",
        f"Medians of {ROUNDS} rounds in turn; ratios are medians of the rounds' ratios. Both choose "
        f"{peers[0].choice[0]} with {peers[0].choice[1]} components. "
        f"Load average at the end: {os.getloadavg()[1]:.0f}.",
        "",
        "mclust works on one thread, so the rows of 1 job compare like with like. By default the fits of so few rows",
        "are shared among all threads. Nothing is remembered from one run to the next.",
        "",
        "| | wall, s | processor, s | times faster, wall | times faster, processor |",
        "|---|---|---|---|---|",
        f"| mclust | {median(run.wall for run in peers):.2f} | {median(run.processor for run in peers):.2f} | | |",
    ]
    for name, group in runs.items():
        wall = median(peer.wall / run.wall for peer, run in zip(peers, group, strict=True))
        processor = median(peer.processor / run.processor for peer, run in zip(peers, group, strict=True))
        lines.append(
            f"| {name} | {median(r.wall for r in group):.2f} | {median(r.processor for r in group):.2f} "
            f"| {wall:.1f}x | {processor:.1f}x |"
        )
    (HERE / "SEARCH.md").write_text("\n".join(lines) + "\n")
