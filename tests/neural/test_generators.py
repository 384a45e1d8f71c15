"""Neural generators: what they reconstruct and draw, the bound in closed form, seeds, bad input."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import logistic, norm

from mixtura.datasets import load_digits_images
from mixtura.images import ImageMixture
from mixtura.images.quality import Assessor, ImageDensity, frechet_distance
from mixtura.neural import AutoencoderMixture, VariationalAutoencoder
from mixtura.neural.logistic_levels import log_probability

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'mixtura[neural]'")

SMALL = {"hidden": (64,), "n_epochs": 25, "batch_size": 50, "learning_rate": 5e-3, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    return load_digits_images(), load_digits_images("test")


@pytest.fixture(scope="module")
def autoencoder(digits):
    return AutoencoderMixture(10, 4, **SMALL).fit(digits[0].images, digits[0].labels)


@pytest.fixture(scope="module")
def variational(digits):
    return VariationalAutoencoder(10, 3, **SMALL).fit(digits[0].images, digits[0].labels)


@pytest.fixture(scope="module")
def assessor(digits):
    train, test = digits
    return Assessor.of(train.images, train.labels, test.images, test.labels, n_bins=20, patch_side=3)


def test_an_autoencoder_keeps_more_than_principal_components(digits, autoencoder):
    train, test = digits
    linear = ImageMixture(10, 1).fit(train.images)

    def lost(model):
        return np.mean((model.reconstruct(test.images) - test.images / 255.0) ** 2)

    assert lost(autoencoder) < lost(linear)
    assert autoencoder.encode(test.images).shape == (len(test), 10)
    assert autoencoder.history_.training[-1] < autoencoder.history_.training[0] / 3


@pytest.mark.parametrize("name", ["autoencoder", "variational"])
def test_samples_look_like_their_class(request, assessor, digits, name):
    model = request.getfixturevalue(name)
    for label in (0, 6):
        drawn = model.sample(60, label=label, random_state=0)
        assert drawn.shape == (60, 8, 8)
        assert drawn.min() >= 0.0
        assert drawn.max() <= 1.0
        assert np.mean(assessor.classifier.predict(drawn) == label) > 0.75
    noise = np.random.default_rng(0).random((500, 8, 8))
    real = assessor.test_features
    far = frechet_distance(real, assessor.classifier.features(noise)).value
    near = frechet_distance(real, assessor.classifier.features(model.sample(500, random_state=0))).value
    assert near < far / 3


@pytest.mark.parametrize("name", ["autoencoder", "variational"])
def test_seeds_decide(request, name):
    model = request.getfixturevalue(name)
    assert_array_equal(model.sample(4, random_state=1), model.sample(4, random_state=1))
    assert not np.allclose(model.sample(4, random_state=1), model.sample(4, random_state=2))
    assert model.sample(4, random_state=np.random.default_rng(0)).shape == (4, 8, 8)
    assert model.classes_.tolist() == list(range(10))


def test_the_bound_is_exact_where_the_decoder_ignores_codes(digits):
    """Then pixels are independent, q = p makes the bound exact, and any sum is that of SciPy's logistic."""
    train, test = digits
    model = VariationalAutoencoder(2, hidden=(), n_epochs=1, random_state=0).fit(train.images)
    with torch.no_grad():
        model.encoder_[0].weight.zero_()
        model.encoder_[0].bias.zero_()  # q(z | x) = N(0, 1): its logarithm of the deviation is 0
        model._prior[0].zero_()
        model._prior[1].zero_()  # so is each Gaussian of the prior
        model.decoder_[0].weight.zero_()
    centres, log_scales = np.split(model.decoder_[0].bias.detach().numpy().astype(float), 2)
    levels = test.images.reshape(-1, 64).astype(float)
    nats = -np.log(share_of_level(levels, centres, np.exp(log_scales - 2))).sum(axis=1).mean()
    assert model.bits_per_dim(test.images, random_state=0) == pytest.approx(nats / 64 / np.log(2), abs=1e-4)
    model.with_noise = True
    drawn = model.sample(4000, random_state=0).reshape(-1, 64)
    black = share_of_level(0.0, centres, np.exp(log_scales - 2))
    assert_allclose((drawn == 0).mean(axis=0), black, atol=0.04)


