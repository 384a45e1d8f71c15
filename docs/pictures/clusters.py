"""Draw the picture of docs/clusters.md: components beside clusters on moons, rings and spirals, and outliers as noise.

Run it as ``python docs/pictures/clusters.py``; it writes ``docs/pictures/clusters.png``.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from cluster_sets import SETS

from mixtura import MergedGaussianMixture

COLOURS = np.array(["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#999999"])  # Okabe and Ito's; grey is noise
MARKERS = ("o", "^", "s", "D")


def draw_ellipses(ax, merged):
    """Draw each component at two standard deviations, in the colour of its cluster."""
    angles = np.linspace(0, 2 * np.pi, 100)
    circle = 2 * np.column_stack([np.cos(angles), np.sin(angles)])
    for k, (mean, cluster) in enumerate(zip(merged.mixture_.means, merged.cluster_of_component_, strict=True)):
        outline = merged.mixture_.covariances.colour(k, circle) + mean
        ax.plot(*outline.T, color=COLOURS[cluster], linewidth=1)


def main() -> None:
    """Fit, draw, save."""
    figure, axes = plt.subplots(2, 3, figsize=(12, 7), layout="constrained")
    for ax, below, (name, make) in zip(axes[0], axes[1], SETS.items(), strict=False):
        X, _ = make(0)
        merged = MergedGaussianMixture(noise="auto" if "outliers" in name else None, random_state=0).fit(X)
        for cluster in sorted(set(merged.labels_)):
            rows, grey = X[merged.labels_ == cluster], cluster < 0
            ax.scatter(*rows.T, s=9, color=COLOURS[cluster], marker="x" if grey else MARKERS[cluster], linewidth=0.7)
        draw_ellipses(ax, merged)
        ax.set_aspect("equal")
        noise = f", {int((merged.labels_ < 0).sum())} rows of noise" if (merged.labels_ < 0).any() else ""
        ax.set_title(f"{name}: {merged.mixture_.n_components} components,\n{merged.n_clusters_} clusters{noise}")
        tree = merged.merge_tree_
        below.plot(range(1, tree.n_components + 1), tree.entropies, "o-", color="#444444", markersize=4)
        below.axvline(merged.n_clusters_, color=COLOURS[1], linestyle="--", label=f"elbow: {merged.n_clusters_}")
        below.set_xlabel("number of clusters")
        below.set_ylabel("entropy of the memberships (nats)")
        below.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=80)


if __name__ == "__main__":
    main()
