"""How much a likelihood depends on the start: ours and scikit-learn's, the same EM, several seeds.

scikit-learn's default start is a run of its KMeans on all rows; its labels are handed to our EM, which makes the same
iterations from the same start as its own and takes a fraction of the time.
"""

import warnings
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from page import Figure, Page, Table
from problems import PROBLEMS
from scipy.stats import mannwhitneyu
from sklearn.cluster import KMeans

from mixtura import GaussianMixture

SEEDS = 5
SEEDS_OF_IMAGES = 10  # which have no true groups, so that every seed ends elsewhere
SAME = 1e-3  # nats, the default tolerance
PAGE = Page(
    {
        "seeds": Table(
            "Mean log-likelihood of whole fits, in nats",
            """
Five seeds each, ten of images; default settings but for the start, which is ours or the labels of scikit-learn's own
start, a run of its KMeans on all rows. EM is ours on both sides, which makes the same iterations as scikit-learn's.
Medians and ranges; the gain is that of the medians. Groups that are well apart are found or not; images have no true
groups, and seeds of either start end far from one another. The last column tells how much of a loss may be luck: the
chance of ranks as low as ours, raised by the tolerance of .001 nats, if both starts were equally good (Mann and
Whitney's test, one-sided).
""",
            ["N, D, K, type", "scikit-learn's start", "iterations", "our start", "iterations", "gain", "chance"],
            [problem.name for problem in PROBLEMS],
        )
    },
    Path(__file__).with_name("SEEDS.md"),
    "How much a likelihood depends on the start",
    "bench-seeds",
    ("scikit-learn",),
)


def fitted(problem, seed, start):
    model = GaussianMixture(problem.n_components, covariance_type=problem.kind, random_state=seed, init_params=start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 100 iterations are not always enough
        return model.fit(problem.X)


def told(models):
    """Median and range of likelihoods, and iterations."""
    found = [model.lower_bound_ for model in models]
    return f"{median(found):.4f}; {min(found):.4f} to {max(found):.4f}", f"{median(m.n_iter_ for m in models):g}"


def test_seeds(problem, benchmark):
    benchmark.pedantic(compare, args=(problem,), rounds=1)


def compare(problem):
    ours, theirs = [], []
    for seed in range(SEEDS_OF_IMAGES if problem.images else SEEDS):
        ours.append(fitted(problem, seed, "kmeans"))
        random = np.random.RandomState(seed)  # as its mixture hands it on
        cells = KMeans(problem.n_components, n_init=1, random_state=random).fit(problem.X)
        theirs.append(fitted(problem, seed, cells.labels_))
    for model in ours:
        assert model.lower_bound_ == pytest.approx(model.score(problem.X), rel=1e-10)
    ours_found, theirs_found = ([model.lower_bound_ for model in models] for models in (ours, theirs))
    gain = median(ours_found) - median(theirs_found)
    chance = mannwhitneyu(np.add(ours_found, SAME), theirs_found, alternative="less").pvalue
    PAGE.add(
        "seeds",
        problem.name,
        *told(theirs),
        *told(ours),
        Figure(gain, "{:+.4f}", least=-SAME),
        f"{chance:.2f}",
    )
