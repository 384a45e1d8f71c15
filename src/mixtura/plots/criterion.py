"""The picture of a criterion against the number of components."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mixtura.plots import canvas
from mixtura.plots.display import Display
from mixtura.plots.quantities import read_sequence
from mixtura.plots.style import MARKERS, MOST_TICKS, SMALL, colour_of, dress

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes


def plot_criterion(
    n_components: Sequence[int],
    values: Mapping[str, Any],
    ax: "Axes | None" = None,
    *,
    lower_is_better: bool = True,
) -> Display:
    """Draw criteria against the number of components, ring the best of each, and say which way is better.

    Parameters
    ----------
    n_components : sequence of int, length n
        The numbers of components that were tried.
    values : mapping of str to sequence of float, length n
        For each criterion, such as "BIC", its value at each number.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default on a new figure.
    lower_is_better : bool, default=True
        True for BIC, AIC and ICL as scikit-learn signs them; False for a held-out log-likelihood, or for
        BIC as mclust signs it.

    Returns
    -------
    Display
        With ``ax_`` and ``figure_``.

    Raises
    ------
    ValueError
        Where lengths differ, a sequence is empty, or a value is NaN or infinite.

    Examples
    --------
    >>> display = plot_criterion([1, 2, 3], {"BIC": [530.0, 410.5, 422.1], "AIC": [520.0, 390.2, 391.0]})
    >>> display.ax_.get_ylabel()
    'criterion (lower is better)'
    >>> display.close()
    """
    counts = read_sequence("n_components", n_components)  # (n,)
    if not isinstance(values, Mapping) or not values:
        raise ValueError(
            f"values is of type {type(values).__name__}; expected a mapping of names to sequences, "
            'not empty, such as {"BIC": [530.0, 410.5]}'
        )
    curves = {name: read_sequence(f"values[{name!r}]", curve) for name, curve in values.items()}
    for name, curve in curves.items():
        if len(curve) != len(counts):
            raise ValueError(
                f"values[{name!r}] has {len(curve)} entries, but n_components has {len(counts)}; "
                "expected one value for each number of components"
            )

    ax = canvas.open_axes(ax)
    order = np.argsort(counts, kind="stable")
    for index, (name, curve) in enumerate(curves.items()):
        best = curve.argmin() if lower_is_better else curve.argmax()
        look: dict[str, Any] = {"color": colour_of(index), "marker": MARKERS[index % len(MARKERS)]}
        label = f"{name}: best at {counts[best]:g}"
        ax.plot(counts[order], curve[order], **look, linewidth=1.5, markersize=5, label=label)
        look |= {"markerfacecolor": "none", "markeredgewidth": 1.8, "linestyle": "none"}
        ax.plot(counts[best], curve[best], **look, markersize=13)
    (subject,) = curves if len(curves) == 1 else ("criterion",)
    direction = "lower is better" if lower_is_better else "higher is better"
    dress(ax, title="", x_label="number of components", y_label=f"{subject} ({direction})")
    if len(counts) <= MOST_TICKS:
        ax.set_xticks(counts)
    else:
        ax.locator_params(axis="x", integer=True)
    ax.legend(fontsize=SMALL)
    return Display(ax)
