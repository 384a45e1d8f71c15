"""The classifier: plain loops of its features, scikit-learn's network, right on real images, the same on each run."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mixtura.images.checks import read_stack
from mixtura.images.quality import ImageClassifier, patches


def plain_features(learned, image):
    """The formula of the file, place by place and word by word."""
    side, grid = learned.side, learned.grid
    places = range(0, image.shape[0] - side + 1, learned.stride), range(0, image.shape[1] - side + 1, learned.stride)
    edges = [np.linspace(0, len(along), grid + 1).round() for along in places]
    found = np.zeros((grid, grid, len(learned.offsets)))
    for i, y in enumerate(places[0]):
        for j, x in enumerate(places[1]):
            patch = image[y : y + side, x : x + side].ravel()
            patch = (patch - patch.mean()) / np.sqrt(patch.var() + 0.01)
            answers = patch @ learned.words - learned.offsets
            cell = np.searchsorted(edges[0], i, "right") - 1, np.searchsorted(edges[1], j, "right") - 1
            found[cell] += np.maximum(0, answers - 0.5)
    return np.sqrt(found).ravel()


def test_patch_features_by_plain_loops(digits, classifier):
    stack = read_stack(digits[:3])
    found = classifier.patches.describe(stack)
    for number in range(3):
        assert_allclose(found[number], plain_features(classifier.patches, digits[number] / 255.0), atol=2e-4)


def test_a_generator_seeds_everything(digits, labels):
    def digest(source):
        few = {"patch_side": 3, "n_words": 8, "n_hidden": 4, "n_epochs": 1}
        return ImageClassifier.train(digits[:200], labels[:200], random_state=source, **few).digest

    source = np.random.default_rng(0)
    assert digest(source) == digest(np.random.default_rng(0)) != digest(source)


def test_blocks_change_nothing(digits, classifier, monkeypatch):
    whole = classifier.features(digits[:300])
    monkeypatch.setattr(patches, "_ROWS", 37)
    assert_allclose(classifier.features(digits[:300]), whole, rtol=1e-4, atol=1e-4)


def test_features_and_classes_are_those_of_the_network(digits, labels, classifier):
    rows = (classifier.patches.describe(read_stack(digits[1000:])) - classifier.centre) / classifier.scale
    assert_array_equal(classifier.predict(digits[1000:]), classifier.network.predict(rows))
    hidden = np.maximum(rows @ classifier.network.coefs_[0] + classifier.network.intercepts_[0], 0)
    assert_allclose(classifier.features(digits[1000:]), hidden, rtol=1e-4, atol=1e-4)
    assert classifier.accuracy(digits[1000:], labels[1000:]) > 0.95
    assert_allclose(classifier.features(digits[:9] / 255.0), classifier.features(digits[:9]), rtol=1e-3, atol=1e-3)


def test_the_digest_names_the_weights(digits, labels, classifier):
    settings = {"patch_side": 3, "n_words": 40}
    again = ImageClassifier.train(digits[:1000], labels[:1000], **settings, random_state=0)
    other = ImageClassifier.train(digits[:1000], labels[:1000], **settings, random_state=1)
    assert again.digest == classifier.digest != other.digest
    assert len(classifier.digest) == 64


def test_two_classes_by_name(digits, labels):
    few = (labels == 3) | (labels == 5)
    names = np.where(labels[few] == 3, "three", "five")
    found = ImageClassifier.train(digits[few], names, patch_side=3, n_words=20, random_state=0)
    assert found.classes.tolist() == ["five", "three"]
    assert found.accuracy(digits[few], names) > 0.95


def test_colour():
    rng = np.random.default_rng(0)
    images = rng.random((60, 8, 8, 3))
    images[30:, :, :, 0] = np.sort(images[30:, :, :, 0], axis=2)
    found = ImageClassifier.train(images, np.repeat([0, 1], 30), patch_side=3, n_words=10, random_state=0)
    assert found.patches.words.shape == (27, 10)
    assert found.features(images).shape == (60, 64)


def test_bad_input(digits, labels, classifier):
    with pytest.raises(ValueError, match="Got images of one class, but expected two or more"):
        ImageClassifier.train(digits[:9], np.zeros(9))
    with pytest.raises(ValueError, match=r"Got patch_side=9, but expected a whole number from 2 to 8"):
        ImageClassifier.train(digits[:9], labels[:9], patch_side=9)
    with pytest.raises(ValueError, match=r"Got labels of shape \(8,\) for 9 images"):
        ImageClassifier.train(digits[:9], labels[:8], patch_side=3)
    with pytest.raises(ValueError, match=r"Got labels of which 1 are missing"):
        ImageClassifier.train(digits[:3], ["a", float("nan"), "b"], patch_side=3)
    with pytest.raises(ValueError, match=r"Got labels of the types int and str"):
        classifier.accuracy(digits[:3], [1, 2, "3"])
    with pytest.raises(ValueError, match="Got images of 8 x 7, but expected images of 8 x 8"):
        classifier.features(digits[:, :, :7])
    with pytest.raises(ValueError, match=r"Got labels of shape \(2,\) for 3 images"):
        classifier.accuracy(digits[:3], labels[:2])


def test_an_interruption_ends_the_work(monkeypatch):
    """Scikit-learn's network swallows it, and would be taken for one that was trained to its end."""
    from sklearn.neural_network import MLPClassifier

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(MLPClassifier, "_backprop", interrupted)
    images = np.random.default_rng(0).random((40, 8, 8))
    with pytest.raises(KeyboardInterrupt):
        ImageClassifier.train(images, np.arange(40) % 2, patch_side=3, n_words=5, random_state=0)
