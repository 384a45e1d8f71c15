"""Draw docs/pictures/study-looks.png: real images of each class beside samples of three models.

Run it as ``python docs/study/looks.py``; it fits the models to all training images.
"""

from pathlib import Path

import numpy as np

from mixtura.datasets import load_fashion_mnist
from mixtura.images import ImageMixture, MatchedImageMixture, best_density_model
from mixtura.plots import plot_image_grid

PICTURE = Path(__file__).parents[1] / "pictures" / "study-looks.png"
EACH = 2
"""Rows of each kind."""


def main() -> None:
    """Fit, sample a column for each class, draw: the first samples and the first test images, none chosen."""
    train, test = load_fashion_mnist(), load_fashion_mnist("test")
    classes = range(10)
    models = {
        "the text's model": ImageMixture(100, 25, random_state=0, tol=0.05).fit(train.images, train.labels),
        "MatchedImageMixture": MatchedImageMixture(100, 25, random_state=0).fit(train.images, train.labels),
        "CopulaImageMixture": best_density_model(train.images, train.labels, n_jobs=1),
    }
    kinds = {"real images": np.stack([test.only(label).images[:EACH] for label in classes]) / 255.0}
    for name, model in models.items():
        kinds[name] = np.stack([model.sample(EACH, label=label, random_state=label) for label in classes])
    rows = np.concatenate([kind.swapaxes(0, 1) for kind in kinds.values()])  # (rows, classes, height, width)
    display = plot_image_grid(rows.reshape(-1, *rows.shape[2:]), n_columns=len(classes))
    for number, name in enumerate(kinds):
        middle = 1.0 - (number + 0.5) / len(kinds)  # of its rows, as a part of the height of all
        display.ax_.annotate(
            name,
            (-0.01, middle),
            xycoords="axes fraction",
            ha="right",
            va="center",
            rotation=90,
        )
    display.figure_.savefig(PICTURE, dpi=75, facecolor="white", bbox_inches="tight", metadata={"Software": None})


if __name__ == "__main__":
    import matplotlib

    matplotlib.use("Agg")
    main()
