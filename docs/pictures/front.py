"""Draw the README's picture: a mixture beside k-means on stretched groups, and images sampled from a mixture.

Run it as ``python docs/pictures/front.py``; it writes ``docs/pictures/front.png``.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from mixtura import GaussianMixture
from mixtura.datasets import load_fashion_mnist, mapped_blobs
from mixtura.images import ImageMixture
from mixtura.plots import plot_gmm, plot_image_grid, plot_kmeans


def main() -> None:
    """Fit, draw, save."""
    _, X, _ = mapped_blobs(random_state=29)
    images = load_fashion_mnist()
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.9), layout="constrained")
    plot_kmeans(X, 3, ax=axes[0])
    axes[0].set_title("k-means on stretched groups")
    plot_gmm(GaussianMixture(3, n_init=5, random_state=0).fit(X), X, ax=axes[1])
    axes[1].set_title("a Gaussian mixture")
    model = ImageMixture(random_state=0).fit(images.images, images.labels)
    plot_image_grid(model.sample(64, random_state=0), n_columns=8, ax=axes[2])
    axes[2].set_title("images sampled from a mixture")
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=80)


if __name__ == "__main__":
    main()
