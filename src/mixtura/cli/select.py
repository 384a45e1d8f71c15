"""``mixtura select``: how many components, and which family."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import mixtura
from mixtura.cli.exits import ExitCode
from mixtura.cli.options import Data, Header, Json, Noise, Seed, TrainingColumns, Weights, split_names, typer

if TYPE_CHECKING:
    from mixtura import GaussianMixtureSearch

__all__ = ["select"]


def _numbers(text: str | Sequence[int]) -> Sequence[int]:
    """Read ``--k``: 1:9 is 1 to 9, both included; commas part several.

    >>> _numbers("1:3,8")
    [1, 2, 3, 8]
    """
    if not isinstance(text, str):
        return text
    numbers: list[int] = []
    for part in text.split(","):
        first, colon, last = part.strip().partition(":")
        try:
            span = range(int(first), int(last if colon else first) + 1)
        except ValueError:
            span = range(0)
        if not span or span[0] < 1:
            raise typer.BadParameter(f"Got {text!r}, expected numbers from 1 on, such as 1:9 or 2,4,8.") from None
        numbers += span
    return sorted(set(numbers))


def _criterion(text: str) -> str:
    """Read ``--criterion``, in capitals or not."""
    from mixtura.selection import CRITERIA

    name = text.lower().replace("-", "_")
    if name not in CRITERIA:
        raise typer.BadParameter(f"Got {text!r}, expected one of: {', '.join(CRITERIA)}.")
    return name


def select(
    data: Data,
    families: Annotated[
        str,
        typer.Option(metavar="A,B,...", help="Families to try: codes such as EII,VVV, or names as in fit, or all."),
    ] = "all",
    numbers: Annotated[
        Any, typer.Option("--k", metavar="1:9", parser=_numbers, help="Numbers of components: 1:9 is 1 to 9.")
    ] = "1:9",
    criterion: Annotated[
        str, typer.Option(metavar="NAME", parser=_criterion, help="bic, icl, aic or held_out.")
    ] = "bic",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the best model, such as model.mix.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="With -o: write the search itself, with the table of all that was tried.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the criterion: .png, .svg, .pdf or .jpg.")
    ] = None,
    columns: TrainingColumns = None,
    header: Header = None,
    weights: Weights = None,
    noise: Noise = "none",
    seed: Seed = 0,
    n_init: Annotated[
        int, typer.Option(metavar="N", min=1, help="Starts for each number of components; the best is kept.")
    ] = 1,
    as_json: Json = False,
) -> int:
    """Fit many mixtures to a table and say which number of components and which family are the best."""
    import numpy as np

    from mixtura.cli.output import check_apart, print_json
    from mixtura.cli.picture import new_picture
    from mixtura.cli.rows import read_training_rows
    from mixtura.model_file import save_model
    from mixtura.plots import plot_criterion_curves

    named = split_names(families) or []
    _check_families(named)  # before any file is read; one column takes every family
    search = mixtura.GaussianMixtureSearch(
        numbers,
        covariance_type="all" if named == ["all"] else named,
        criterion=criterion,
        n_init=n_init,
        noise=noise,
        random_state=seed,
        verbose=1,
    )
    search._validate_params()
    if whole and output is None:
        raise typer.BadParameter("--whole goes with --output: it says what to write.", param_hint="--whole")
    if output is not None:
        check_apart(output, data)
    with new_picture(plot, data, *([] if output is None else [output])) as ax:
        rows = read_training_rows(data, columns, header, weights)
        _check_families(named, rows.values.shape[1])
        search.fit(rows.values, sample_weight=rows.weights)
        best = search.best_estimator_
        if rows.names is not None:
            search.feature_names_in_ = best.feature_names_in_ = np.array(rows.names, dtype=object)
        if ax is not None:
            plot_criterion_curves(search, ax=ax)
        if output is not None:
            save_model(search if whole else best, output)
    if as_json:
        files = {name: None if path is None else str(path) for name, path in (("output", output), ("plot", plot))}
        best_pair = {**search.best_params_, "score": search.best_score_}
        shape = {"rows": len(rows.values), "columns": rows.names}
        print_json({**shape, "criterion": criterion, "best": best_pair, "results": search.results_, **files})
    else:
        _print_table(search)
    return ExitCode.DONE if best.converged_ else ExitCode.UNFINISHED


def _check_families(named: list[str], n_features: int = 1) -> None:
    """Raise where the command line names a family that there is not, at all or for so many columns."""
    from mixtura.selection.families import expand_families

    try:
        expand_families("all" if named == ["all"] else named, n_features)
    except ValueError as error:
        raise typer.BadParameter(str(error).replace("covariance_type=", ""), param_hint="--families") from None


def _print_table(search: "GaussianMixtureSearch") -> None:
    """Print the criterion, a row for each family, the best in brackets; then the best in words."""
    import numpy as np

    from mixtura.cli.output import print_columns
    from mixtura.selection import CRITERIA

    criterion = CRITERIA[search.criterion]
    best = (search.best_params_["covariance_type"], search.best_params_["n_components"])
    digits = 1 if criterion.lower_is_better else 4
    table = [["", *(str(number) for number in search.n_components_)]]
    n_missing = 0
    for name, values in search.curves().items():
        cells = []
        for number, value in zip(search.n_components_, values, strict=True):
            written = f"{value:.{digits}f}" if np.isfinite(value) else "-"
            n_missing += written == "-"
            cells.append(f"[{written}]" if (name, number) == best else f"{written} ")
        table.append([name, *cells])
    print(f"{criterion.label} ({'lower' if criterion.lower_is_better else 'higher'} is better)")
    print_columns(table, right=range(1, len(table[0])))
    if n_missing:
        print(f"- a component collapsed or the fit failed ({n_missing}): --json says why.")
    family = search.best_estimator_.family_
    share = search.best_estimator_.noise_share_
    noise = f" and noise, {share:.1%} of the rows" if share else ""
    print(f"\nBest: {best[0]} ({family.description}), {best[1]} component{'s' * (best[1] != 1)}{noise}.")
