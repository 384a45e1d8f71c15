"""Matched mixture: margins are those of real pixels, residuals have their covariance, samples look more real."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare, multivariate_normal

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


def two_pixels(n, seed=0):
    """Images of two pixels in two classes, of few levels, with blacks, and a gap of levels that none has."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    strength = np.where(rng.random(n) < 0.5, 0.4, 1.6)
    shade = 4 + 2 * rng.normal(size=n) + 2 * labels
    pixels = np.stack([shade, shade * (1 - 2 * labels) + 8 * labels], axis=1) + strength[:, None] * rng.normal(
        size=(n, 2)
    )
    levels = np.clip(np.round(pixels), 0, 9)
    levels[levels == 2] = 3
    return levels.astype(np.uint8).reshape(n, 1, 2), labels


def edges_of_levels(drawn, real, highest):
    """Return where latents pass from each level to the next (highest + 2,): from minus to plus infinity."""
    edges = np.full(highest + 2, np.inf)
    edges[0] = -np.inf
    for level in range(highest):
        above = np.searchsorted(real, (level + 0.5) / 255.0)
        if above == 0:
            edges[level + 1] = -np.inf
        elif above < len(real):
            part = ((level + 0.5) / 255.0 - real[above - 1]) / (real[above] - real[above - 1])
            edges[level + 1] = drawn[above - 1] + part * (drawn[above] - drawn[above - 1])
    return edges


def probabilities_of_boxes(model, highest):
    """Return P(v) of all images of two pixels up to a level (highest + 1, highest + 1), from the model's parameters."""
    parameters = model.to_parameters()
    basis, total = model.model_.principal_components_, 0.0
    nodes, shares = np.polynomial.legendre.leggauss(3)
    for share, mixture, arrays in zip(
        model.model_.class_weights_, model.model_.mixtures_, parameters["classes"], strict=True
    ):
        corners = [edges_of_levels(arrays["drawn"][d], arrays["real"][d], highest) for d in range(2)]
        corners = np.stack(np.meshgrid(*np.clip(corners, -99.0, 99.0), indexing="ij"), axis=-1)
        for k, weight in enumerate(mixture.weights_):
            mean = basis.mean_ + mixture.means_[k] @ basis.components_ + model.residual * arrays["means"][k]
            own = arrays["own"][k] * arrays["factors"][k].T @ arrays["factors"][k]
            left = model.residual**2 * (own + (1 - arrays["own"][k]) * arrays["shared"].T @ arrays["shared"])
            smooth = basis.components_.T @ mixture.covariances_[k] @ basis.components_
            strengths = [(1.0, 1.0)]
            if model.varied:  # evenly between one quantile and the next
                low, high = arrays["strengths"][k][:-1], arrays["strengths"][k][1:]
                places = (low + high)[:, None] / 2 + (high - low)[:, None] / 2 * nodes
                strengths = [(t, part / 2 / len(low)) for row in places for t, part in zip(row, shares, strict=True)]
            for strength, part in strengths:
                below = multivariate_normal(mean, smooth + strength * left, allow_singular=True).cdf(corners)
                total = total + share * weight * part * np.diff(np.diff(below, axis=0), axis=1)
    return total


@pytest.mark.parametrize("settings", [{"residual": 0.5}, {"residual": 1.0, "varied": True}])
def test_rounded_samples_have_the_probabilities_of_boxes(settings):
    """Levels that a class has in no training image of that pixel have none, but for those between two that it has."""
    images, labels = two_pixels(600)
    model = MatchedImageMixture(1, 2, random_state=0, **settings).fit(images, labels)
    expected = probabilities_of_boxes(model, 11)
    assert expected.min() > -1e-9
    assert expected.sum() == pytest.approx(1.0, abs=1e-6)
    n = 100_000
    drawn = np.rint(255.0 * model.sample(n, random_state=1)).astype(int).reshape(n, 2)
    counts = np.zeros(expected.shape)
    np.add.at(counts, tuple(drawn.T), 1.0)
    likely = n * expected > 5
    seen, hoped = (np.append(table[likely], table[~likely].sum()) for table in (counts, n * expected))
    assert chisquare(seen, hoped * seen.sum() / hoped.sum()).pvalue > 0.001
    lowest, highest = images.min(axis=0)[0], images.max(axis=0)[0]
    for pixel in range(2):
        margin = expected.sum(axis=1 - pixel)
        within = (np.arange(12) >= lowest[pixel]) & (np.arange(12) <= highest[pixel])
        assert_allclose(margin[~within], 0.0, atol=1e-9)
        assert margin[within].min() > 1e-5  # also of level 2, which no training image has


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
