"""The fitted generator: codes, images, draws, densities and bits; bad input to each."""

import time

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from mixtura.images import ImageMixture
from mixtura.images.levels import ROUNDING_VARIANCE


@pytest.fixture(scope="module")
def digits():
    """Real images of bytes (1797, 8, 8) and their labels."""
    data = load_digits()
    return (data.images * 15).astype(np.uint8), data.target


@pytest.fixture(scope="module")
def model(digits):
    return ImageMixture(n_basis=20, n_components=3, random_state=0, max_iter=20, tol=0.1).fit(digits[0])


@pytest.fixture(scope="module")
def labelled(digits):
    return ImageMixture(n_basis=15, n_components=2, random_state=0, max_iter=20, tol=0.1).fit(*digits)


@pytest.fixture(scope="module")
def grey():
    """Soft grey images (4, 3) far from black and white, of three classes of unlike size, and a model of them."""
    rng = np.random.default_rng(0)
    labels = np.repeat([1, 2, 3], [300, 600, 900])
    roots = rng.normal(size=(4, 12, 12)) * 0.02
    rows = 0.5 + np.stack(
        [rng.normal(size=12) @ roots[label] + 0.05 * np.cos(label * np.arange(12)) for label in labels]
    )
    images = np.clip(rows, 0, 1).reshape(-1, 4, 3)
    return ImageMixture(4, 2, random_state=0).fit(images, labels), images, labels


# Codes and images


def test_a_whole_basis_loses_nothing(digits):
    images = digits[0][:300]
    whole = ImageMixture(64, 1).fit(images)
    assert_allclose(whole.decode(whole.encode(images), clip=False), images / 255.0, atol=1e-12)
    assert_allclose(whole.reconstruct(images), images / 255.0, atol=1e-12)


def test_codes_are_projections(model, digits):
    images = digits[0][:10]
    rows = images.reshape(10, 64) / 255.0
    basis, mean = model.principal_components_.components_, model.principal_components_.mean_
    codes = model.encode(images)
    assert_allclose(codes, (rows - mean) @ basis.T, atol=1e-13)
    assert_allclose(model.encode(rows.reshape(10, 8, 8)), codes, atol=1e-13)
    assert_allclose(model.decode(codes, clip=False).reshape(10, 64), mean + codes @ basis, atol=1e-13)


def test_images_are_clipped(model, digits):
    codes = 3 * model.encode(digits[0][:10])
    clipped, linear = model.decode(codes), model.decode(codes, clip=False)
    assert linear.min() < 0 < 1 < linear.max()
    assert_array_equal(clipped, np.clip(linear, 0, 1))


def test_reconstructions_improve_with_the_basis(model, digits):
    images = digits[0][:100]
    errors = [np.square(model.reconstruct(images, n) - images / 255.0).mean() for n in (0, 1, 5, 10, 20)]
    assert errors == sorted(errors, reverse=True)
    mean = model.principal_components_.mean_.reshape(8, 8)
    assert_allclose(model.reconstruct(images, 0), np.broadcast_to(mean, (100, 8, 8)), atol=1e-13)
    assert_array_equal(model.reconstruct(images), model.reconstruct(images, 20))


def test_component_images_are_the_means(model, labelled):
    assert_allclose(model.component_images(), model.decode(model.mixtures_[0].means_))
    assert model.component_labels_ is None
    pictures = labelled.component_images()
    assert pictures.shape == (20, 8, 8)
    assert_array_equal(labelled.component_labels_, np.repeat(np.arange(10), 2))
    assert_allclose(pictures[6:8], labelled.decode(labelled.mixtures_[3].means_))
    assert labelled.component_weights_.sum() == pytest.approx(1.0)
    shares = labelled.component_weights_.reshape(10, 2).sum(axis=1)
    assert_allclose(shares, labelled.class_weights_, rtol=1e-12)


# Draws


def test_draws_have_the_moments_of_the_density(grey):
    model, _, _ = grey
    mean = np.concatenate(
        [share * m.weights_ @ m.means_[None] for share, m in zip(model.class_weights_, model.mixtures_, strict=True)]
    ).sum(axis=0)
    second = sum(
        share * weight * (covariance + np.outer(centre - mean, centre - mean))
        for share, m in zip(model.class_weights_, model.mixtures_, strict=True)
        for weight, centre, covariance in zip(m.weights_, m.means_, m.covariances_, strict=True)
    )
    basis = model.principal_components_.components_
    across = np.eye(12) - basis.T @ basis
    rows = model.sample(40_000, random_state=1, with_residual=True).reshape(-1, 12)
    expected = basis.T @ second @ basis + model.residual_variance_ * across
    spread = np.sqrt(np.diag(expected))
    assert_allclose((rows.mean(axis=0) - model.principal_components_.mean_ - mean @ basis) / spread, 0.0, atol=0.03)
    assert_allclose((np.cov(rows.T) - expected) / np.outer(spread, spread), 0.0, atol=0.04)


