"""Activity 6, first part: fewer and more basis vectors and components."""

from collections.abc import Callable, Sequence

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.datasets import ImageSet
from mixtura.images import ImageMixture, neighbour_test
from mixtura.lab.activity import Activity, Gallery, Picture, Table, Tell, silent
from mixtura.lab.data import load_lines
from mixtura.lab.figures import capture, panel
from mixtura.lab.quality_numbers import Quality, answer_of, finding_of
from mixtura.lab.wording import class_label, count, number, paragraphs, percent
from mixtura.plots import plot_image_grid
from mixtura.plots.style import SMALL, colour_of, dress

__all__ = ["vary_generator"]

_MOST_JUDGED = 1000  # generated images, and as many real ones
_SHOWN = 8  # samples of each setting
_TOLERANCE = 0.01  # nats for an image, in an iteration


def vary_generator(
    train: ImageSet,
    test: ImageSet,
    *,
    focus: int = 2,
    n_basis: int = 100,
    n_components: int = 25,
    basis_sizes: Sequence[int] = (10, 25, 50, 100, 200),
    component_counts: Sequence[int] = (1, 5, 10, 25, 50),
    random_state: int = 0,
    tell: Tell = silent,
) -> Activity[Quality]:
    """Fit generators of one class with fewer and more basis vectors and components, and judge each.

    Parameters
    ----------
    train, test : ImageSet
    focus : int, default=2
        The class.
    n_basis, n_components : int, default=100 and 25
        The setting to compare with.
    basis_sizes, component_counts : sequences of int
        What is tried, in all combinations; those above join them.
    random_state : int, default=0
        Seeds fits and samples.
    tell : callable, optional
        Told before each fit.

    Examples
    --------
    >>> from mixtura.datasets import load_digits_images
    >>> train, test = load_digits_images(), load_digits_images("test")
    >>> setting = {"n_basis": 8, "n_components": 2, "basis_sizes": (4,), "component_counts": (1,)}
    >>> vary_generator(train, test, **setting).numbers.test_bits.shape
    (2, 2)
    """
    own, unseen = train.only(focus).images, test.only(focus).images
    sizes, counts = sorted({*basis_sizes, n_basis}), sorted({*component_counts, n_components})
    n = min(_MOST_JUDGED, len(unseen))
    measured = np.empty((4, len(sizes), len(counts)))
    sheets: dict[tuple[int, int], FloatArray] = {}
    for i, size in enumerate(sizes):
        for j, components in enumerate(counts):
            tell(f"{count(components, 'component')} in {count(size, 'dimension')}")
            model = ImageMixture(size, components, random_state=random_state, tol=_TOLERANCE).fit(own)
            samples = model.sample(max(n, _SHOWN), random_state=random_state)
            judged = neighbour_test(unseen[:n], samples[:n])
            bits = (model.bits_per_dim(images, random_state=random_state) for images in (own[: len(unseen)], unseen))
            measured[:, i, j] = *bits, judged.generated, judged.real
            sheets[size, components] = samples[:_SHOWN]
    found = Quality(
        focus=class_label(focus, train.class_names),
        basis_sizes=np.array(sizes),
        component_counts=np.array(counts),
        train_bits=measured[0],
        test_bits=measured[1],
        found_out=measured[2],
        real_alike=measured[3],
        n_train=len(own),
        n_judged=n,
        n_basis=n_basis,
        n_components=n_components,
    )
    body = (
        Gallery(
            (
                _sheet([sheets[size, n_components] for size in sizes], "basis vectors", sizes, found),
                _sheet([sheets[n_basis, components] for components in counts], "components", counts, found),
                _draw_bits(found),
                _draw_judgement(found),
            )
        ),
        _table(
            found,
            found.test_bits,
            "Bits per dimension on test images with K components; the lower, the better. The best is in bold. To "
            f"save time EM stops here when an iteration gains less than {_TOLERANCE} nats for an image; in the steps "
            "before it went on to 0.001.",
            lambda bits: number(bits, 3),
            found.best,
        ),
        _table(found, found.train_bits, "The same on as many of the training images.", lambda bits: number(bits, 3)),
        _table(
            found,
            found.found_out,
            f"How many of {found.n_judged:,} generated images have a generated image nearest, among as many real test "
            "images; 50 % is chance.",
            lambda share: percent(share, 0),
        ),
        _table(
            found,
            found.real_alike,
            "How many of the real test images have a real one nearest; 50 % is chance.",
            lambda share: percent(share, 0),
        ),
    )
    return Activity(
        name="activity-6-quality",
        title="Activity 6: fewer and more basis vectors and components",
        question=paragraphs(
            "Play with both numbers: how many basis vectors, and how many components. What does that do to the "
            "quality of the generated images? Judge it by eye, by the bits per dimension of images that the model has "
            "not seen, and by whether samples can be told from real images by their nearest neighbour."
        ),
        numbers=found,
        body=body,
        answer=answer_of(found),
        finding=finding_of(found),
        code=(
            f"{load_lines(train)}\n"
            "from mixtura.images import ImageMixture\n\n"
            f"for n_basis in {tuple(sizes)}:\n"
            f"    model = ImageMixture(n_basis, {n_components}, random_state={random_state}, tol={_TOLERANCE})\n"
            f"    model.fit(train.only({focus}).images)\n"
            f"    print(n_basis, model.bits_per_dim(test.only({focus}).images, random_state={random_state}))"
        ),
    )


