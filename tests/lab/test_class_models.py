import numpy as np
import pytest

from mixtura.images import ImageBins, ImageMixture
from mixtura.lab.class_models import judge_classes


def test_a_model_with_labels_classifies_by_bayes_rule(train, test):
    """The class of the greatest weighted density of whole images, asked of one class after the other."""
    model = ImageMixture(16, 2, random_state=0, tol=0.01).fit(train.images, train.labels)
    bins = ImageBins.of(train.images, 20, random_state=0)
    found = judge_classes("all", model, train, test, test.only(2), bins, 0)
    coefficients = model.encode(test.images)
    joint = [
        np.log(share) + mixture.score_samples(coefficients)
        for share, mixture in zip(model.class_weights_, model.mixtures_, strict=True)
    ]
    assert found.accuracy == np.mean(np.argmax(joint, axis=0) == test.labels)
    assert found.accuracy > 0.9
    assert found.n_components == 20
    assert found.n_parameters == 10 * (1 + 2 * 16 + 2 * 136)
    assert found.focus_bits == model.bits_per_dim(test.only(2).images, random_state=0)


def test_a_model_without_labels_knows_no_class(activities):
    found = activities["activity-6-classes"].numbers
    assert np.isnan(found.pooled.accuracy)
    assert found.one.test_bits == found.one.focus_bits


@pytest.mark.parametrize("key", ["one", "several", "pooled", "few", "labelled"])
def test_shares_are_shares(activities, key):
    model = getattr(activities["activity-6-classes"].numbers, key)
    for share in (model.found_out, model.real_alike, model.bins, model.real_bins):
        assert 0 <= share <= 1
    assert model.train_bits < model.test_bits < 8