def test_draws_without_residual_lie_on_the_basis(grey):
    model, _, _ = grey
    smooth = model.sample(200, random_state=2)
    assert_allclose(model.reconstruct(smooth), smooth, atol=1e-13)
    rough = model.sample(200, random_state=2, with_residual=True)
    assert_allclose(model.reconstruct(rough), smooth, atol=1e-13)
    assert np.square(rough - smooth).sum() / (200 * 8) == pytest.approx(model.residual_variance_, rel=0.15)


def test_draws_of_a_class_are_of_that_class(grey):
    model, images, labels = grey
    for label in (1, 2, 3):
        drawn = model.sample(4000, label=label, random_state=3).mean(axis=0)
        assert_allclose(drawn, model.reconstruct(images[labels == label]).mean(axis=0), atol=0.006)


def test_draws_of_all_classes_follow_their_frequencies(grey):
    model, _, _ = grey
    numbers = model._class_numbers(6000, None, np.random.default_rng(4))
    assert_allclose(np.bincount(numbers) / 6000, [1 / 6, 2 / 6, 3 / 6], atol=0.03)
    order = np.diff(numbers)
    assert np.count_nonzero(order) > 2000  # in random order


@pytest.mark.parametrize("with_residual", [False, True])
def test_draws_are_images(model, labelled, with_residual):
    for generator in (model, labelled):
        images = generator.sample(50, random_state=0, with_residual=with_residual)
        assert images.shape == (50, 8, 8)
        assert images.dtype == np.float64
        assert images.min() == 0.0
        assert images.max() <= 1.0
    assert labelled.sample(label=np.uint8(4)).shape == (1, 8, 8)


def test_draws_are_seeded(labelled, digits):
    assert_array_equal(labelled.sample(9, random_state=1), labelled.sample(9, random_state=1))
    assert_array_equal(labelled.sample(9), labelled.sample(9, random_state=0))  # the estimator's own
    assert (labelled.sample(9, random_state=1) != labelled.sample(9, random_state=2)).any()
    source = np.random.default_rng(5)
    assert (labelled.sample(9, random_state=source) != labelled.sample(9, random_state=source)).any()
    free = ImageMixture(5, 1).fit(digits[0][:200])
    assert (free.sample(9) != free.sample(9)).any()


# Densities and bits


def test_density_of_classes_is_their_weighted_sum(grey):
    model, images, labels = grey
    log_densities = model.score_samples(images)
    parts = []
    for number, label in enumerate((1, 2, 3)):
        alone = ImageMixture(4, 2).fit(images, labels)
        alone.mixtures_, alone.class_weights_ = (model.mixtures_[number],), np.ones(1)
        parts.append(np.mean(labels == label) * np.exp(alone.score_samples(images)))
    assert_allclose(np.exp(log_densities), sum(parts), rtol=1e-10)
    assert model.score(images) == pytest.approx(log_densities.mean(), rel=1e-13)


def test_density_of_bytes_is_that_of_their_intensities(model, digits):
    images = digits[0]
    assert_allclose(model.score_samples(images), model.score_samples(images / 255.0), rtol=1e-10)


def test_bits_are_those_of_the_usual_dequantisation(digits):
    """Training on (v + 1/2) / 256 and scoring (v + u) / 256 is the same model in other units."""
    images = digits[0]
    ours = ImageMixture(10, 2, random_state=0).fit(images[:1200])
    theirs = ImageMixture(10, 2, random_state=0, reg_covar=ROUNDING_VARIANCE * (255 / 256) ** 2)
    theirs.fit((images[:1200] + 0.5) / 256)
    held_out = images[1200:]
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, size=(len(held_out), 64)).reshape(-1, 8, 8) + 0.5
    usual = 8 - theirs.score((held_out + noise) / 256) / np.log(2) / 64
    assert ours.bits_per_dim(held_out, random_state=np.random.default_rng(0)) == pytest.approx(usual, rel=1e-9)


def test_bits_of_noise_are_those_of_a_gaussian():
    """No model needs fewer than 8 bits for a byte that may be anything; the best Gaussian needs 8.2546."""
    images = np.random.default_rng(0).integers(0, 256, size=(6000, 3, 3), dtype=np.uint8)
    gaussian = 0.5 * np.log2(2 * np.pi * np.e * 256**2 / 12)
    for n_basis in (2, 9):
        bits = ImageMixture(n_basis, 1).fit(images[:4000]).bits_per_dim(images[4000:], random_state=0)
        assert bits == pytest.approx(gaussian, abs=0.01)
    assert 8.0 < ImageMixture(9, 4, random_state=0).fit(images[:4000]).bits_per_dim(images[4000:], 0) < gaussian + 0.02


