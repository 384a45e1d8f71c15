"""The fit of the generator: the teaching text's own procedure, classes, scikit-learn's conventions, bad input, cost."""

import pickle
import time
import tracemalloc
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as TheirMixture
from sklearn.model_selection import GridSearchCV

from mixtura import GaussianMixture
from mixtura.images import ImageMixture
from mixtura.images.levels import ROUNDING_VARIANCE


@pytest.fixture(scope="module")
def digits():
    """Real images of bytes (1797, 8, 8) and their labels."""
    data = load_digits()
    return (data.images * 15).astype(np.uint8), data.target


def settled(images, labels=None, **parameters):
    return ImageMixture(**{"random_state": 0, "max_iter": 20, "tol": 0.1, **parameters}).fit(images, labels)


def test_against_the_teaching_text(digits):
    """Left singular vectors of the centred images, scikit-learn's mixture of them, and back by singular values."""
    images = digits[0][:600]
    n, n_basis, n_components = len(images), 12, 3
    groups = np.arange(n) % n_components
    scaled = images / 255.0
    mean = scaled.mean(axis=0)
    U, S, V = np.linalg.svd((scaled - mean).reshape(n, -1), full_matrices=False)
    U, S, V = U[:, :n_basis], S[:n_basis], V[:n_basis]
    parts = [U[groups == k] for k in range(n_components)]
    theirs = TheirMixture(
        n_components,
        tol=0.0,
        reg_covar=0.0,
        max_iter=20,
        weights_init=[len(part) / n for part in parts],
        means_init=[part.mean(axis=0) for part in parts],
        precisions_init=[np.linalg.inv(np.cov(part.T, bias=True)) for part in parts],
    )
    ours = ImageMixture(n_basis, n_components, tol=0.0, reg_covar=0.0, max_iter=20, init_params=groups)
    with pytest.warns(ConvergenceWarning):
        theirs.fit(U)
    with pytest.warns(ConvergenceWarning):
        ours.fit(images)

    expected = np.clip((theirs.means_ @ np.diag(S) @ V).reshape(-1, 8, 8) + mean, 0, 1)
    assert_allclose(ours.component_images(), expected, atol=1e-7)
    assert_allclose(ours.component_weights_, theirs.weights_, atol=1e-7)
    # Coefficients are their left singular vectors times the singular values, and densities change accordingly.
    mixture = ours.mixtures_[0]
    assert_allclose(np.abs(ours.encode(images)), np.abs(U * S), atol=1e-10)
    assert mixture.score(ours.encode(images)) == pytest.approx(theirs.score(U) - np.log(S).sum(), abs=1e-7)
    # Unseen images: projected, where the text divides by the singular values once more.
    unseen = digits[0][600:610] / 255.0
    assert_allclose(
        np.abs(ours.encode(unseen)),
        np.abs((unseen - mean).reshape(10, -1) @ np.linalg.pinv(np.diag(S) @ V) * S),
        atol=1e-10,
    )


def test_classes_share_a_basis(digits):
    images, labels = digits
    names = np.array([f"digit {label}" for label in labels])
    order = np.random.default_rng(0).permutation(len(images))
    model = settled(images, names, n_basis=10, n_components=2)
    shuffled = settled(images[order], names[order], n_basis=10, n_components=2)
    assert list(model.classes_) == [f"digit {label}" for label in range(10)]
    assert_allclose(model.class_weights_, np.bincount(labels) / len(labels))
    assert len(model.mixtures_) == 10
    assert_allclose(model.score_samples(images[:50]), shuffled.score_samples(images[:50]), rtol=1e-6)
    # Each mixture is that of its own images, in the coefficients of all.
    alone = GaussianMixture(
        2, tol=0.1, max_iter=20, reg_covar=ROUNDING_VARIANCE, random_state=model.mixtures_[7].random_state
    ).fit(model.encode(images[labels == 7]))
    assert_allclose(alone.means_, model.mixtures_[7].means_, rtol=1e-9)


def test_classes_describe_images_better(digits):
    images, labels = digits
    train, held_out = slice(None, 1200), slice(1200, None)
    pooled = settled(images[train], n_basis=15, n_components=1)
    by_class = settled(images[train], labels[train], n_basis=15, n_components=1)
    assert by_class.bits_per_dim(images[held_out], 0) < pooled.bits_per_dim(images[held_out], 0) - 0.05


