"""Clusters found by ``MergedGaussianMixture`` and by clustCombi of R's mclust on the same points, as a table.

Run it as ``python benchmarks/clusters_against_mclust.py``; it needs R with mclust. Both fit 1 to 20 components of the
family VVV and choose by BIC. Sets with outliers are fitted with a noise component. Mclust is told which rows its noise
begins with, by the rule that our start has: those whose density, from the ball that reaches the 12th neighbour, is below
that of rows spread evenly over the box. clustCombi has no noise: it is given the memberships of the components alone, as
its merging takes them. Indices are over the rows that are no outliers.
"""

import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
from cluster_sets import SETS
from sklearn.metrics import adjusted_rand_score

from mixtura import MergedGaussianMixture

SEEDS = range(10)
SCRIPT = """
suppressPackageStartupMessages(library(mclust))
for (file in commandArgs(trailingOnly = TRUE)) {
  X <- as.matrix(read.csv(file, header = FALSE))
  noise <- sub("csv", "noise", file)
  if (file.exists(noise)) {
    initial <- list(noise = scan(noise, quiet = TRUE) == 1)
    fit <- Mclust(X, G = 1:20, modelNames = "VVV", initialization = initial, verbose = FALSE)
    shares <- fit$z[, 1:fit$G, drop = FALSE]
    combined <- clustCombi(data = X, modelName = "VVV", z = shares)
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
        if "outliers" in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            row(name, [make(seed) for seed in SEEDS], Path(folder))


def row(name, sets, folder) -> None:
    """Print one row of the table."""
    truth = len(np.unique(sets[0][1]))
    paths = [folder / f"{seed}.csv" for seed in range(len(sets))]
    ours, said, theirs, they_said = [], [], [], []
    for path, (X, groups) in zip(paths, sets, strict=True):
        np.savetxt(path, X, delimiter=",")
        merged = MergedGaussianMixture(random_state=0).fit(X)
        said.append(merged.n_clusters_)
        at_truth = merged.merge_tree_.combine(merged.estimator_.predict_proba(X), truth).argmax(axis=1)
        ours.append(adjusted_rand_score(groups, at_truth))
    (folder / "combine.R").write_text(SCRIPT)
    subprocess.run(["Rscript", folder / "combine.R", *paths], check=True)
    for path, (_, groups) in zip(paths, sets, strict=True):
        they_said.append(int(path.with_suffix(".number").read_text()))
        theirs.append(adjusted_rand_score(groups, np.loadtxt(path.with_suffix(".labels"))[:, truth - 2]))
    right = [f"{sum(number == truth for number in numbers)} of {len(sets)} right" for numbers in (said, they_said)]
    aris = [f"{np.median(values):.3f} / {min(values):.3f}" for values in (ours, theirs)]
    print(f"| {name} | {aris[0]} | {aris[1]} | {right[0]} | {right[1]} |", flush=True)


if __name__ == "__main__":
    main()
