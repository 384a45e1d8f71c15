"""How long one EM iteration takes, beside scikit-learn and, where installed, oneDAL, from the same start.

oneDAL comes with ``pip install scikit-learn-intelex daal``. Its answer is compared too, so that it does the same work.
"""

import time
import warnings
from statistics import median

import numpy as np
from page import Figure
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture

try:
    import daal4py
except ImportError:
    daal4py = None

PEAK = 106.0  # GF/s of fused operations on the two cores of the machine that the wanted ratios belong to
SECONDS = 0.4  # what the long runs of a round should take together, for an even slope
FLOAT32_WANTED = 1.7
NEGLIGIBLE = 2.0**-53  # a smaller responsibility adds nothing to a float64 sum over its row


def run(cls, X, problem, n_iter):
    """Seconds, iterations and the model of a run of so many."""
    model = cls(problem.n_components, covariance_type=problem.kind, tol=0, reg_covar=1e-6, max_iter=n_iter)
    model.set_params(**problem.start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is meant not to converge
        begin = time.perf_counter()
        model.fit(X)
        return time.perf_counter() - begin, model.n_iter_, model


def run_onedal(X, problem, n_iter):
    start, diagonal = problem.start, problem.kind == "diag"
    covariances = [np.atleast_2d(1 / p if diagonal else np.linalg.inv(p)) for p in start["precisions_init"]]
    storage = "diagonal" if diagonal else "full"
    begin = time.perf_counter()
    algorithm = daal4py.em_gmm(
        problem.n_components, maxIterations=n_iter, accuracyThreshold=0.0, covarianceStorage=storage
    )
    made = algorithm.compute(X, start["weights_init"][None], start["means_init"], covariances)
    return time.perf_counter() - begin, int(made.nIterations.item()), made


def slope(short, long, measure, repeats=1):
    """Milliseconds per iteration, the median of several pairs of runs, and what the long run made."""
    times = []
    for _ in range(repeats):
        first, first_n_iter, _ = measure(short)
        second, second_n_iter, made = measure(long)
        times.append(1e3 * (second - first) / (second_n_iter - first_n_iter))
    return median(times), made


def test_iteration(problem, page, benchmark):
    benchmark.pedantic(compare, args=(problem, page), rounds=1)


def compare(problem, page):
    X, single = problem.X, problem.X.astype(np.float32)
    rounds, long = (2, 3) if problem.slow else (3, 4)  # theirs take nearly all of the time
    seconds, *_ = run(GaussianMixture, X, problem, long)
    repeats = min(max(round(SECONDS / seconds), 3), 40)
    ours, theirs, onedal, ours_single = [], [], [], []
    refused = "not installed"
    for _ in range(rounds):
        time_of_ours, mixture = slope(1, long, lambda n_iter: run(GaussianMixture, X, problem, n_iter), repeats)
        time_of_theirs, peer = slope(1, long, lambda n_iter: run(TheirMixture, X, problem, n_iter))
        time_of_single, rounded = slope(1, long, lambda n_iter: run(GaussianMixture, single, problem, n_iter), repeats)
        ours.append(time_of_ours)
        theirs.append(time_of_theirs)
        ours_single.append(time_of_single)
        if daal4py is not None:
            try:
                time_of_onedal, made = slope(1, long, lambda n_iter: run_onedal(X, problem, n_iter))
                onedal.append(time_of_onedal)
            except RuntimeError as error:  # it takes some covariances for singular
                refused = str(error).splitlines()[0]
    # Theirs are of the mixtures that entered each iteration, ours of those that left it.
    np.testing.assert_allclose(mixture.lower_bounds_[: long - 1], peer.lower_bounds_[1:], rtol=1e-10)
    np.testing.assert_allclose(rounded.lower_bounds_[:2], mixture.lower_bounds_[:2], rtol=1e-4)
    if onedal:
        np.testing.assert_allclose(np.sort(made.weights.ravel()), np.sort(peer.weights_), rtol=1e-3)
    best = median(ours)
    speed = problem.floor / best / 1e6
    page.add(
        "iteration",
        problem.name,
        f"{median(theirs):.1f}",
        f"{median(onedal):.1f}" if onedal else refused,
        f"{best:.2f}",
        Figure(_ratio(theirs, ours), least=problem.wanted),
        Figure(_ratio(onedal, ours), least=problem.wanted_of_onedal) if onedal else "",
        Figure(_ratio(ours, ours_single), least=FLOAT32_WANTED),
        f"{speed:.0f}, {speed / PEAK:.0%}",
        f"{(mixture.predict_proba(X[::50]) > NEGLIGIBLE).mean():.0%}",
    )


def _ratio(theirs, ours):
    return median(their / our for their, our in zip(theirs, ours, strict=True))
