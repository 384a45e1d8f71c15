"""Formulas in MathML, which browsers set by themselves."""

from typing import Final


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _symbol(letter: str, index: str = "", *, bold: bool = False) -> str:
    letter = f'<mi mathvariant="normal" class="vector">{letter}</mi>' if bold else f"<mi>{letter}</mi>"
    return f"<msub>{letter}<mi>{index}</mi></msub>" if index else letter


def _sign(text: str) -> str:
    return f"<mo>{text}</mo>"


def _display(label: str, *parts: str) -> str:
    """Set a formula on a line of its own; the label is what a reader without eyes hears."""
    return f'<div class="formula"><math display="block" alttext="{label}">{_row(*parts)}</math></div>'


_X = _symbol("x", bold=True)
_HALF: Final = "<mfrac><mn>1</mn><mn>2</mn></mfrac>"


def _gaussian(index: str) -> str:
    mean, covariance = _symbol("μ", index, bold=True), _symbol("Σ", index)
    inside = _row(_sign("("), _X, _sign("|"), mean, _sign(","), covariance, _sign(")"))
    return _row(_symbol("w", index), '<mi mathvariant="normal">N</mi>', inside)


def _distance(index: str) -> str:
    """Squared distance from the mean in the measure of the covariance."""
    step = _row(_sign("("), _X, _sign("−"), _symbol("μ", index, bold=True), _sign(")"))
    turned = f"<msup>{step}<mi>T</mi></msup>"
    inverse = f"<msubsup><mi>Σ</mi><mi>{index}</mi><mrow><mo>−</mo><mn>1</mn></mrow></msubsup>"
    return _row(turned, inverse, step)


RESPONSIBILITY: Final = _display(
    "gamma k of x equals w k N of x given mu k, Sigma k, over the sum over j of w j N of x given mu j, Sigma j",
    _symbol("γ", "k"),
    _row(_sign("("), _X, _sign(")")),
    _sign("="),
    f"<mfrac>{_gaussian('k')}<mrow><munder><mo>∑</mo><mi>j</mi></munder>{_gaussian('j')}</mrow></mfrac>",
)
"""The responsibility of component k at x."""

LOG_RATIO: Final = _display(
    "log of gamma t over gamma w equals a constant, minus half the squared distance from mu t in the measure of "
    "Sigma t, plus half the squared distance from mu w in the measure of Sigma w",
    '<mi mathvariant="normal">log</mi><mspace width="0.3em"/>',
    f"<mfrac>{_symbol('γ', 't')}{_symbol('γ', 'w')}</mfrac>",
    _sign("="),
    "<mtext>constant</mtext>",
    _sign("−"),
    _HALF,
    _distance("t"),
    _sign("+"),
    _HALF,
    _distance("w"),
)
"""The logarithm of the ratio of the responsibilities of a tight (t) and a wide (w) component."""
