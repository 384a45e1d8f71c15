"""Matched mixture: margins are those of real pixels, residuals have their covariance, samples look more real."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mixtura.datasets import load_digits_images
from mixtura.images import ImageMixture, MatchedImageMixture
from mixtura.images.quality import ImageClassifier, frechet_distance
from mixtura.images.residuals import Residuals
from mixtura.model_file import load_model, save_model


@pytest.fixture(scope="module")
def digits():
    return load_digits_images(), load_digits_images("test")


@pytest.fixture(scope="module")
def model(digits):
    return MatchedImageMixture(12, 3, random_state=0).fit(digits[0].images, digits[0].labels)


def test_each_pixel_has_the_levels_of_its_class(digits, model):
    real = digits[0].only(3).images / 255.0
    drawn = model.sample(4000, label=3, random_state=1)
    for level in np.linspace(0.0, 0.95, 20):
        assert_allclose((drawn <= level).mean(axis=0), (real <= level).mean(axis=0), atol=0.05)
    assert_allclose(drawn.mean(axis=0), real.mean(axis=0), atol=0.02)
    assert_allclose((drawn == 0).mean(axis=0), (real == 0).mean(axis=0), atol=0.06)


def test_blacks_are_as_many_as_in_real_images_where_gaussians_have_fewer_than_half_of_them(digits, model):
    real = (digits[0].images == 0).mean()
    plain = ImageMixture(12, 3, random_state=0).fit(digits[0].images, digits[0].labels)
    assert (model.sample(4000, random_state=1) == 0).mean() == pytest.approx(real, abs=0.02)  # of 0.49
    assert (plain.sample(4000, random_state=1) == 0).mean() < real / 2  # 0.21: what falls below 0 is black


def test_pixels_hang_together_as_in_the_mixture(digits, model):
    real = digits[0].only(3).images.reshape(-1, 64) / 255.0
    seen = real.std(axis=0) > 0.1
    drawn = model.sample(4000, label=3, random_state=1).reshape(-1, 64)
    apart = np.corrcoef(drawn[:, seen].T) - np.corrcoef(real[:, seen].T)
    assert np.sqrt(np.mean(apart**2)) < 0.15


def test_residuals_have_the_covariance_that_was_left_out(digits):
    train = digits[0].only(5)
    model = MatchedImageMixture(6, 1, residual=1.0, random_state=0).fit(train.images)
    rows = train.images.reshape(-1, 64) / 255.0
    raw = model._raw(40_000, 0, np.random.RandomState(0))
    shrunk = model.model_.mixtures_[0].covariances_[0] - np.cov(model.model_.encode(train.images).T)
    expected = np.cov(rows.T, bias=True)
    assert np.abs(shrunk).max() < 0.01
    assert_allclose(np.cov(raw.T), expected, atol=0.012)
    assert_allclose(raw.mean(axis=0), rows.mean(axis=0), atol=0.01)
    smooth = MatchedImageMixture(6, 1, residual=0.0, random_state=0).fit(train.images)._raw(900, 0, np.random)
    assert np.linalg.matrix_rank(smooth - smooth.mean(axis=0), tol=1e-3) == 6


def test_components_keep_their_sixty_leading_directions_and_lose_the_rest():
    rng = np.random.default_rng(0)
    left = rng.normal(size=(900, 80)) * np.linspace(2.0, 0.5, 80)
    left -= left.mean(axis=0)
    residuals = Residuals.learn(left, np.zeros(900, dtype=int), 1)
    values, vectors = np.linalg.eigh(left.T @ left / 900)
    leading = (vectors[:, -60:] * values[-60:]) @ vectors[:, -60:].T
    expected = 0.9 * leading + 0.1 * (left.T @ left / 900)  # 900 images of its own, 100 pseudo-images of the class
    drawn = residuals.draw(np.zeros(40_000, dtype=int), np.random.RandomState(0), False)
    assert_allclose(np.cov(drawn.T), expected, atol=0.12)
    assert drawn.var(axis=0).sum() == pytest.approx(np.trace(expected), rel=0.01)
    assert np.trace(expected) < 0.97 * values.sum()


def test_residuals_are_as_strong_as_those_of_images(digits):
    """Lengths then spread as they do in images, and the covariance stays."""
    train = digits[0].only(5)
    left = train.images.reshape(-1, 64) / 255.0
    left = left - left.mean(axis=0)
    left[::2] /= 4.0
    residuals = Residuals.learn(left, np.zeros(len(left), dtype=int), 1)
    plain, varied = (residuals.draw(np.zeros(20_000, dtype=int), np.random.RandomState(0), kind) for kind in (0, 1))
    for drawn in (plain, varied):
        assert_allclose(np.cov(drawn.T), left.T @ left / len(left), atol=0.01)
    real, one, other = (np.square(rows).sum(axis=1) for rows in (left, plain, varied))
    spread = [np.log(np.quantile(part, 0.9) / np.quantile(part, 0.1)) for part in (real, one, other)]
    assert spread[1] < 0.6 * spread[0]
    assert spread[2] > 0.9 * spread[0]
    model = MatchedImageMixture(6, 1, residual=1.0, varied=True, random_state=0).fit(train.images)
    assert_allclose(model.sample(4000).mean(axis=0), train.images.mean(axis=0) / 255.0, atol=0.03)


def test_pooled_residuals_lean_to_the_covariance_of_all_classes(digits):
    train = digits[0].only(0, 1, 7)
    model = MatchedImageMixture(6, 1, residual=1.0, pooled=True, random_state=0).fit(train.images, train.labels)
    basis = model.model_.principal_components_
    covariances = []
    for label in (0, 1, 7):
        rows = train.only(label).images.reshape(-1, 64) / 255.0
        left = rows - basis.inverse_transform(basis.transform(rows.reshape(-1, 8, 8))).reshape(-1, 64)
        covariances.append(np.cov(left.T, bias=True))
    of_all = np.mean([own / np.trace(own) for own in covariances], axis=0)
    n = len(train.only(1))
    expected = (n * covariances[1] + 500 * of_all * np.trace(covariances[1])) / (n + 500)
    drawn = model._residuals[1].draw(np.zeros(40_000, dtype=int), np.random.RandomState(0), varied=False)
    assert_allclose(np.cov(drawn.T), expected, atol=0.002)


def test_a_component_without_images_has_the_residuals_of_its_class():
    left = np.random.default_rng(0).normal(size=(50, 4))
    residuals = Residuals.learn(left, np.zeros(50, dtype=int), 2)
    assert residuals.own[1] == 0
    drawn = residuals.draw(np.ones(20_000, dtype=int), np.random.RandomState(0), varied=True)
    assert_allclose(np.cov(drawn.T), left.T @ left / 50, atol=0.06)


def test_a_class_of_which_nothing_is_left_out_draws_its_images():
    images = np.random.default_rng(0).integers(0, 256, size=(60, 3, 3), dtype=np.uint8)
    labels = np.arange(60) % 2
    images[labels == 1] = images[1]
    model = MatchedImageMixture(4, 1, residual=1.0, varied=True, random_state=0).fit(images, labels)
    assert np.isfinite(model.sample(200, random_state=0)).all()
    assert_allclose(model.sample(9, label=1), np.broadcast_to(images[1] / 255.0, (9, 3, 3)), atol=1e-6)
    for of_all in (None, np.zeros((4, 4))):
        nothing = Residuals.learn(np.zeros((30, 4)), np.zeros(30, dtype=int), 1, of_all)
        assert (nothing.strengths == 1).all()
        assert (nothing.draw(np.zeros(5, dtype=int), np.random.RandomState(0), varied=True) == 0).all()


def test_samples_are_of_what_was_fitted(digits, tmp_path):
    model = MatchedImageMixture(6, 1, residual=1.0, varied=True, random_state=0).fit(digits[0].only(5).images)
    before = model.sample(5, random_state=0)
    assert_array_equal(model.set_params(residual=0.0, varied=False).sample(5, random_state=0), before)
    save_model(model, tmp_path / "model.mixtura")
    assert_array_equal(load_model(tmp_path / "model.mixtura").sample(5, random_state=0), before)


def test_samples_look_more_real_than_those_of_the_mixture_alone(digits, model):
    train, test = digits
    classifier = ImageClassifier.train(train.images, train.labels, patch_side=3, random_state=0)
    real = classifier.features(test.images)
    plain = ImageMixture(12, 3, random_state=0).fit(train.images, train.labels)
    before, after = (
        frechet_distance(real, classifier.features(one.sample(1500, random_state=0))).value for one in (plain, model)
    )
    assert after < before


def test_seeds_labels_and_shape(digits, model):
    assert_array_equal(model.sample(3, random_state=1), model.sample(3, random_state=1))
    assert not np.array_equal(model.sample(3, random_state=1), model.sample(3, random_state=2))
    assert model.sample(3, random_state=np.random.default_rng(0)).shape == (3, 8, 8)
    drawn = model.sample(400, random_state=0)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0
    assert model.classes_.tolist() == list(range(10))
    assert not hasattr(model, "bits_per_dim")
    assert MatchedImageMixture(5, 2).fit(digits[0].images[:200] / 255.0).classes_ is None


def test_a_fit_holds_the_images_of_a_class_once_in_float64(monkeypatch):
    monkeypatch.setattr("mixtura.images.matched_mixture._ROWS", 1000)
    images = np.random.default_rng(0).integers(0, 256, size=(20_000, 12, 12), dtype=np.uint8)
    model = MatchedImageMixture(4, 10, random_state=0, tol=10.0)
    tracemalloc.start()
    try:
        model.fit(images)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.9 * 8 * images.size


def test_bad_input(digits, model):
    for wrong in (-1, np.inf, np.nan, "a", None):
        with pytest.raises(ValueError, match=r"Got residual=.*, but expected a finite number of at least 0"):
            MatchedImageMixture(residual=wrong).fit(digits[0].images)
    with pytest.raises(ValueError, match=r"Got label=12, but expected one of 0, 1"):
        model.sample(1, label=12)
    with pytest.raises(ValueError, match=r"Got n=0, but expected a whole number from 1 upwards"):
        model.sample(0)