def share_of_level(levels, centres, scales):
    below = np.where(levels == 0, -np.inf, (levels - 0.5) / 255)
    above = np.where(levels == 255, np.inf, (levels + 0.5) / 255)
    return logistic.cdf(above, centres, scales) - logistic.cdf(below, centres, scales)


def test_levels_share_one_and_keep_their_digits_far_out():
    levels = torch.arange(256, dtype=torch.float64)[:, None] / 255
    centres = torch.tensor([-0.3, 0.0, 0.4, 1.0, 1.7], dtype=torch.float64)
    log_scales = torch.tensor([-1.0, -6.0, -4.0, -2.5, -3.0], dtype=torch.float64)
    logs = log_probability(levels, centres, log_scales)
    assert_allclose(torch.exp(logs).sum(dim=0), 1.0, rtol=1e-12)
    expected = share_of_level(np.arange(256.0)[:, None], centres.numpy(), np.exp(log_scales.numpy()))
    near = expected > 1e-6
    assert_allclose(torch.exp(logs).numpy()[near], expected[near], rtol=1e-8)
    far = log_probability(levels[200:201].float(), torch.tensor([-50.0]), torch.tensor([-6.0]))
    assert torch.isfinite(far).all()
    assert float(far) == pytest.approx(-(50 + 199.5 / 255) * np.exp(6), rel=1e-3)


def test_the_prior_is_the_mixture_that_codes_are_drawn_from(variational):
    means, deviations, weights = (part.detach().numpy().astype(float) for part in variational._prior)
    numbers = np.full(20_000, 4)
    codes = variational._draw_codes(numbers, np.random.RandomState(0))
    shares = np.exp(weights[4]) / np.exp(weights[4]).sum()
    assert_allclose(codes.mean(axis=0), shares @ means[4], atol=0.05)
    squares = shares @ (means[4] ** 2 + np.exp(2 * deviations[4]))
    assert_allclose((codes.astype(float) ** 2).mean(axis=0), squares, rtol=0.1, atol=0.03)
    marks = torch.from_numpy(variational._kinds.mark(numbers[:5]))
    found = variational._log_prior(torch.from_numpy(codes[:5]), marks).detach().numpy() - 5 * np.log(2 * np.pi)
    parts = norm.logpdf(codes[:5, None], means[4], np.exp(deviations[4])).sum(axis=2)
    assert_allclose(found, np.log(np.exp(parts) @ shares), rtol=1e-4)


def test_bits_are_a_bound_that_draws_tighten(digits, variational):
    _, test = digits
    one, many = (variational.bits_per_dim(test.images[:200], random_state=0, n_draws=n) for n in (1, 16))
    assert many < one < 8
    bound = variational.history_.training[-1] / np.log(2)
    assert many < bound + 0.5
    assert isinstance(variational, ImageDensity)
    generator = np.random.default_rng(0)
    assert variational.bits_per_dim(test.images[:50], generator, 2) < 8


def test_without_labels(digits):
    train, _ = digits
    for model in (
        AutoencoderMixture(3, 2, hidden=(8,), n_epochs=1),
        VariationalAutoencoder(3, hidden=(8,), n_epochs=1),
    ):
        model.fit(train.images[:100] / 255.0)
        assert model.classes_ is None
        assert model.sample(2).shape == (2, 8, 8)
        with pytest.raises(ValueError, match="Got label=3, but expected None: the model was fitted without labels"):
            model.sample(2, label=3)


def test_decoded_codes(autoencoder, variational):
    twice = autoencoder.decode(np.zeros((2, 10)))
    assert_allclose(twice[0], twice[1], atol=1e-6)
    assert variational.decode(np.zeros((1, 10)), label=3).shape == (1, 8, 8)
    with pytest.raises(ValueError, match=r"Got no label, but expected one of 0, 1.*another image in each class"):
        variational.decode(np.zeros((1, 10)))
    for model in (autoencoder, variational):
        with pytest.raises(ValueError, match=r"Got codes of shape \(2, 9\), but expected \(n, 10\)"):
            model.decode(np.zeros((2, 9)))
        with pytest.raises(ValueError, match="Got codes with NaN or infinity"):
            model.decode(np.full((2, 10), np.nan))


