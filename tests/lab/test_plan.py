import dataclasses

import pytest

from mixtura.lab.data import DATASETS
from mixtura.lab.plan import PLANS


def test_each_set_has_a_full_and_a_quick_plan():
    assert set(PLANS) == {(name, quick) for name in DATASETS for quick in (False, True)}


@pytest.mark.parametrize("name", DATASETS)
def test_quick_is_nowhere_more_than_full(name):
    full, quick = PLANS[name, False], PLANS[name, True]
    for field in dataclasses.fields(full):
        more, less = getattr(full, field.name), getattr(quick, field.name)
        if isinstance(more, tuple):
            assert len(less) <= len(more)
        elif more is not None and less is not None:
            assert less <= more


@pytest.mark.parametrize("plan", PLANS.values())
def test_the_setting_of_the_generator_is_among_those_tried(plan):
    assert plan.n_basis in plan.ranks or plan.n_basis < max(plan.ranks)
    assert plan.n_basis in plan.basis_sizes
    assert plan.n_components in plan.component_counts


def test_the_full_plan_is_that_of_the_teaching_text():
    full = PLANS["fashion-mnist", False]
    assert (full.n_per_class, full.n_basis, full.n_components) == (None, 100, 25)
