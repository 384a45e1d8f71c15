"""Activity 3: responsibilities over the plane, and why the wide component wins far away."""

from dataclasses import dataclass

import numpy as np

from mixtura import GaussianMixture
from mixtura.arrays import FloatArray
from mixtura.lab.activity import Activity, Gallery, Picture, Prose, Table
from mixtura.lab.figures import capture, panel
from mixtura.lab.formulas import LOG_RATIO, RESPONSIBILITY
from mixtura.lab.ray import Ray, follow
from mixtura.lab.rivalry import Rivalry, rivalry_of
from mixtura.lab.unequal_blobs import fit_wide_and_tight
from mixtura.lab.wording import number, paragraphs, percent, signed, tiny
from mixtura.plots import plot_decision_boundary, plot_responsibilities
from mixtura.plots.style import INK, SMALL, colour_of, dress

__all__ = ["Responsibilities", "map_responsibilities"]

_EXTENT = (-6.0, 6.0, -6.0, 6.0)
_STEPS = (0.0, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0, 16.0)
_EXAMPLE = 4.0  # one of the steps: the place that the answer speaks of
_FAR = 1000.0  # data units: many thousand standard deviations of either blob
_DIRECTIONS = 360


@dataclass(frozen=True, eq=False)
class Responsibilities:
    """Which component answers for which part of the plane.

    Attributes
    ----------
    rivalry : Rivalry
        Of the tight component (a) and the wide one (b).
    ray : Ray
    tight_share : float
        The part of the square from −6 to 6 in which the tight component is the more probable, counted on a grid.
    far_wins : int
        In how many of `n_directions` directions the wide component wins at a distance of `far` from the origin.
    n_directions : int
    far : float
    """

    rivalry: Rivalry
    ray: Ray
    tight_share: float
    far_wins: int
    n_directions: int
    far: float


def map_responsibilities(random_state: int = 0) -> Activity[Responsibilities]:
    """Show which component of activity 2 answers for each place of the plane, and explain it.

    Parameters
    ----------
    random_state : int, default=0
        Seeds the points and the fit.

    Examples
    --------
    >>> found = map_responsibilities(random_state=0).numbers
    >>> found.far_wins == found.n_directions, found.rivalry.is_bounded
    (True, True)
    """
    gmm, X, _ = fit_wide_and_tight(random_state)
    wide, tight = (int(part) for part in np.argsort(np.linalg.det(gmm.covariances_))[::-1])
    rivalry = rivalry_of(gmm, tight, wide)
    ray = follow(gmm, rivalry, wide, tight, np.array(_STEPS))
    found = Responsibilities(
        rivalry,
        ray,
        tight_share=_share_of_square(gmm, tight),
        far_wins=int((gmm.predict(_circle()) == wide).sum()),
        n_directions=_DIRECTIONS,
        far=_FAR,
    )
    maps = [
        capture(
            plot_responsibilities(gmm, part, X, _EXTENT, ax=panel()),
            alt=f"The plane shaded by the responsibility of the {name} component, {where}.",
            caption=f"Component {part}, the {name} one.",
        )
        for part, name, where in (
            (wide, "wide", "dark nearly everywhere but for a hole around the tight blob"),
            (tight, "tight", "dark in a small patch around the tight blob and white elsewhere"),
        )
    ]
    boundary = capture(
        plot_decision_boundary(gmm, X, _EXTENT, ax=panel()),
        alt="The plane tinted by the more probable component, with a closed line around the tight blob.",
        caption="The boundary: where both are equally probable.",
    )
    body = (Gallery((*maps, boundary, _draw_ray(found))), _ray_table(found), Prose(_explanation(found)))
    return Activity(
        name="activity-3",
        title="Activity 3: who answers for which part of the plane",
        question=paragraphs(
            "Ask the mixture of activity 2, at every place of [−6, 6] × [−6, 6], how probable it is that a point there "
            "came from component <i>k</i>:",
        )
        + RESPONSIBILITY
        + paragraphs("What do you expect? And can you explain what you see far away from both blobs?"),
        numbers=found,
        body=body,
        answer=_answer(found),
        finding=_finding(found),
        code=(
            "import numpy as np\n"
            "from mixtura import GaussianMixture\n"
            "from mixtura.datasets import wide_and_tight\n"
            "from mixtura.plots import plot_decision_boundary\n\n"
            f"X, labels = wide_and_tight(random_state={random_state})\n"
            f"gmm = GaussianMixture(2, n_init=5, random_state={random_state}).fit(X)\n"
            "x, y = np.meshgrid(np.linspace(-6, 6, 500), np.linspace(-6, 6, 500))\n"
            "responsibilities = gmm.predict_proba(np.c_[x.ravel(), y.ravel()])  # (250000, 2)\n"
            "plot_decision_boundary(gmm, X, extent=(-6, 6, -6, 6))"
        ),
    )


def _circle() -> FloatArray:
    angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    return _FAR * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _share_of_square(gmm: GaussianMixture, tight: int) -> float:
    left, right, bottom, top = _EXTENT
    middles = (np.arange(400) + 0.5) / 400
    x, y = np.meshgrid(left + (right - left) * middles, bottom + (top - bottom) * middles)
    return float((gmm.predict(np.stack([x.ravel(), y.ravel()], axis=1)) == tight).mean())


