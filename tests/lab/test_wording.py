import pytest

from mixtura.lab import wording


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0, 2, "0.00"), (-0.0004, 3, "0.000"), (-1.5, 1, "−1.5"), (1234567.0, 0, "1,234,567"), (2.5, 0, "2")],
)
def test_numbers_have_a_true_minus_and_no_minus_zero(value, digits, text):
    assert wording.number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.25, "0.25"), (1.0, "1"), (9.99e-4, "1.0 × 10<sup>−3</sup>"), (-2e5, "−2.0 × 10<sup>5</sup>"), (150.0, "150")],
)
def test_tiny_numbers_become_powers_of_ten(value, text):
    assert wording.tiny(value) == text


def test_signs_plurals_and_lists():
    assert wording.signed(0.0, 1) == "0.0"
    assert wording.signed(2.0, 1) == "+2.0"
    assert wording.count(0, "point") == "0 points"
    assert wording.listing(["a", "b"]) == "a and b"
    assert wording.paragraphs("", "a") == "<p>a</p>"
