"""Clusters found by ``MergedGaussianMixture`` and by clustCombi of R's mclust on the same points, as a table.

Run it as ``python benchmarks/clusters_against_mclust.py``; it needs R with mclust. Both fit 1 to 20 components of the
family VVV and choose by BIC. Sets with outliers are fitted with a noise component. Mclust is told which rows its noise
begins with, by the rule that our start has: those whose density, from the ball that reaches the 12th neighbour, is
below that of rows spread evenly over the box. clustCombi knows no noise: it is given the memberships of the components
alone. Indices are over the rows that are no outliers.
"""

import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
from cluster_sets import SETS
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture, MergedGaussianMixture
from mixtura.starts.noisy import neighbour_log_densities

SEEDS = range(10)
SCRIPT = """
suppressPackageStartupMessages(library(mclust))
for (file in commandArgs(trailingOnly = TRUE)) {
  X <- as.matrix(read.csv(file, header = FALSE))
  noise <- sub("csv", "noise", file)
  if (file.exists(noise)) {
    initial <- list(noise = scan(noise, quiet = TRUE) == 1)
    fit <- Mclust(X, G = 1:20, modelNames = "VVV", initialization = initial, verbose = FALSE)
    fit$z <- fit$z[, 1:fit$G, drop = FALSE]
    combined <- clustCombi(fit)
  } else {
    combined <- clustCombi(Mclust(X, G = 1:20, modelNames = "VVV", verbose = FALSE))
  }
  most <- length(combined$classification)
  chosen <- if (most > 1) clustCombiOptim(combined)$numClusters.combi else 1
  columns <- sapply(c(2, 3), function(C) combined$classification[[min(C, most)]])
  writeLines(as.character(chosen), sub("csv", "number", file))
  write.table(columns, sub("csv", "labels", file), col.names = FALSE, row.names = FALSE)
}
"""


def main() -> None:
    """Fit both on every set and print the table."""
    warnings.simplefilter("ignore")
    print("| points | ours, number given: ARI median / worst | clustCombi | ours says so many | clustCombiOptim |")
    print("|---|---|---|---|---|")
    for name, make in SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            row(name, [make(seed) for seed in SEEDS], Path(folder))


def row(name, sets, folder) -> None:
    """Print one row of the table."""
    truth = len(np.unique(sets[0][1][sets[0][1] >= 0]))
    paths = [folder / f"{seed}.csv" for seed in range(len(sets))]
    ours, said, theirs, they_said = [], [], [], []
    for path, (X, groups) in zip(paths, sets, strict=True):
        np.savetxt(path, X, delimiter=",")
        noise = "auto" if (groups < 0).any() else None
        if noise:
            np.savetxt(path.with_suffix(".noise"), probable_noise(X), fmt="%d")
        merged = MergedGaussianMixture(noise=noise, random_state=0).fit(X)
        said.append(merged.n_clusters_)
        shares = merged.estimator_.predict_proba(X)[:, : merged.mixture_.n_components]
        at_truth = merged.merge_tree_.combine(shares, truth).argmax(axis=1)
        ours.append(adjusted_rand_score(groups[groups >= 0], at_truth[groups >= 0]))
    (folder / "combine.R").write_text(SCRIPT)
    subprocess.run(["Rscript", folder / "combine.R", *paths], check=True)
    for path, (_, groups) in zip(paths, sets, strict=True):
        they_said.append(int(path.with_suffix(".number").read_text()))
        labels = np.loadtxt(path.with_suffix(".labels"))[:, truth - 2]
        theirs.append(adjusted_rand_score(groups[groups >= 0], labels[groups >= 0]))
    right = [f"{sum(number == truth for number in numbers)} of {len(sets)} right" for numbers in (said, they_said)]
    aris = [f"{np.median(values):.3f} / {min(values):.3f}" for values in (ours, theirs)]
    print(f"| {name} | {aris[0]} | {aris[1]} | {right[0]} | {right[1]} |", flush=True)


def probable_noise(X):
    """Return which rows (N,) are sparser than if all were spread evenly over the box, as 0 and 1."""
    log_volume = GaussianMixture(1, noise="auto", max_iter=0).fit(X).mixture_.noise.log_volume
    return neighbour_log_densities(X) < -log_volume


if __name__ == "__main__":
    main()
