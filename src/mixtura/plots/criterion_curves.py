"""The picture of a search: its criterion against the number of components, a curve for each family."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import NotFittedError

from mixtura.arrays import FloatArray
from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.style import COLOURS, INK, MARKERS, MOST_TICKS, SMALL, colour_of, dress

if TYPE_CHECKING:
    from mixtura import GaussianMixtureSearch
    from mixtura.plots.canvas import Axes

_LINES = {"II": ":", "I": "--"}  # balls, axes along the features; ellipsoids in any direction are solid
_SHOWN = 0.75  # of the values are always inside the frame
_FAR = 2.5  # times the range of those: where more would press them flat, the frame is cut


def plot_criterion_curves(search: "GaussianMixtureSearch", ax: "Axes | None" = None) -> Display:
    """Draw the criterion that chose, a curve for each family, with a ring around the best.

    Families differ in colour and mark; balls are dotted, axes along the features dashed, other ellipsoids solid.
    Where a few bad values would press the good ones flat, they lie beyond the frame, and the title says how many.

    Parameters
    ----------
    search : GaussianMixtureSearch
        A fitted search. Where a pair failed, its curve has a gap.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        Where it is not fitted.
    TypeError
        Where it is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from mixtura import GaussianMixtureSearch
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> search = GaussianMixtureSearch(range(1, 4), covariance_type=["spherical", "full"], random_state=0).fit(X)
    >>> display = plot_criterion_curves(search)
    >>> display.ax_.get_ylabel()
    'BIC (lower is better)'
    >>> display.close()
    """
    from mixtura.families import find_family
    from mixtura.selection import CRITERIA

    if not hasattr(search, "curves"):
        raise TypeError(f"search is of type {type(search).__name__}; expected a fitted GaussianMixtureSearch")
    if not hasattr(search, "results_"):
        raise NotFittedError(f"this {type(search).__name__} is not fitted; call fit(X) before drawing it")
    criterion = CRITERIA[search.criterion]
    curves = search.curves()

    ax = canvas.open_axes(ax, width=7.6, height=4.8)
    for index, (name, values) in enumerate(curves.items()):
        code = find_family(name).code
        look: dict[str, Any] = {
            "color": colour_of(index),
            # From the ninth family on colours come again, each with another mark than before.
            "marker": MARKERS[(index + 3 * (index // len(COLOURS))) % len(MARKERS)],
            "linestyle": _LINES.get(code[1:], _LINES.get(code[2:], "-")),
        }
        ax.plot(search.n_components_, values, **look, linewidth=1.3, markersize=6, label=name)
    best = search.best_params_
    ring: dict[str, Any] = {"marker": "o", "markersize": 15, "markerfacecolor": "none", "markeredgewidth": 1.8}
    label = f"best: {best['covariance_type']}, {best['n_components']}"
    ax.plot(best["n_components"], search.best_score_, **ring, color=INK, linestyle="none", label=label)
    direction = "lower is better" if criterion.lower_is_better else "higher is better"
    all_values = np.concatenate(list(curves.values()))
    beyond = _cut(ax, all_values[np.isfinite(all_values)], criterion.lower_is_better)
    title = f"{beyond} worse value{'s lie' if beyond > 1 else ' lies'} beyond the frame" if beyond else ""
    dress(ax, title=title, x_label="number of components", y_label=f"{criterion.label} ({direction})")
    if len(search.n_components_) <= MOST_TICKS:
        ax.set_xticks(np.asarray(search.n_components_))
    else:
        ax.locator_params(axis="x", integer=True)
    outside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.02), "borderaxespad": 0}
    ax.legend(fontsize=SMALL, frameon=False, handlelength=3.2, **outside)
    return Display(ax)


def _cut(ax: "Axes", values: FloatArray, lower_is_better: bool) -> int:
    """Cut the frame where bad values (n,) would press the good ones flat; return how many lie beyond."""
    sign = 1.0 if lower_is_better else -1.0
    losses = np.sort(sign * values)
    shown = np.quantile(losses, _SHOWN) - losses[0]
    if not 0 < _FAR * shown < losses[-1] - losses[0]:
        return 0
    limits = sign * np.array([losses[0] - 0.1 * shown, losses[0] + 1.4 * shown])
    ax.set_ylim(limits.min(), limits.max())
    return int((losses > losses[0] + 1.4 * shown).sum())
