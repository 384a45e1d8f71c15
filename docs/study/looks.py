"""Draw docs/pictures/study-looks.png: real images of each class beside samples of the text's model and of the best.

Run it as ``python docs/study/looks.py``; it fits two models to all training images.
"""

from pathlib import Path

import numpy as np

from mixtura.datasets import load_fashion_mnist
from mixtura.plots import plot_image_grid
from mixtura.study.rivals import most_vectors, rival_named

PICTURE = Path(__file__).parents[1] / "pictures" / "study-looks.png"
EACH = 2
"""Rows of each kind."""


def main() -> None:
    """Fit, sample a column for each class, draw: the first samples and the first test images, none chosen."""
    train, test = load_fashion_mnist(), load_fashion_mnist("test")
    classes = range(10)
    kinds = [np.stack([test.only(label).images[:EACH] for label in classes]) / 255.0]
    for name in ("naive-labelled", "matched"):
        model = rival_named(name).make(most_vectors(train), 0).fit(train.images, train.labels)
        kinds.append(np.stack([model.sample(EACH, label=label, random_state=label) for label in classes]))
    rows = np.concatenate([kind.swapaxes(0, 1) for kind in kinds])  # (rows, classes, height, width)
    display = plot_image_grid(rows.reshape(-1, *rows.shape[2:]), n_columns=len(classes))
    display.figure_.savefig(PICTURE, dpi=75, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    import matplotlib

    matplotlib.use("Agg")
    main()
