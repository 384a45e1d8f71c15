"""The assessor: each measure is what its own file says, real images stand at the floor, and order is as one sees it."""

from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from mixtura.images import ImageMixture
from mixtura.images.quality import (
    Assessor,
    density_coverage,
    frechet_distance,
    held_out_bits,
    kernel_distance,
    memorisation,
    precision_recall,
)


@pytest.fixture(scope="module")
def assessor(digits, labels):
    return Assessor.of(digits[:1000], labels[:1000], digits[1000:], labels[1000:], n_bins=20, patch_side=3)


@pytest.fixture(scope="module")
def model(digits, labels):
    return ImageMixture(20, 3, random_state=0).fit(digits[:1000], labels[:1000])


def test_measures_are_those_of_their_files(assessor, model, digits, labels):
    found = assessor.assess(model)
    samples = model.sample(797, random_state=0)
    real, drawn = assessor.classifier.features(digits[1000:]), assessor.classifier.features(samples)
    assert found.frechet == frechet_distance(real, drawn)
    assert found.kernel.value == kernel_distance(real, drawn, random_state=0).value
    assert found.precision_recall == precision_recall(real, drawn)
    assert found.density_coverage == density_coverage(real, drawn)
    assert found.memorisation == memorisation(assessor.train_features, real, drawn)
    assert found.bits == held_out_bits(model, digits[1000:], random_state=0)
    assert found.bins.different == assessor.bins.test(samples).different
    assert assessor.accuracies[0] == assessor.accuracy == assessor.classifier.accuracy(digits[1000:], labels[1000:])
    assert found.transfer.on_real == pytest.approx(np.mean(assessor.accuracies))
    assert len(set(found.transfer.losses)) > 1  # each with its own seed
    assert found.transfer.lost == pytest.approx(np.mean(found.transfer.losses))
    assert 0 < found.transfer.lost < 30


def test_accuracy_lost_repeats_with_any_number_of_threads(assessor, model):
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            found.append(assessor.transfer(model))
    assert found[0] == found[1]


def test_real_images_are_better_than_any_model(assessor, model):
    floor, found = assessor.floor(), assessor.assess(model, bits=False, with_transfer=False)
    assert found.bits is None
    assert found.transfer is None
    assert floor.frechet.value < found.frechet.value
    assert floor.kernel.value < found.kernel.value
    assert floor.density_coverage.coverage > found.density_coverage.coverage
    assert floor.bins.share <= 0.2
    assert 0.0 < abs(floor.memorisation.score) < 3.0  # one half of the test images against the other
    assert floor.memorisation.generated != floor.memorisation.held_out
    assert floor.memorisation.nearer == pytest.approx(0.5, abs=0.06)


def test_real_images_stand_at_the_floor_also_where_few_were_trained_on(digits, labels):
    """As many on both sides: 60 real images cannot be near all of 355 others."""
    few = Assessor.of(digits[:60], labels[:60], digits[1000:1355], labels[1000:1355], n_bins=6, patch_side=3)
    floor = few.floor()
    assert floor.density_coverage.coverage > 0.8
    assert min(floor.precision_recall.precision, floor.precision_recall.recall) > 0.6


def test_a_model_without_density_or_classes(assessor, digits):
    copies = SimpleNamespace(sample=lambda n, label=None, random_state=None: digits[:n] / 255.0, classes_=None)
    found = assessor.assess(copies)
    assert (found.bits, found.transfer) == (None, None)
    assert found.memorisation.nearer == 1.0
    assert found.memorisation.score < -20


def test_whether_a_classifier_can_learn_is_known_before_any_work(assessor, digits, labels):
    other = SimpleNamespace(sample=lambda *_, **__: pytest.fail("work began"), classes_=np.array([0, 1, 2]))
    with pytest.raises(ValueError, match=r"of the classes 0, 1, 2, but expected one that knows 3, .*: fit it to the"):
        assessor.assess(other)
    named = SimpleNamespace(sample=other.sample, classes_=np.array(["0", "1"]))
    with pytest.raises(ValueError, match=r"of the classes '0', '1', but expected one that knows 0, 1"):
        assessor.assess(named)
    ones = labels == 1
    pair = digits[ones], labels[ones]
    alone = Assessor.of(*pair, *pair, n_bins=3, classifier=assessor.classifier)
    copies = SimpleNamespace(sample=lambda n, label=None, random_state=None: digits[:n] / 255.0, classes_=np.array([1]))
    assert alone.assess(copies).transfer is None


def test_copies_lose_no_accuracy(assessor, digits, labels):
    def sample(n, label=None, random_state=None):
        return digits[:1000][labels[:1000] == label][:n] / 255.0

    found = assessor.transfer(SimpleNamespace(sample=sample))
    assert abs(found.lost) < 2.0
    assert found.on_real == pytest.approx(np.mean(assessor.accuracies))
