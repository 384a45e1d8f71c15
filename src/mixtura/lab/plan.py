"""Plan: how much the lab does, for each set of images."""

from dataclasses import dataclass

__all__ = ["PLANS", "Plan"]


@dataclass(frozen=True)
class Plan:
    """Sizes of the activities.

    Attributes
    ----------
    n_per_class, n_test_per_class : int or None
        Images of each class, for training and for testing; None takes all.
    n_basis, n_components : int
        Of the image generator.
    ranks : tuple of int
        Numbers of basis vectors for reconstructions.
    basis_sizes, component_counts : tuple of int
        What activity 6 tries.
    n_bins : int
        Bins of the test by bins.
    study_sizes, study_counts : tuple of int
        Basis vectors, and components for each class, of the small study.
    study_per_class : int
        Training images of each class in it.
    study_teachings : int
        Pairs of classifiers that its loss of accuracy is the mean of.
    n_draws : int
        Sets of blobs in activity 4.
    max_components : int
        The most components of activity 5.
    """

    n_per_class: int | None
    n_test_per_class: int | None
    n_basis: int
    n_components: int
    ranks: tuple[int, ...]
    basis_sizes: tuple[int, ...]
    component_counts: tuple[int, ...]
    n_bins: int
    study_sizes: tuple[int, ...]
    study_counts: tuple[int, ...]
    study_per_class: int
    study_teachings: int = 3
    n_draws: int = 12
    max_components: int = 15


PLANS = {
    ("fashion-mnist", False): Plan(
        n_per_class=None,
        n_test_per_class=None,
        n_basis=100,
        n_components=25,
        ranks=(1, 10, 25, 50, 100, 200, 400, 784),
        basis_sizes=(10, 25, 50, 100, 200),
        component_counts=(1, 5, 10, 25, 50),
        n_bins=50,
        study_sizes=(20, 100),
        study_counts=(1, 5),
        study_per_class=500,
    ),
    ("fashion-mnist", True): Plan(
        n_per_class=500,
        n_test_per_class=150,
        n_basis=50,
        n_components=5,
        ranks=(1, 10, 50, 200, 784),
        basis_sizes=(10, 50),
        component_counts=(1, 5, 10),
        n_bins=30,
        study_sizes=(10, 50),
        study_counts=(1,),
        study_per_class=150,
        study_teachings=1,
        n_draws=4,
        max_components=10,
    ),
    ("digits", False): Plan(
        n_per_class=None,
        n_test_per_class=None,
        n_basis=16,
        n_components=4,
        ranks=(1, 4, 8, 16, 32, 64),
        basis_sizes=(4, 8, 16, 32),
        component_counts=(1, 2, 4, 8),
        n_bins=40,
        study_sizes=(8, 32),
        study_counts=(1, 4),
        study_per_class=140,
    ),
    ("digits", True): Plan(
        n_per_class=None,
        n_test_per_class=None,
        n_basis=16,
        n_components=4,
        ranks=(1, 8, 16, 64),
        basis_sizes=(4, 16),
        component_counts=(1, 4),
        n_bins=40,
        study_sizes=(8, 32),
        study_counts=(1,),
        study_per_class=80,
        study_teachings=1,
        n_draws=4,
        max_components=10,
    ),
}
"""A plan for each set of images, in full (False) and quick (True)."""
