from itertools import permutations

import numpy as np
import pytest

from mixtura.lab.matching import count_misplaced


@pytest.mark.parametrize("seed", range(5))
def test_no_renaming_misplaces_fewer(seed):
    rng = np.random.default_rng(seed)
    truth, groups = rng.integers(3, size=30), rng.integers(3, size=30)
    fewest = min((np.array(names)[groups] != truth).sum() for names in permutations(range(3)))
    assert count_misplaced(truth, groups) == fewest


def test_groups_that_no_blob_is_left_for_are_misplaced():
    assert count_misplaced(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2])) == 1
