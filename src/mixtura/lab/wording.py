"""Wording: numbers and lists as people write them."""

from collections.abc import Sequence
from html import escape

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    """Write a number with so many decimals, and with thousands apart.

    Examples
    --------
    >>> number(0.50049), number(12345.678, 1), number(-0.0001)
    ('0.500', '12,345.7', '0.000')
    """
    text = f"{value:,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.removeprefix("-")  # minus zero
    return text.replace("-", MINUS)


def signed(value: float, digits: int = 3) -> str:
    """Write a number with its sign, also where that is a plus.

    Examples
    --------
    >>> signed(0.25, 2), signed(-3, 0), signed(0.0001, 2)
    ('+0.25', '−3', '0.00')
    """
    text = number(value, digits)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def tiny(value: float) -> str:
    """Write a number that may be many orders of magnitude below one.

    Examples
    --------
    >>> tiny(0.5), tiny(3.04e-16), tiny(0)
    ('0.5', '3.0 × 10<sup>−16</sup>', '0')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return number(value, 4).rstrip("0").rstrip(".") if value else "0"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.replace('-', MINUS)} × 10<sup>{str(int(exponent)).replace('-', MINUS)}</sup>"


def percent(share: float, digits: int = 1) -> str:
    """Write a share of one in per cent.

    Examples
    --------
    >>> percent(0.0712)
    '7.1\\u202f%'
    """
    return f"{number(100 * share, digits)}\N{NARROW NO-BREAK SPACE}%"


def count(n: int, noun: str, plural: str = "") -> str:
    """Write how many there are of something.

    Examples
    --------
    >>> count(1, "image"), count(60000, "image"), count(2, "class", "classes")
    ('1 image', '60,000 images', '2 classes')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def listing(words: Sequence[str]) -> str:
    """Join words as in a sentence.

    Examples
    --------
    >>> listing(["a"]), listing(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def paragraphs(*texts: str) -> str:
    """Wrap each text that is not empty as a paragraph of HTML.

    Examples
    --------
    >>> paragraphs("One.", "", "Two.")
    '<p>One.</p><p>Two.</p>'
    """
    return "".join(f"<p>{text}</p>" for text in texts if text)


def class_label(number: int, names: Sequence[str]) -> str:
    """Name a class of images by its number and its name, which is escaped.

    Examples
    --------
    >>> class_label(1, ["coat", "shirt & tie"]), class_label(1, ["0", "1"])
    ('class 1 (shirt &amp; tie)', 'class 1')
    """
    name = names[number]
    return f"class {number}" if name == str(number) else f"class {number} ({escape(name)})"