def test_one_class_is_no_class(digits):
    images = digits[0][:400]
    pooled, single = (
        settled(images, n_basis=8, n_components=2),
        settled(images, np.ones(400), n_basis=8, n_components=2),
    )
    assert pooled.classes_ is None
    assert_array_equal(single.classes_, [1.0])
    assert_array_equal(pooled.score_samples(images), single.score_samples(images))


def test_memberships_follow_their_images(digits):
    """With labels, each class takes its own part of the memberships."""
    images, labels = digits
    groups = np.random.default_rng(0).integers(2, size=len(images))
    with pytest.warns(ConvergenceWarning):
        model = ImageMixture(5, 2, max_iter=1, init_params=groups).fit(images, labels)
    chosen = labels == 6
    with pytest.warns(ConvergenceWarning):
        alone = GaussianMixture(2, max_iter=1, reg_covar=ROUNDING_VARIANCE, init_params=groups[chosen]).fit(
            model.encode(images[chosen])
        )
    assert_allclose(alone.means_, model.mixtures_[6].means_, rtol=1e-12)


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_all_families_and_parameters_reach_the_mixture(digits, covariance_type):
    model = settled(
        digits[0][:300], n_basis=6, n_components=2, covariance_type=covariance_type, n_init=2, reg_covar=1e-3
    )
    mixture = model.mixtures_[0]
    expected = {"covariance_type": covariance_type, "n_init": 2, "reg_covar": 1e-3, "max_iter": 20, "tol": 0.1}
    assert expected.items() <= mixture.get_params().items()
    assert mixture.converged_
    assert np.isfinite(model.bits_per_dim(digits[0], random_state=0))
    assert model.residual_variance_ == pytest.approx(model.principal_components_.residual_variance_ + 1e-3)


def test_the_default_adds_the_variance_of_rounding(digits):
    model = settled(digits[0], n_basis=6, n_components=1)
    codes = model.encode(digits[0])
    expected = np.cov(codes.T, bias=True) + ROUNDING_VARIANCE * np.eye(6)
    assert_allclose(model.mixtures_[0].covariances_[0], expected, atol=1e-12)
    assert model.residual_variance_ == model.principal_components_.residual_variance_ + ROUNDING_VARIANCE


