"""``mixtura study``: basis vectors, components and classes against every measure of quality."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from mixtura.cli.options import Context, Json, Seed, typer

__all__ = ["study"]


class Target(StrEnum):
    """The figures that can be reproduced."""

    BITS = "bits"
    BINS = "bins"
    ACCURACY = "accuracy"
    FRECHET = "frechet"


_OF_THE_GRID = ("basis", "components", "classes", "out", "images", "rivals")


def _counts(text: str) -> tuple[int, ...]:
    """Read whole numbers with commas between."""
    try:
        numbers = tuple(int(part) for part in text.split(","))
    except ValueError:
        numbers = (0,)
    if min(numbers) < 1:
        raise typer.BadParameter(f"Got {text!r}, expected whole numbers of at least 1 with commas between: 10,100.")
    return numbers


def _refuse_others(context: Context) -> None:
    """Refuse options that a figure's own recipe leaves no room for."""
    sources = {name: context.get_parameter_source(name) for name in _OF_THE_GRID}
    typed = [f"--{name}" for name, source in sources.items() if source is not None and source.name != "DEFAULT"]
    if typed:
        raise typer.BadParameter(
            f"Got --reproduce with {', '.join(typed)}, but expected none of them, because the best model is fitted to "
            "all images by settings of its own: leave them out, or leave out --reproduce."
        )


def _say_where_none_is(groups: tuple[tuple[int, ...], ...]) -> None:
    """Rivals are measured for several classes: say of which groups there are none, refuse where there would be none."""
    alone = [str(group[0]) for group in groups if len(group) == 1]
    if len(alone) == len(groups):
        raise typer.BadParameter(
            f"Got --rivals for {', '.join(alone)}, but expected a group of several classes, because rivals are "
            "measured for such groups: name more classes, as in --classes 2,4,6, or leave out --rivals."
        )
    if alone:
        print(f"Rivals are measured for groups of several classes: none for {', '.join(alone)}.", file=sys.stderr)


def _of_images(images: int | None, held_out: bool, seed: int) -> str:
    """Name the folder of a page: pages of other images or of another seed lie beside the usual one, none in its place.

    Examples
    --------
    >>> _of_images(None, False, 0), _of_images(500, True, 3)
    ('', 'held-out_images-500_seed-3')
    """
    parts = {"held-out": held_out, f"images-{images}": images is not None, f"seed-{seed}": seed != 0}
    return "_".join(part for part, unusual in parts.items() if unusual)


def _why_again(renewed: Mapping[str, tuple[str, ...]]) -> str:
    """Say how many results were found anew, and why."""
    differing = sorted({name for names in renewed.values() for name in names})
    return f"Found anew, because what was kept is of other {', '.join(differing)}: {', '.join(renewed)}."


def study(
    context: Context,
    basis: Annotated[str, typer.Option(metavar="Q,Q,...", help="Numbers of basis vectors.")] = "10,20,50,100,200",
    components: Annotated[
        str, typer.Option(metavar="K,K,...", help="Numbers of components; of each class where there are several.")
    ] = "1,5,25,100",
    classes: Annotated[
        str, typer.Option(metavar="GROUPS", help="Classes to model together, groups with bars between.")
    ] = "2|2,4,6|all",
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Folder of the results; what is there already is not computed again. With --images, --held-out or "
            "--seed the page is in a folder of its own there.",
        ),
    ] = Path("study"),
    images: Annotated[
        int | None,
        typer.Option(metavar="N", min=100, help="Images of each class at most, of both sets. Default: all."),
    ] = None,
    rivals: Annotated[
        bool,
        typer.Option("--rivals", help="Measure other generators of several classes; neural ones with PyTorch."),
    ] = False,
    target: Annotated[
        Target | None,
        typer.Option("--reproduce", help="Fit the best model known for one figure again, and print that figure."),
    ] = None,
    held_out: Annotated[
        bool,
        typer.Option("--held-out", help="Keep the test images unseen: compare with a sixth of the training images."),
    ] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Measure image generators with fewer and more basis vectors, components and classes."""
    from mixtura.cli.output import print_json
    from mixtura.datasets import load_fashion_mnist
    from mixtura.progress import show_progress

    if target is not None:
        _refuse_others(context)
    sizes, counts = _counts(basis), _counts(components)
    from mixtura.study import hold_out

    train = load_fashion_mnist()
    train, test = hold_out(train) if held_out else (train, load_fashion_mnist("test"))
    with show_progress("the study", total=1.0) as advance:

        def tell(what: str, share: float) -> None:
            advance(completed=share, description=what)

        if target is not None:
            from mixtura.study import reproduce

            found = reproduce(target.value, train, test, seed=seed or 0, progress=tell).as_json()
            print_json(found) if as_json else print(f"{found['target']}: {found['value']:.4g} ({found['unit']})")
            return
        from mixtura.study import read_groups, run_study
        from mixtura.study.page import check_page, write_page
        from mixtura.study.rivals import available

        groups = read_groups(classes, len(train.class_names))
        place = out / _of_images(images, held_out, seed or 0)
        check_page(place, groups)
        if rivals:
            _say_where_none_is(groups)
        found_study = run_study(
            train.first_of_each(images),
            test.first_of_each(images),
            basis_sizes=sizes,
            component_counts=counts,
            groups=groups,
            rivals=available() if rivals else (),
            folder=out / "cells",
            seed=seed or 0,
            progress=tell,
        )
        page = write_page(found_study, place)
    if found_study.renewed:
        print(_why_again(found_study.renewed), file=sys.stderr)
    print_json({"page": str(page)}) if as_json else print(page)
