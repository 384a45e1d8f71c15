import dataclasses

import pytest

from mixtura.lab.sampling import _answer, _finding


@pytest.fixture(scope="module")
def found(activities):
    return activities["images-sampling"].numbers


def test_the_wrong_side_is_noticed(found):
    assert found.sides.right_distance == pytest.approx(1, abs=0.1)
    assert found.sides.wrong_distance > 1.3
    assert found.sides.covariance_error > 0.1
    assert found.sides.wrong_density < found.sides.right_density


def test_rows_of_u_have_a_variance_of_one_in_n(found):
    assert found.singular_variance == pytest.approx(1, abs=1e-9)
    assert found.floor_share(6000) == pytest.approx(0.006)
    assert found.floor_share(60_000) == pytest.approx(0.06)


def test_the_words_follow_the_numbers(found):
    sides = found.sides
    assert f"{sides.wrong_distance:.2f} for each dimension instead of {sides.right_distance:.2f}" in _answer(found)
    loss = sides.right_density - sides.wrong_density
    assert f"{loss:.0f} nats lower" in _finding(found)
    turned = dataclasses.replace(sides, right_density=0.0, wrong_density=7.0)
    assert "7 nats higher" in _finding(dataclasses.replace(found, sides=turned))
