import dataclasses

import numpy as np
import pytest

from mixtura.images import PrincipalComponents
from mixtura.lab.compression import _answer


@pytest.fixture(scope="module")
def found(activities):
    return activities["images-compression"].numbers


def rms(images, back):
    return 255 * np.sqrt(((images / 255 - back) ** 2).mean())


def test_errors_are_those_of_reconstructions(found, train, test):
    basis = PrincipalComponents(16).fit(train.only(2).images)
    unseen = test.only(2).images
    assert found.float_error == pytest.approx(rms(unseen, basis.reconstruct(unseen)))
    trousers = test.only(1).images
    assert found.focus_errors[1] == pytest.approx(rms(trousers, basis.reconstruct(trousers)))


def test_more_vectors_lose_less_and_all_lose_nothing(found):
    assert list(found.ranks) == [1, 8, 16, 64]
    assert (np.diff(found.train_errors) < 0).all()
    assert (np.diff(found.test_errors) < 0).all()
    assert found.train_errors[-1] < 1e-4
    assert (found.test_errors[1:3] > found.train_errors[1:3]).all()


def test_bytes_cost_little_and_a_forgotten_mean_much(found):
    assert found.float_error < found.byte_error < found.float_error * 1.05
    assert found.uncentred_error > 2 * found.float_error
    assert found.pseudo_inverse_error < 1e-10


@pytest.mark.parametrize(("n_pixels", "n_basis"), [(784, 100), (64, 8)])
def test_it_pays_from_the_first_number_of_images_that_needs_less_room(found, n_pixels, n_basis):
    even = dataclasses.replace(found, n_pixels=n_pixels, n_basis=n_basis).break_even
    room = [4 * n_basis * n + 4 * (n_basis + 1) * n_pixels <= n * n_pixels for n in (even - 1, even)]
    assert room == [False, True]


def test_the_basis_knows_its_own_class_best(found):
    assert found.focus_errors.argmin() == 2
    assert (found.shared_errors < found.focus_errors).sum() >= 5


def test_the_answer_follows_the_numbers(found):
    answer = _answer(found)
    assert f"and {found.float_error:.1f} on unseen ones" in answer
    assert f"instead of {found.float_error:.2f}" in answer
    assert "it never pays" in answer
    assert "though not on class 2 itself" in answer
    better = dataclasses.replace(found, shared_errors=found.focus_errors / 2, n_pixels=640)
    assert "10 of 10 classes." in _answer(better)
    assert f"it pays from {better.break_even:,} images on" in _answer(better)


def test_few_images_have_fewer_vectors_than_pixels(train, test):
    from mixtura.lab import compress_images

    found = compress_images(train.first_of_each(20), test, n_basis=4, ranks=(4, 64)).numbers
    assert list(found.ranks) == [4, 20]
