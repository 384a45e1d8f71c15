from itertools import product

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from mixtura.images import CopulaImageMixture, DensitySettings, best_density_model
from mixtura.images.copula.margins import background_of

DIGITS = load_digits()
IMAGES = (DIGITS.images * 15.9375).astype(np.uint8)
TRAIN, LABELS, UNSEEN = IMAGES[:1200], DIGITS.target[:1200], IMAGES[1200:1500]


@pytest.fixture(scope="module")
def model():
    return CopulaImageMixture(1, shrinkage=100, n_iter=2, random_state=0).fit(TRAIN, LABELS)


def independent_bits(images):
    table = background_of(TRAIN.reshape(len(TRAIN), -1))
    rows = images.reshape(len(images), -1).astype(int)
    return -np.log2(table[np.arange(64), rows]).mean()


def test_unseen_images_take_fewer_bits_than_independent_pixels(model):
    assert model.bits_per_dim(UNSEEN, random_state=0) < independent_bits(UNSEEN) - 0.3


@pytest.mark.parametrize("settings", [{"shrinkage": 30.0}, {"n_factors": 1}])
def test_probabilities_of_all_images_sum_to_one(settings):
    """Most images of class 0 have two like pixels, and some not: these are far from its heaviest shape and scale."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, size=(800, 2)), np.arange(800) % 2
    like = (labels == 0) & (rng.random(800) < 0.7)
    images[like, 1] = images[like, 0]
    model = CopulaImageMixture(2, n_iter=3, random_state=0, **settings)
    model.fit(images.astype(np.uint8).reshape(-1, 1, 2), labels)
    every = np.array(list(product(range(256), repeat=2)), dtype=np.uint8).reshape(-1, 1, 2)
    assert np.exp(model.score_samples(every, random_state=0)).sum() == pytest.approx(1.0, abs=0.005)


def test_more_draws_tighten_the_bound(model):
    one, many = (model.bits_per_dim(UNSEEN[:40], random_state=0, n_draws=n) for n in (1, 5))
    assert many < one


def test_the_mixture_codes_its_own_samples_best(model):
    """Gibbs' inequality: of all distributions, images of one take the fewest bits under it; here of each class's."""
    densities = model.densities_[:4]
    for own, density in enumerate(densities):
        drawn = density.sample(60, np.random.RandomState(own))
        means = [one.log_probability(drawn, np.random.RandomState(0)).mean() for one in densities]
        assert max(means[:own] + means[own + 1 :]) < means[own] - 10
    drawn = np.round(model.sample(300, random_state=0) * 255).astype(np.uint8)
    whole = model.score_samples(drawn, random_state=0).mean()
    for density in densities:
        assert density.log_probability(drawn.reshape(300, -1), np.random.RandomState(0)).mean() < whole - 10
    assert -independent_bits(drawn) * 64 * np.log(2) < whole - 10


def test_samples_are_bytes_with_true_blacks(model):
    drawn = model.sample(2000, random_state=0)
    assert drawn.shape == (2000, 8, 8)
    assert np.array_equal(np.round(drawn * 255), drawn * 255)
    assert (drawn == 0).mean() == pytest.approx((TRAIN == 0).mean(), abs=0.02)
    ones = model.sample(500, label=1, random_state=0)
    np.testing.assert_allclose(ones.mean(axis=0), TRAIN[LABELS == 1].mean(axis=0) / 255, atol=0.12)


def test_seeds_and_threads_change_nothing(model):
    again = clone(model).set_params(n_jobs=2).fit(TRAIN, LABELS)
    assert np.array_equal(again.densities_[3].factors, model.densities_[3].factors)
    assert np.array_equal(again.sample(5, random_state=1), model.sample(5, random_state=1))
    assert again.bits_per_dim(UNSEEN[:50], 2) == model.bits_per_dim(UNSEEN[:50], 2)
    assert model.score(UNSEEN[:50]) == model.score(UNSEEN[:50])
    assert model.sample(2, random_state=np.random.default_rng(0)).shape == (2, 8, 8)
    assert np.isfinite(model.score_samples(UNSEEN[:3], np.random.default_rng(0))).all()


def test_without_labels_one_density_serves_all():
    model = CopulaImageMixture(2, shrinkage=50, n_iter=2, random_state=0).fit(TRAIN[:300])
    assert model.classes_ is None
    assert model.densities_[0].weights.shape == (2, 5)
    assert model.sample(3, random_state=0).shape == (3, 8, 8)
    with pytest.raises(ValueError, match="fitted without labels"):
        model.sample(1, label=3)


def classes_of_latents(like, seed):
    """200 images of 36 pixels for each of 4 classes, whose latents have one correlation matrix, or each its own."""
    rng = np.random.default_rng(seed)
    roots = np.repeat(rng.normal(size=(1, 36, 2)), 4, axis=0) if like else rng.normal(size=(4, 36, 2))
    latents = [rng.normal(size=(200, 2)) @ root.T + 0.45 * rng.normal(size=(200, 36)) for root in roots]
    latents = [rows / np.sqrt(np.square(root).sum(axis=1) + 0.2) for rows, root in zip(latents, roots, strict=True)]
    levels = np.maximum(norm.cdf(np.concatenate(latents)) * 300 - 60, 0).astype(np.uint8)
    return levels.reshape(-1, 6, 6), np.repeat(np.arange(4), 200)


@pytest.mark.parametrize(("like", "seed", "best"), [(False, 0, 100.0), (True, 8, 300.0), (True, 1, 1000.0)])
def test_shrinkage_is_chosen_on_held_out_images(like, seed, best):
    """It is the one under which every tenth image of each class takes the fewest bits, fitted to the others."""
    images, labels = classes_of_latents(like, seed)
    kept = np.arange(len(labels)) % 10 > 0
    bits, settings = {}, {"scales": (1.0,), "n_iter": 1, "random_state": 9}
    for candidate in (100.0, 300.0, 1000.0):
        model = CopulaImageMixture(1, shrinkage=candidate, **settings).fit(images[kept], labels[kept])
        unseen = [images[~kept & (labels == label)].reshape(-1, 36) for label in range(4)]
        bits[candidate] = -sum(
            density.log_probability(levels, np.random.RandomState(9), 5).sum()
            for density, levels in zip(model.densities_, unseen, strict=True)
        ) / np.log(2)
    ranked = sorted(bits, key=bits.get)
    assert ranked[0] == best
    assert bits[ranked[1]] > bits[best] + 5  # no toss-up
    assert CopulaImageMixture(1, **settings | {"random_state": 0}).fit(images, labels).shrinkage_ == best


def test_the_shrinkage_that_was_chosen_is_the_one_that_is_used():
    chosen = CopulaImageMixture(1, n_iter=1, random_state=0).fit(TRAIN[:200], LABELS[:200] > 4)
    given = clone(chosen).set_params(shrinkage=chosen.shrinkage_).fit(TRAIN[:200], LABELS[:200] > 4)
    assert np.array_equal(given.densities_[0].factors, chosen.densities_[0].factors)


def test_the_choice_of_shrinkage_sees_no_held_out_image(monkeypatch):
    """Margins too are made of the other images alone: levels that only held-out images have stay out of them."""
    from mixtura.images.copula import copula_mixture

    images, labels = TRAIN[:200].copy(), np.arange(200) % 2
    for label in (0, 1):
        images[np.flatnonzero(labels == label)[::10]] = 249  # these are held out
    seen = []

    def background_of_seen(levels):
        seen.append((levels == 249).any())
        return background_of(levels)

    monkeypatch.setattr(copula_mixture, "background_of", background_of_seen)
    CopulaImageMixture(1, n_iter=1, random_state=0).fit(images, labels)
    assert sorted(map(bool, seen)) == [False, True]  # for the choice, and for the fit


def test_factor_analysers_serve_as_shapes(model):
    """Four shapes of two directions each tell unseen images of all classes better than one does."""
    one, four = (CopulaImageMixture(k, n_factors=2, n_iter=2, random_state=0).fit(TRAIN[:600]) for k in (1, 4))
    bits = [model.bits_per_dim(UNSEEN[:100], random_state=0) for model in (one, four)]
    assert bits[1] < bits[0] < independent_bits(UNSEEN)
    assert four.densities_[0].weights.shape == (4, 1)
    assert four.sample(20, random_state=0).shape == (20, 8, 8)


def test_the_best_model_has_settings_of_its_own():
    settings = DensitySettings(n_components=1, n_iter=1)
    model = best_density_model(TRAIN[:400], LABELS[:400], settings, n_jobs=1)
    assert (model.n_components, model.shrinkage_) == (1, settings.shrinkage)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_components": 0}, "n_components=0"),
        ({"n_iter": 0}, "n_iter=0"),
        ({"n_factors": 64}, "n_factors=64"),
        ({"scales": ()}, "numbers above 0"),
        ({"scales": (1.0, -1.0)}, "numbers above 0"),
        ({"shrinkage": "auto"}, "'held-out' or a number"),
        ({"shrinkage": 0.0}, "'held-out' or a number"),
        ({"shrinkage": None}, "'held-out' or a number"),
        ({"shrinkage": [1, 2]}, "'held-out' or a number"),
        ({"shrinkage": True}, "'held-out' or a number"),
        ({"n_components": 60}, r"expected at least 120 \(two for each component\): use fewer components"),
    ],
)
def test_what_cannot_be_fitted_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        CopulaImageMixture(**settings).fit(TRAIN[:600], LABELS[:600])


def test_bad_images_are_refused(model):
    with pytest.raises(ValueError, match="expected uint8"):
        CopulaImageMixture().fit(TRAIN / 255.0)
    with pytest.raises(ValueError, match="fitted to images"):
        model.bits_per_dim(np.zeros((2, 9, 9), dtype=np.uint8))
    with pytest.raises(ValueError, match="expected one of 0, 1"):
        model.sample(1, label=77)
    with pytest.raises(NotFittedError):
        CopulaImageMixture().sample()