def test_bad_input(digits, autoencoder, variational):
    with pytest.raises(ValueError, match=r"Got label=12, but expected one of 0, 1"):
        autoencoder.sample(1, label=12)
    with pytest.raises(ValueError, match=r"Got n=0, but expected a whole number from 1 upwards"):
        variational.sample(0)
    with pytest.raises(ValueError, match="but expected uint8, whose 256 levels"):
        variational.bits_per_dim(digits[1].images / 255.0)
    with pytest.raises(ValueError, match="Got n_draws=0, but expected a whole number from 1 upwards"):
        variational.bits_per_dim(digits[1].images, n_draws=0)
    with pytest.raises(ValueError, match="Got images of 4 x 8, but the model was fitted to"):
        autoencoder.encode(digits[0].images[:, :4])


def test_parameters_that_are_set_later_change_no_fitted_model(digits):
    images = digits[0].images[:60]
    for model in (
        AutoencoderMixture(3, 2, hidden=(8,), n_epochs=1),
        VariationalAutoencoder(3, hidden=(8,), n_epochs=1),
    ):
        before = model.fit(images).sample(4, random_state=0)
        model.set_params(n_latent=5, n_components=7, hidden=(2,))
        assert_array_equal(model.sample(4, random_state=0), before)
        assert model.decode(np.zeros((2, 3))).shape == (2, 8, 8)


def test_no_batch_is_a_single_image(digits):
    """It has no deviation, so that its blurred codes would be no numbers."""
    for n, size in ((3, 2), (5, 2), (2, 2), (7, 3)):
        model = AutoencoderMixture(2, 1, hidden=(4,), n_epochs=2, batch_size=size, random_state=0)
        assert np.isfinite(model.fit(digits[0].images[:n]).history_.training).all()
    with pytest.raises(ValueError, match=r"Got batch_size=1, but expected a whole number from 2 upwards"):
        AutoencoderMixture(batch_size=1).fit(digits[0].images[:9])
    assert VariationalAutoencoder(2, hidden=(4,), n_epochs=1, batch_size=1).fit(digits[0].images[:3]).sample(1).any()


@pytest.mark.parametrize("kind", [AutoencoderMixture, VariationalAutoencoder])
def test_training_that_diverges_is_an_error_and_leaves_the_model_as_it_was(digits, kind, monkeypatch):
    model = kind(3, 2, hidden=(8,), n_epochs=2, random_state=0)
    images = digits[0].images[:60]
    with pytest.raises(
        ValueError, match=r"Got a loss or weights of (nan|inf) in epoch . of 2.*learning_rate below 1e\+30"
    ):
        model.set_params(learning_rate=1e30).fit(images)
    assert not hasattr(model, "encoder_")
    drawn = model.set_params(learning_rate=1e-3).fit(images).sample(3, random_state=0)
    with pytest.raises(ValueError, match="training diverged"):
        model.set_params(learning_rate=1e30).fit(images)
    assert_array_equal(model.sample(3, random_state=0), drawn)


@pytest.mark.parametrize("kind", [AutoencoderMixture, VariationalAutoencoder])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_latent", 0),
        ("n_components", 0),
        ("n_epochs", 0),
        ("n_epochs", -1),
        ("batch_size", 0),
        ("batch_size", 2.5),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("hidden", (0,)),
        ("hidden", 64),
        ("hidden", (True,)),
    ],
)
def test_parameters_out_of_range_are_refused_before_training(digits, kind, name, value, monkeypatch):
    monkeypatch.setattr("mixtura.neural.training.load_torch", lambda: pytest.fail("training began"))
    with pytest.raises(ValueError, match=f"Got {name}={re.escape(repr(value))}, but expected"):
        kind(**{name: value}).fit(digits[0].images[:50])


def test_an_autoencoder_of_more_components_than_images_of_a_class_is_not_trained(digits, monkeypatch):
    monkeypatch.setattr("mixtura.neural.training.load_torch", lambda: pytest.fail("training began"))
    with pytest.raises(ValueError, match=r"Got 2 images of class b, but expected at least 5 \(two at least, and one"):
        AutoencoderMixture(3, 5).fit(digits[0].images[:9], ["a"] * 7 + ["b"] * 2)
    with pytest.raises(ValueError, match=r"Got noise=-0.1, but expected a finite number of at least 0"):
        AutoencoderMixture(3, noise=-0.1).fit(digits[0].images[:9])
