"""Simulated mixtures whose true family and number of components are known and clear."""

import numpy as np

from mixtura.families import find_family

SHARES = np.array([0.45, 0.3, 0.25])
SCALES = {"equal": [1.0, 1.0, 1.0], "varying": [0.5, 1.0, 2.0]}  # of the deviations
SHAPES = {
    "identity": [[1, 1, 1]] * 3,
    "equal": [[2.5, 1, 0.4]] * 3,
    "varying": [[2.5, 1, 0.4], [1, 1, 1], [0.5, 2, 1]],
}


def simulate_family(code, n=1000, seed=0):
    """Three groups in three dimensions, far apart, with covariances of the family and of none that it holds (n, 3)."""
    family = find_family(code)
    rng = np.random.default_rng(seed)
    turns = np.linalg.qr(rng.normal(size=(3, 3, 3)))[0]
    orientations = {"identity": np.stack([np.eye(3)] * 3), "equal": turns[[0, 0, 0]], "varying": turns}
    deviations = np.array(SCALES[family.volume])[:, None] * np.array(SHAPES[family.shape])  # (3, 3)
    roots = deviations[:, :, None] * orientations[family.orientation].transpose(0, 2, 1)  # z @ root has D A Dᵀ
    groups = rng.choice(3, size=n, p=SHARES)
    means = 15.0 * np.eye(3)
    return np.einsum("nd,nde->ne", rng.normal(size=(n, 3)), roots[groups]) + means[groups]
