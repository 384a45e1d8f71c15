import numpy as np
import pytest

from mixtura.images import ImageMixture, neighbour_test
from mixtura.lab.quality import _TOLERANCE


@pytest.fixture(scope="module")
def found(activities):
    return activities["activity-6-quality"].numbers


def test_all_combinations_were_tried(found):
    assert list(found.basis_sizes) == [8, 16, 32]
    assert list(found.component_counts) == [1, 4, 8]
    for values in (found.train_bits, found.test_bits, found.found_out, found.real_alike):
        assert values.shape == (3, 3)
        assert np.isfinite(values).all()


def test_each_number_is_that_of_its_setting(found, train, test):
    own, unseen = train.only(2).images, test.only(2).images
    model = ImageMixture(32, 4, random_state=0, tol=_TOLERANCE).fit(own)
    judged = neighbour_test(unseen, model.sample(len(unseen), random_state=0))
    assert found.test_bits[2, 1] == model.bits_per_dim(unseen, random_state=0)
    assert found.train_bits[2, 1] == model.bits_per_dim(own[: len(unseen)], random_state=0)
    assert (found.found_out[2, 1], found.real_alike[2, 1]) == (judged.generated, judged.real)


def test_more_of_everything_fits_the_training_images_better(found):
    assert (np.diff(found.train_bits, axis=0) < 0).all()
    assert (np.diff(found.train_bits, axis=1) < 0).all()
    assert (found.train_bits < found.test_bits).all()


def test_the_best_setting_is_in_bold(activities, found):
    rows = activities["activity-6-quality"].tables[0].rows
    bold = [(i, j) for i, row in enumerate(rows) for j, cell in enumerate(row[1:]) if "<strong>" in cell]
    assert bold == [found.best]


def test_each_fit_is_told_of(train, test):
    from mixtura.lab import vary_generator

    told = []
    sizes = {"n_basis": 4, "n_components": 1, "basis_sizes": (2,), "component_counts": (1,)}
    vary_generator(train, test, **sizes, tell=told.append)
    assert told == ["1 component in 2 dimensions", "1 component in 4 dimensions"]


def test_the_tolerance_of_the_other_steps_is_the_one_told(activities):
    assert ImageMixture().tol == 0.001
    assert "went on to 0.001" in activities["activity-6-quality"].tables[0].caption
