"""The line: pictures of one feature, as a histogram above and a strip of points below."""

from typing import TYPE_CHECKING

import numpy as np

from mixtura.arrays import FloatArray, IntArray
from mixtura.plots.components import Components
from mixtura.plots.points import NOISE, draw_groups, draw_noise, mark_centres
from mixtura.plots.style import INK, PALE, colour_of

if TYPE_CHECKING:
    from mixtura.plots.canvas import Axes

_STRIP = 0.16  # the height of the strip of points, as a part of the tallest bar
_MOST_BINS = 100


def draw_line(
    ax: "Axes", values: FloatArray, groups: IntArray, centres: FloatArray, owners: IntArray | None = None
) -> None:
    """Draw values (n,) as a histogram, below it as points coloured by groups (n,), and centres (K,) of groups (K,)."""
    owners = np.arange(len(centres)) if owners is None else owners
    bins = min(len(np.histogram_bin_edges(values, bins="auto")), _MOST_BINS)
    heights, _, _ = ax.hist(values, bins=bins, density=True, color=PALE, zorder=1)
    strip = _STRIP * np.max(heights)
    # A fixed pattern spreads equal values over the strip: the golden ratio's multiples never bunch.
    spread = np.arange(len(values)) * 0.6180339887498949 % 1  # (n,)
    places = np.column_stack([values, -strip * (0.15 + 0.7 * spread)])
    draw_groups(ax, places, groups, int(owners.max()) + 1)
    if (groups == NOISE).any():
        draw_noise(ax, places[groups == NOISE])
    mark_centres(ax, np.column_stack([centres, np.full(len(centres), -strip / 2)]), owners)
    ax.axhline(0, color=INK, linewidth=0.8)


def draw_curves(ax: "Axes", components: Components) -> None:
    """Draw the density of a mixture on the line, and each component's share of it."""
    means = components.means[:, 0]  # (K,)
    deviations = np.sqrt(components.covariances[:, 0, 0])  # (K,)
    left, right = np.min(means - 3.5 * deviations), np.max(means + 3.5 * deviations)
    if components.noise_height:  # which is everywhere
        left, right = min(left, ax.dataLim.x0), max(right, ax.dataLim.x1)
    # Even steps, and finer ones about each mean, so that a narrow component keeps its peak.
    near = means + deviations * np.linspace(-4, 4, 81)[:, None]  # (81, K)
    x = np.sort(np.concatenate([np.linspace(left, right, 400), near.ravel()]))[:, None]  # (points, 1)
    scaled = (x - means) / deviations  # (points, K)
    weights = (1.0 - components.noise_share) * components.weights
    shares = weights * np.exp(-(scaled**2) / 2) / (np.sqrt(2 * np.pi) * deviations)  # (points, K)
    named: set[int] = set()
    for group, share in zip(components.owners.tolist(), shares.T, strict=True):
        label = f"{components.group} {group}" if group not in named else "_"
        named.add(group)
        ax.fill_between(x[:, 0], share, color=(colour_of(group), 0.25), linewidth=0, zorder=2)
        ax.plot(x[:, 0], share, color=colour_of(group), linewidth=1.5, label=label, zorder=3)
    if components.noise_height:
        level = np.full(2, components.noise_height)
        ax.plot([left, right], level, color=INK, linewidth=1, linestyle=":", label="noise", zorder=3)
    total = shares.sum(axis=1) + components.noise_height
    ax.plot(x[:, 0], total, color=INK, linewidth=1.2, linestyle="--", label="mixture", zorder=3)


def hide_negative_ticks(ax: "Axes") -> None:
    """Take the numbers from beside the strip, where no density is."""
    ax.set_yticks([tick for tick in ax.get_yticks() if tick >= 0])