def _draw_ray(found: Responsibilities) -> Picture:
    ax = panel()
    steps = np.linspace(0.0, 6.0, 241)  # the far end lies beyond the square
    ratio = found.rivalry.log_ratio(found.ray.places[0] + steps[:, None] * found.ray.direction)
    for sign, name, part in ((1, "tight", 1), (-1, "wide", 0)):
        ax.fill_between(steps, 0, ratio, where=sign * ratio > 0, color=colour_of(part), alpha=0.3, label=f"{name} wins")
    ax.plot(steps, ratio, color=INK, linewidth=1.5)
    ax.set_ylim(-40, max(12.0, 1.2 * float(ratio.max())))
    dress(
        ax,
        title="from the tight mean, away from the wide one",
        x_label="distance from the mean of the tight component",
        y_label="log of tight's over wide's responsibility",
    )
    ax.legend(fontsize=SMALL)
    return capture(
        ax,
        alt="A parabola that starts above zero, crosses it close to the tight blob and falls ever more steeply.",
        caption="The logarithm of the ratio of the two responsibilities along a ray: a parabola.",
    )


def _ray_table(found: Responsibilities) -> Table:
    ray = found.ray
    rows = tuple(
        (
            number(float(ray.steps[i]), 1),
            number(float(ray.distances[i]), 1),
            *(number(float(value), 1) for value in ray.log_shares[i]),
            signed(float(ray.log_ratios[i]), 1),
            tiny(float(ray.responsibilities[i])) if ray.responsibilities[i] else "&lt; 10<sup>−308</sup>",
        )
        for i in range(len(ray.steps))
    )
    return Table(
        ("from tight mean", "from wide mean", "log share, wide", "log share, tight", "log ratio", "γ of tight"),
        rows,
        "Along a ray that leaves the tight mean on the side away from the wide one: distances to both means, the "
        "logarithm of weight times density of both components, the log ratio (tight less wide), and the "
        "responsibility of the tight one.",
    )


def _explanation(found: Responsibilities) -> str:
    low, high = (number(float(value), 2) for value in found.rivalry.curvatures)
    ray = found.ray
    check = float(ray.log_ratios[-1] / ray.steps[-1] ** 2)
    return (
        paragraphs(
            "<strong>Why.</strong> Take the logarithm of the ratio of the two responsibilities. The sum in the "
            "denominator cancels, and what is left is a quadratic function of the place:"
        )
        + LOG_RATIO
        + paragraphs(
            "Its quadratic part is −½ <b>x</b><sup>T</sup>(Σ<sub>t</sub><sup>−1</sup> − "
            "Σ<sub>w</sub><sup>−1</sup>)<b>x</b>. Constants and linear terms, and with them weights and means, matter "
            "close by; far away the square outgrows them. The matrix in the middle has the eigenvalues "
            f"{low} and {high} in this run"
            + (
                ", both positive: in every direction the tight component's density falls faster."
                if found.rivalry.curvatures[0] > 0
                else ", not both positive: there are directions in which the tight component does not fall faster."
            ),
            f"Along the ray of the table the coefficient of the square is {signed(ray.bend, 2)}. At its end, "
            f"{number(float(ray.steps[-1]), 0)} units out, the log ratio divided by the squared distance is "
            f"{signed(check, 2)} already.",
        )
    )


def _answer(found: Responsibilities) -> str:
    rivalry, ray = found.rivalry, found.ray
    shape = (
        f"The boundary is a closed curve, an ellipse around ({_point(rivalry.centre)}) with half-axes of "
        f"{number(float(rivalry.half_axes[0]), 2)} and {number(float(rivalry.half_axes[1]), 2)}. Inside the tight "
        f"component wins: that is {percent(found.tight_share)} of the square."
        if rivalry.is_bounded
        else f"The boundary is not closed here. The tight component wins in {percent(found.tight_share)} of the square."
    )
    far = (
        f"in all {found.n_directions}"
        if found.far_wins == found.n_directions
        else f"in {found.far_wins} of {found.n_directions}"
    )
    last = int(np.flatnonzero(ray.steps == _EXAMPLE)[0])
    surprise = (
        f"The surprise is on the far side. {number(_EXAMPLE, 0)} units beyond the tight mean, at "
        f"({_point(ray.places[last])}), the tight mean is much nearer ({number(_EXAMPLE, 1)} against "
        f"{number(float(ray.distances[last]), 1)}), yet the wide component's responsibility for that place is "
        f"{number(1 - float(ray.responsibilities[last]))}. Nearness is measured in standard deviations, and "
        "the tight component's are short."
        if ray.responsibilities[last] < 0.5
        else ""
    )
    crossing = (
        "" if np.isnan(ray.crossing) else f" On that ray the two tie {number(ray.crossing, 2)} from the tight mean."
    )
    return paragraphs(
        shape,
        surprise + crossing,
        f"Far away the wide component wins: at a distance of {number(found.far, 0)}, {far} directions that were "
        "tried. So responsibilities say which component is the likelier, not that the place is likely at all; "
        "for that, ask the density.",
    )


def _point(place: FloatArray) -> str:
    return ", ".join(number(float(x), 2) for x in place)


def _finding(found: Responsibilities) -> str:
    return (
        f"the tight component wins in {percent(found.tight_share)} of the square; at a distance of "
        f"{number(found.far, 0)} the wide one wins in {found.far_wins} of {found.n_directions} directions"
    )
