"""The rules for the number of basis vectors: published constants, oracles, planted ranks, invariances."""

from dataclasses import FrozenInstanceError

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixtura.images.rank import (
    knee,
    marchenko_pastur_median,
    noise_factor,
    suggest_rank,
    variance_rank,
)

falling = st.lists(st.floats(0.01, 100.0), min_size=2, max_size=30).map(lambda values: np.array(sorted(values)[::-1]))


def planted(n, d, rank, seed):
    """Return singular values of centred data: white noise and `rank` directions well above it."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=(n, rank)) @ (10.0 * np.linalg.qr(rng.normal(size=(d, rank)))[0].T)
    table = signal + rng.normal(size=(n, d))
    return np.linalg.svd(table - table.mean(axis=0), compute_uv=False)


def test_published_factor_of_square_matrices():
    """Gavish and Donoho 2014, abstract: 2.858."""
    assert noise_factor(1.0) == pytest.approx(2.858, abs=5e-4)


def test_published_polynomial():
    """Their approximation: 0.56 b^3 - 0.95 b^2 + 1.82 b + 1.43, off by at most 0.02."""
    for ratio in np.linspace(0.001, 1.0, 40):
        assert abs(np.polyval([0.56, -0.95, 1.82, 1.43], ratio) - noise_factor(ratio)) < 0.02


def test_factor_of_a_very_long_matrix_is_the_root_of_two():
    assert noise_factor(1e-10) == pytest.approx(np.sqrt(2.0), rel=1e-4)


@pytest.mark.parametrize("ratio", [0.01, 0.3, 0.9, 1.0])
def test_median_against_the_density_in_its_own_variable(ratio):
    low, high = (1 - mpmath.sqrt(ratio)) ** 2, (1 + mpmath.sqrt(ratio)) ** 2

    def density(x):
        return mpmath.sqrt((high - x) * (x - low)) / (2 * mpmath.pi * ratio * x)

    below = mpmath.quad(density, [low, mpmath.mpf(marchenko_pastur_median(ratio))])
    assert float(below) == pytest.approx(0.5, abs=1e-9)


def test_median_against_noise():
    n, d = 2000, 600
    values = np.linalg.svd(np.random.default_rng(0).normal(size=(n, d)), compute_uv=False) ** 2 / n
    assert np.median(values) == pytest.approx(marchenko_pastur_median(d / n), rel=5e-3)


@pytest.mark.parametrize(("n", "d"), [(600, 120), (120, 600), (200, 200)])
@pytest.mark.parametrize("rank", [0, 1, 7])
def test_planted_rank_is_found(n, d, rank):
    assert suggest_rank(planted(n, d, rank, seed=n + rank), n, d).gavish_donoho == rank


@pytest.mark.parametrize(("n", "d"), [(901, 180), (181, 900), (301, 300)])
def test_threshold_is_that_of_known_noise(n, d):
    """For noise of variance 1 the paper gives the best cut; the median must lead to it."""
    b = (n - 1) / d if n < d else d / (n - 1)
    best = np.sqrt(2 * (b + 1) + 8 * b / ((b + 1) + np.sqrt(b**2 + 14 * b + 1)))
    threshold = suggest_rank(planted(n, d, 0, seed=n), n, d).threshold
    assert threshold == pytest.approx(best * np.sqrt(max(n - 1, d)), rel=0.01)


@settings(deadline=None)
@given(falling, st.integers(0, 5))
def test_constant_columns_and_units_change_nothing(singular_values, constant):
    d = singular_values.size
    plain = suggest_rank(singular_values, 1000, d)
    padded = suggest_rank(np.concatenate([singular_values * 4.0, np.zeros(constant)]), 1000, d + constant)
    assert (plain.knee, plain.variance_90, plain.variance_95) == (padded.knee, padded.variance_90, padded.variance_95)
    assert plain.gavish_donoho == padded.gavish_donoho
    assert plain.threshold * 4.0 == padded.threshold


@settings(deadline=None)
@given(falling, st.floats(0.01, 1.0))
def test_variance_rank_is_the_least_that_holds_the_share(singular_values, fraction):
    kept = variance_rank(singular_values, fraction)
    shares = singular_values**2 / np.sum(singular_values**2)
    assert shares[:kept].sum() >= fraction - 1e-12
    assert shares[: kept - 1].sum() < fraction + 1e-12
    assert 1 <= kept <= singular_values.size


@settings(deadline=None)
@given(falling.filter(lambda values: values[0] > 1.001 * values[-1]))
def test_knee_is_farthest_from_the_chord_in_the_unit_square(singular_values):
    """The definition: scale both axes to [0, 1], measure at right angles to the chord, below it."""
    x = np.linspace(0.0, 1.0, singular_values.size)
    y = (singular_values - singular_values[-1]) / (singular_values[0] - singular_values[-1])
    distance = (1.0 - x - y) / np.sqrt(2.0)
    if distance.max() > 1e-6:
        assert distance[knee(singular_values) - 1] == pytest.approx(distance.max(), abs=1e-12)
    elif distance.max() < 1e-10:
        assert knee(singular_values) == singular_values.size


@pytest.mark.parametrize("curve", [[5.0], [5.0, 2.0], [3.0, 3.0, 3.0], [4.0, 3.0, 2.0, 1.0], [4.0, 3.9, 3.0, 0.0]])
def test_a_curve_without_a_knee_keeps_all(curve):
    assert knee(np.array(curve)) == len(curve)


def test_knee_by_hand():
    assert knee(np.array([10.0, 9.0, 2.0, 1.5, 1.0, 0.5, 0.0])) == 3


def test_cuts_for_a_picture():
    suggestion = suggest_rank(planted(300, 60, 3, seed=1), 300, 60)
    assert list(suggestion.cuts().values()) == [
        suggestion.knee,
        suggestion.variance_90,
        suggestion.variance_95,
        suggestion.gavish_donoho,
    ]
    assert "Gavish and Donoho" not in suggest_rank(planted(300, 60, 0, seed=1), 300, 60).cuts()


def test_record_is_frozen():
    with pytest.raises(FrozenInstanceError):
        suggest_rank(np.array([3.0, 1.0]), 10, 2).knee = 1


def test_equal_rows():
    with pytest.raises(ValueError, match=r"All rows are equal.*check the data"):
        suggest_rank(np.zeros(3), 10, 3)