def _sheet(rows: list[FloatArray], what: str, values: Sequence[int], found: Quality) -> Picture:
    fixed = (
        f"{count(found.n_components, 'component')}"
        if what == "basis vectors"
        else f"{count(found.n_basis, 'basis vector')}"
    )
    listed = ", ".join(str(value) for value in values)
    return capture(
        plot_image_grid(np.concatenate(rows), n_columns=_SHOWN),
        alt=f"Samples in rows, one row for each number of {what}: {listed}.",
        caption=f"Samples with {fixed} and, from the top, {listed} {what}.",
    )


def _draw_bits(found: Quality) -> Picture:
    ax = panel()
    for i, size in enumerate(found.basis_sizes):
        colour = colour_of(i)
        ax.plot(found.component_counts, found.test_bits[i], color=colour, marker="o", markersize=5, label=str(size))
        ax.plot(found.component_counts, found.train_bits[i], color=colour, linestyle=":")
    ax.set_xscale("log")
    ax.set_xticks(found.component_counts, labels=[str(k) for k in found.component_counts])
    ax.minorticks_off()
    dress(ax, title="solid: test images, dotted: training images", x_label="components", y_label="bits per dimension")
    ax.legend(title="basis vectors", fontsize=SMALL, title_fontsize=SMALL, ncols=2)
    return capture(
        ax,
        alt="Bits per dimension against the number of components, a pair of lines for each number of basis vectors.",
        caption="Bits per dimension. Where dotted and solid lines part, the model learns its training images by heart.",
    )


def _draw_judgement(found: Quality) -> Picture:
    ax = panel()
    for j, components in enumerate(found.component_counts):
        ax.plot(
            100 * found.real_alike[:, j],
            100 * found.found_out[:, j],
            color=colour_of(j),
            marker="o",
            markersize=4,
            linewidth=1.2,
            label=str(components),
        )
    for i, size in enumerate(found.basis_sizes):
        place = (100 * found.real_alike[i, 0], 100 * found.found_out[i, 0])
        ax.annotate(str(size), place, xytext=(5, 3), textcoords="offset points", fontsize=SMALL)
    ax.plot(50, 50, marker="*", markersize=13, color="#333333", linestyle="none")
    dress(
        ax,
        title="star: nobody can tell them apart",
        x_label="real images with a real one nearest, %",
        y_label="samples with a sample nearest, %",
    )
    ax.legend(title="components", fontsize=SMALL, title_fontsize=SMALL, loc="lower left")
    return capture(
        ax,
        alt="Lines of the two shares of the nearest-neighbour test, one for each number of components.",
        caption=f"The nearest-neighbour test. Along each line the number of basis vectors grows from "
        f"{found.basis_sizes[0]} to {found.basis_sizes[-1]}; on the first it is written beside.",
    )


def _table(
    found: Quality,
    values: FloatArray,
    caption: str,
    write: Callable[[float], str],
    best: tuple[int, int] | None = None,
) -> Table:
    rows = tuple(
        (
            str(size),
            *(
                f"<strong>{write(float(value))}</strong>" if (i, j) == best else write(float(value))
                for j, value in enumerate(values[i])
            ),
        )
        for i, size in enumerate(found.basis_sizes)
    )
    header = ("basis vectors", *(f"K = {k}" for k in found.component_counts))
    return Table(header, rows, caption)