def test_pixels_that_never_vary_are_no_trouble(digits):
    """Three pixels of the digits are always 0; nothing is left out, and no warning is due."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = settled(digits[0], n_basis=64, n_components=2)
    assert 0 < model.bits_per_dim(digits[0], random_state=0) < 8


def test_colour_images():
    images = np.random.default_rng(0).integers(0, 256, size=(60, 4, 3, 3), dtype=np.uint8)
    model = settled(images, n_basis=5, n_components=1)
    assert model.image_shape_ == (4, 3, 3)
    assert model.sample(2, random_state=0).shape == (2, 4, 3, 3)
    assert model.component_images().shape == (1, 4, 3, 3)


# Scikit-learn's conventions


def test_seeds(digits):
    images, labels = digits[0][:500], digits[1][:500]
    first, again = (settled(images, labels, n_basis=5, n_components=2) for _ in range(2))
    assert_array_equal(first.score_samples(images), again.score_samples(images))
    other = settled(images, labels, n_basis=5, n_components=2, random_state=1)
    assert (first.score_samples(images) != other.score_samples(images)).any()
    assert len({mixture.random_state for mixture in first.mixtures_}) == 10  # classes do not share their draws


def test_pickle_and_clone(digits):
    images, labels = digits
    model = settled(images, labels, n_basis=8, n_components=2)
    loaded = pickle.loads(pickle.dumps(model))
    assert_array_equal(loaded.score_samples(images), model.score_samples(images))
    assert_array_equal(loaded.sample(5, random_state=1), model.sample(5, random_state=1))
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "mixtures_")


def test_grid_search(digits):
    search = GridSearchCV(ImageMixture(n_components=1), {"n_basis": [2, 20]}, cv=2).fit(digits[0][:300])
    assert search.best_params_ == {"n_basis": 20}
    assert search.best_estimator_.__sklearn_tags__().input_tags.three_d_array


# Bad input


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"n_basis": 65},
            r"Got n_basis=65, but expected a whole number from 1 to 64 \(there are 100 images of 64 pixels",
        ),
        ({"n_basis": 0}, r"Got n_basis=0"),
        ({"n_basis": 2.5}, r"Got n_basis=2.5"),
        ({"n_components": 0}, r"'n_components'"),
        (
            {"n_components": 101},
            r"Got 100 images, but expected at least 101 \(two at least, and one for each",
        ),
        ({"covariance_type": "round"}, r"'covariance_type'"),
        ({"reg_covar": -1.0}, r"'reg_covar'"),
        ({"reg_covar": "none"}, r"'reg_covar'"),
        ({"tol": -1.0}, r"'tol'"),
        ({"max_iter": -1}, r"'max_iter'"),
        ({"n_init": 0}, r"'n_init'"),
        ({"init_params": "magic"}, r"'init_params'"),
        ({"init_params": [0, 1]}, r"Got init_params of shape \(2,\) for 100 images"),
        ({"random_state": "x"}, r"Got random_state='x', but expected None, a whole number from 0 to 4294967295"),
    ],
)
def test_bad_parameters_before_any_work(digits, monkeypatch, parameters, message):
    monkeypatch.setattr("mixtura.images.image_mixture.PrincipalComponents", None)
    with pytest.raises(ValueError, match=message):
        ImageMixture(**{"n_basis": 5, "n_components": 2, **parameters}).fit(digits[0][:100])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(99), r"Got labels of shape \(99,\) for 100 images"),
        (np.r_[np.zeros(99), np.nan], r"1 are missing"),
        (["a"] * 50 + [float("nan")] * 10 + ["b"] * 40, r"10 are missing"),
        (["a", 1] * 50, r"Got labels of the types int and str"),
        (np.arange(100) // 98, r"Got 2 images of class 1, but expected at least 3"),
    ],
)
def test_bad_labels_before_any_work(digits, monkeypatch, labels, message):
    monkeypatch.setattr("mixtura.images.image_mixture.PrincipalComponents", None)
    with pytest.raises(ValueError, match=message):
        ImageMixture(5, 3).fit(digits[0][:100], labels)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((100, 64)), r"Got an array of shape \(100, 64\), but expected a stack of images"),
        (np.full((100, 8, 8), 1.5), r"intensities in \[0, 1\]"),
        (np.full((100, 8, 8), np.nan), r"NaN"),
        (np.zeros((1, 8, 8)), r"Got 1 images, but expected at least 2"),
        (np.zeros((5, 8, 8)), r"Got n_basis=6, but expected a whole number from 1 to 5 \(there are 5 images"),
    ],
)
def test_bad_images(images, message):
    n_basis = 6 if len(images) == 5 else 1
    with pytest.raises(ValueError, match=message):
        ImageMixture(n_basis, 1).fit(images)


def test_an_infinite_density_is_refused(digits):
    flat = digits[0] // 255  # nothing but black
    for images, n_basis in ((digits[0], 62), (flat, 5)):
        with pytest.raises(ValueError, match=rf"nothing is left beyond n_basis={n_basis} vectors, so reg_covar=0"):
            ImageMixture(n_basis, 1, reg_covar=0.0).fit(images)
        assert np.isfinite(ImageMixture(n_basis, 1).fit(images).score(images))


def test_a_failed_fit_leaves_the_last_one_whole(digits):
    model = settled(digits[0], n_basis=5, n_components=1)
    before = vars(model).copy()
    with pytest.raises(ValueError, match=r"NaN"):
        model.fit(np.full((9, 8, 8), np.nan))
    with pytest.raises(ValueError, match=r"Got n_basis=5"):
        model.fit(digits[0][:4])
    assert vars(model) == before


# Cost


def test_memory_and_time():
    """Beside 12 MiB of bytes, which would be 96 MiB as floats; and 10,000 draws of the full size in under 2 seconds."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(16_000, 28, 28), dtype=np.uint8)
    model = ImageMixture(100, 1)
    tracemalloc.start()
    try:
        model.fit(images)
        fitted = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        model.bits_per_dim(images, random_state=0)
        scored = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    coefficients = 16_000 * 100 * 8
    assert fitted < coefficients + 64 * 2**20
    assert scored < 3 * coefficients + 48 * 2**20

    roots = rng.normal(size=(25, 100, 100)) / 10 + np.eye(100)
    model.mixtures_ = (
        GaussianMixture.from_parameters(
            np.full(25, 0.04), rng.normal(size=(25, 100)), roots @ roots.transpose(0, 2, 1)
        ),
    )
    elapsed = []
    for seed in range(3):
        began = time.perf_counter()
        assert model.sample(10_000, random_state=seed).shape == (10_000, 28, 28)
        elapsed.append(time.perf_counter() - began)
    assert min(elapsed) < 2.0
