import dataclasses

import pytest

from mixtura.lab.classes import _answer, _finding


@pytest.fixture(scope="module")
def found(activities):
    return activities["activity-6-classes"].numbers


def test_one_class_alone_is_known_best_by_its_own_model(found):
    assert found.one.focus_bits == min(model.focus_bits for model in found.models)
    assert found.one.focus_bits < found.pooled.focus_bits


def test_what_each_model_was_fitted_to(found):
    assert [model.n_classes for model in found.models] == [1, 3, 10, 10, 10]
    assert [model.n_components for model in found.models] == [4, 4, 4, 10, 40]
    assert found.pooled.n_train == 1442


def test_labels_make_a_classifier(found):
    assert found.few.accuracy > 0.9
    assert found.labelled.accuracy > 0.9


def test_the_answer_follows_the_numbers(found):
    answer = _answer(found)
    assert f"Its own model needs {found.one.focus_bits:.3f} bits" in answer
    assert f"<strong>{found.labelled.test_bits:.3f}</strong>" in answer
    assert f"{100 * found.labelled.accuracy:.1f}" in answer
    assert "must now serve 10 kinds" in answer
    cheap = dataclasses.replace(
        found,
        pooled=dataclasses.replace(found.pooled, focus_bits=found.one.focus_bits - 1, test_bits=7.0),
        few=dataclasses.replace(found.few, test_bits=7.1),
        labelled=dataclasses.replace(found.labelled, test_bits=7.1),
    )
    assert "1.000 less than its own" in _answer(cheap)
    assert "must now serve" not in _answer(cheap)
    assert "Labels cost 0.100; more components hardly do either" in _answer(cheap)
    even = dataclasses.replace(found, few=dataclasses.replace(found.few, test_bits=found.pooled.test_bits))
    assert "Labels hardly change that number" in _answer(even)
    assert f"{found.labelled.test_bits:.3f}" in _finding(found)
