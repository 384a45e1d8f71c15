from xml.etree import ElementTree

import pytest

from mixtura.lab import formulas


@pytest.mark.parametrize("formula", [formulas.RESPONSIBILITY, formulas.LOG_RATIO])
def test_formulas_are_well_formed_and_can_be_heard(formula):
    (math,) = ElementTree.fromstring(formula)
    assert math.tag == "math"
    assert len(math.get("alttext")) > 40
    for fraction in math.iter("mfrac"):
        assert len(fraction) == 2
    for index in (*math.iter("msub"), *math.iter("msup")):
        assert len(index) == 2
