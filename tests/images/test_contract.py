"""The contract of image generators, one test for each promise, each walking the list of all generators."""

from importlib.util import find_spec

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import norm
from sklearn.base import clone

from mixtura.datasets import load_digits_images
from mixtura.images import CopulaImageMixture, ImageDensity, ImageMixture, MatchedImageMixture
from mixtura.neural import AutoencoderMixture, VariationalAutoencoder
from mixtura.study import IndependentPixels

SMALL = {"hidden": (32,), "n_epochs": 8, "batch_size": 50, "learning_rate": 5e-3, "random_state": 0}
GENERATORS = [
    ImageMixture(12, 2, random_state=0, tol=0.1),
    MatchedImageMixture(12, 2, random_state=0),
    MatchedImageMixture(12, 2, residual=1.0, varied=True, random_state=0),
    CopulaImageMixture(1, shrinkage=100, n_iter=1, random_state=0),
    CopulaImageMixture(2, n_factors=3, n_iter=1, random_state=0),
    IndependentPixels(random_state=0),
]
if find_spec("torch"):
    GENERATORS += [AutoencoderMixture(8, 2, **SMALL), VariationalAutoencoder(8, **SMALL)]


@pytest.fixture(scope="module")
def digits():
    return load_digits_images().only(0, 1, 7), load_digits_images("test").only(0, 1, 7)


@pytest.fixture(scope="module", params=GENERATORS, ids=str)
def model(request, digits):
    return clone(request.param).fit(digits[0].images, digits[0].labels)


def test_it_says_what_it_was_fitted_to(model):
    assert model.image_shape_ == (8, 8)
    assert model.classes_.tolist() == [0, 1, 7]


def test_samples_are_images_and_seeds_decide(model):
    drawn = model.sample(20, random_state=3)
    assert drawn.shape == (20, 8, 8)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0
    assert_array_equal(drawn, model.sample(20, random_state=3))
    assert not np.array_equal(drawn, model.sample(20, random_state=4))


def test_a_label_asks_for_its_class(model, digits):
    means = np.stack([digits[0].only(label).images.mean(axis=0) / 255.0 for label in (0, 1, 7)])
    for number, label in enumerate((0, 1, 7)):
        mean = model.sample(300, label=label, random_state=0).mean(axis=0)
        assert np.argmin(np.square(means - mean).sum(axis=(1, 2))) == number
    with pytest.raises(ValueError, match=r"Got label=5, but expected one of"):
        model.sample(1, label=5)


def test_bits_of_unseen_images_are_fewer_than_of_noise(model, digits):
    if not isinstance(model, ImageDensity):
        # Matched margins give some unseen images a probability of 0; an autoencoder's lie on a surface.
        assert type(model) in (MatchedImageMixture, AutoencoderMixture)
        return
    noise = np.random.default_rng(0).integers(0, 256, size=(50, 8, 8), dtype=np.uint8)
    assert model.bits_per_dim(digits[1].images, random_state=0) < 8 < model.bits_per_dim(noise, random_state=0)


@pytest.mark.parametrize("model", GENERATORS, ids=str)
def test_a_generator_of_numpy_seeds_fits_and_draws(model, digits):
    few = digits[0].only(0, 1)

    def draw(seed):
        source = np.random.default_rng(seed)
        fitted = clone(model).set_params(random_state=source).fit(few.images[:80], few.labels[:80])
        assert fitted.random_state is source
        return fitted.sample(4)

    assert_array_equal(draw(1), draw(1))
    assert not np.array_equal(draw(1), draw(2))


@pytest.mark.parametrize("model", [model for model in GENERATORS if not isinstance(model, IndependentPixels)], ids=str)
def test_what_seeds_nothing_is_refused_in_a_fit(model, digits):  # that of independent pixels draws nothing
    with pytest.raises(ValueError, match=r"Got random_state='x', but expected None, a whole number from 0 to"):
        clone(model).set_params(random_state="x").fit(digits[0].images)


TINY = [
    ImageMixture(1, 2, random_state=0),
    CopulaImageMixture(2, n_iter=2, shrinkage=20.0, random_state=0),
    IndependentPixels(random_state=0),
]
if find_spec("torch"):
    TINY.append(VariationalAutoencoder(2, 2, **{**SMALL, "n_epochs": 6, "batch_size": 200}))


def total_of_one_pixel(model, labelled):
    """Fit a model to images of one pixel, many of them black; return it, and the sum of its probabilities."""
    random = np.random.default_rng(0)
    images = np.where(random.random(900) < 0.4, 0, random.integers(100, 140, size=900)).astype(np.uint8)
    fitted = clone(model).fit(images.reshape(-1, 1, 1), np.arange(900) % 2 if labelled else None)
    every = np.arange(256, dtype=np.uint8)
    return fitted, sum(
        2.0 ** -fitted.bits_per_dim(np.full((40, 1, 1), level), random_state=int(level)) for level in every
    )


@pytest.mark.parametrize("model", TINY, ids=str)
@pytest.mark.parametrize("labelled", [False, True])
def test_probabilities_of_all_images_of_one_pixel_sum_to_one(model, labelled):
    """To less where bits are a bound, as docstrings say: of variational codes, and of densities beyond the levels."""
    assert isinstance(model, ImageDensity)
    fitted, total = total_of_one_pixel(model, labelled)
    if isinstance(model, (CopulaImageMixture, IndependentPixels)):
        assert total == pytest.approx(1.0, abs=0.01)
    else:
        assert 0.6 < total < 1.01
    if isinstance(model, ImageMixture):
        assert total < mass_within_levels(fitted) + 0.005
        assert mass_within_levels(fitted) < 0.99


def mass_within_levels(model):
    """Return the mass of a density of one pixel between -1/510 and 1 + 1/510, in closed form."""
    basis, ends = model.principal_components_, np.array([-1, 511]) / 510
    mass = 0.0
    for share, mixture in zip(model.class_weights_, model.mixtures_, strict=True):
        means = basis.mean_ + mixture.means_[:, 0] * basis.components_[0]
        deviations = np.sqrt(mixture.covariances_[:, 0, 0])
        below, above = (norm.cdf(end, means, deviations) for end in ends)
        mass += share * mixture.weights_ @ (above - below)
    return mass


@pytest.mark.parametrize("model", TINY, ids=str)
def test_bits_are_never_fewer_than_the_entropy(model):
    """Of two pixels, the first even over 16 levels, the second the same or the next level as often: 4 + 1 bits."""

    def draw(n, seed):
        random = np.random.default_rng(seed)
        first = random.integers(100, 116, size=n)
        return np.stack([first, first + random.integers(0, 2, size=n)], axis=1).astype(np.uint8).reshape(-1, 1, 2)

    bits = 2 * clone(model).fit(draw(4000, 0)).bits_per_dim(draw(4000, 1), random_state=0)
    assert 4.97 < bits < 16
