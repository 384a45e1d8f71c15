import dataclasses

import numpy as np
import pytest

from mixtura.lab.responsibilities import _answer, _explanation
from mixtura.lab.rivalry import Rivalry


@pytest.fixture(scope="module")
def found(activities):
    return activities["activity-3"].numbers


def test_far_away_the_wide_component_wins_everywhere(found):
    assert found.far_wins == found.n_directions == 360
    assert found.rivalry.is_bounded


def test_the_share_counted_is_that_of_the_ellipse(found):
    assert found.tight_share == pytest.approx(found.rivalry.area / 144, rel=0.02)


def test_the_tight_one_wins_at_its_mean_and_loses_beyond(found):
    assert found.ray.responsibilities[0] > 0.99
    assert found.ray.responsibilities[list(found.ray.steps).index(4.0)] < 1e-6
    assert 0.5 < found.ray.crossing < 2.5


def test_the_answer_speaks_of_these_numbers(found):
    answer = _answer(found)
    assert "a closed curve, an ellipse" in answer
    assert f"{100 * found.tight_share:.1f}\N{NARROW NO-BREAK SPACE}% of the square" in answer
    assert f"the two tie {found.ray.crossing:.2f} from the tight mean" in answer
    assert "in all 360 directions" in answer
    assert "both positive" in _explanation(found)
    assert f"{found.rivalry.curvatures[0]:.2f}" in _explanation(found)


def test_other_numbers_get_another_answer(found):
    saddle = Rivalry(np.diag([-1.0, 1.0]), np.zeros(2), 0.0)
    never = dataclasses.replace(
        found.ray, crossing=float("nan"), responsibilities=np.ones_like(found.ray.responsibilities)
    )
    other = dataclasses.replace(found, rivalry=saddle, far_wins=90, ray=never)
    answer = _answer(other)
    assert "not closed" in answer
    assert "in 90 of 360 directions" in answer
    assert "surprise" not in answer
    assert "the two tie" not in answer
    assert "not both positive" in _explanation(other)


def test_the_table_follows_the_ray(activities, found):
    table = activities["activity-3"].tables[0]
    assert len(table.rows) == len(found.ray.steps)
    assert table.rows[2][4] == f"{found.ray.log_ratios[2]:+.1f}"
    assert table.rows[-1][5].startswith("&lt; 10")