@pytest.mark.parametrize("n_basis", [2, 9])
def test_bits_of_constant_images_are_those_of_the_noise_alone(n_basis):
    """A Gaussian of the variance of dequantisation, against its even distribution: 0.2546 bits."""
    images = np.full((2000, 3, 3), 77, dtype=np.uint8)
    bits = ImageMixture(n_basis, 1).fit(images).bits_per_dim(images, random_state=0)
    assert bits == pytest.approx(0.5 * np.log2(2 * np.pi * np.e / 12), abs=0.01)


def test_bits_bound_the_probability_of_the_levels():
    """Jensen: the bits of dequantised values are at least those of the levels, whose probabilities sum to one."""
    images = np.random.default_rng(1).choice([3, 4, 5, 6, 200], size=(3000, 1, 1)).astype(np.uint8)
    model = ImageMixture(1, 2, random_state=0).fit(images)
    fine = (np.arange(-64 * 64, (256 + 64) * 64) + 0.5) / 64 - 0.5  # 64 points on each level, beyond both ends
    heights = (model.score_samples((fine / 255).reshape(-1, 1, 1)) - np.log(255)).reshape(-1, 64)
    levels = np.exp(heights).mean(axis=1)
    assert levels.sum() == pytest.approx(1.0, abs=1e-6)
    exact = -np.log2(levels[64:-64][images.ravel()]).mean()
    bits = model.bits_per_dim(images, random_state=2)
    jensen = -heights.mean(axis=1)[64:-64][images.ravel()].mean() / np.log(2)
    assert exact < bits
    assert bits == pytest.approx(jensen, abs=0.02)


def test_bits_hardly_depend_on_the_draw(model, digits):
    first, again, other = (model.bits_per_dim(digits[0], random_state=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first == pytest.approx(other, abs=1e-3)


def test_blocks_change_nothing(grey, monkeypatch):
    model, images, _ = grey
    images = np.rint(255 * images).astype(np.uint8)
    expected = model.score_samples(images), model.bits_per_dim(images, random_state=0)
    monkeypatch.setattr("mixtura.images.fitted.default_block_size", lambda n_columns: 7)
    assert_allclose(model.score_samples(images), expected[0], rtol=1e-10)
    assert model.bits_per_dim(images, random_state=0) == pytest.approx(expected[1], rel=1e-12)


# Bad input


@pytest.mark.parametrize("method", ["encode", "reconstruct", "score_samples", "score", "bits_per_dim"])
def test_bad_images(model, digits, method):
    ask = getattr(model, method)
    with pytest.raises(ValueError, match=r"Got images of 7 x 8, but the model was fitted to images of 8 x 8"):
        ask(digits[0][:, :7])
    with pytest.raises(ValueError, match=r"expected a stack of images \(n, 8, 8\)"):
        ask(digits[0][0])
    with pytest.raises(ValueError, match=r"NaN or infinity"):
        ask(np.full((2, 8, 8), np.nan))
    with pytest.raises(ValueError, match=r"intensities in \[0, 1\]"):
        ask(digits[0].astype(float))


def test_bad_questions(model, labelled, digits):
    with pytest.raises(ValueError, match=r"Got images of dtype float64, but expected uint8"):
        model.bits_per_dim(digits[0] / 255.0)
    with pytest.raises(ValueError, match=r"Got 3 coefficients in a row, but expected 20"):
        model.decode(np.zeros((2, 3)))
    for n in (-1, 21, 1.5):
        with pytest.raises(ValueError, match=r"Got n_basis=.*, but expected a whole number from 0 to 20 \(the model"):
            model.reconstruct(digits[0], n)
    for n in (0, 2.0):
        with pytest.raises(ValueError, match=r"Got n=.*, but expected a whole number from 1 upwards"):
            model.sample(n)
    with pytest.raises(ValueError, match=r"Got label=3, but expected None: the model was fitted without labels"):
        model.sample(label=3)
    for label in (10, "3", [3]):
        with pytest.raises(ValueError, match=r"Got label=.*, but expected one of 0, 1, .*, 9, or None"):
            labelled.sample(label=label)


@pytest.mark.parametrize("method", ["encode", "decode", "reconstruct", "score_samples", "score", "bits_per_dim"])
def test_ask_after_the_fit(digits, method):
    with pytest.raises(NotFittedError):
        getattr(ImageMixture(), method)(digits[0])


def test_draw_after_the_fit():
    with pytest.raises(NotFittedError):
        ImageMixture().sample(3)
    with pytest.raises(NotFittedError):
        ImageMixture().component_images()


def test_ten_thousand_images_of_784_pixels_are_drawn_within_a_second_of_processor_time():
    images = np.random.default_rng(0).integers(0, 256, size=(600, 28, 28), dtype=np.uint8)
    model = ImageMixture(100, 5, covariance_type="diag", random_state=0, max_iter=5, tol=0.5).fit(images)
    seconds = []
    for seed in range(3):
        begin = time.process_time()
        assert model.sample(10_000, random_state=seed).shape == (10_000, 28, 28)
        seconds.append(time.process_time() - begin)
    assert min(seconds) < 1.0
