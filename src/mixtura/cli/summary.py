"""``mixtura summary``: a model in words and numbers."""

from typing import Annotated

from mixtura.cli.options import Columns, Data, Header, Json, Model, Seed, Weights, typer

__all__ = ["summary"]


def summary(
    model: Model,
    data: Data,
    parameters: Annotated[bool, typer.Option("--parameters", help="Show means and covariances too.")] = False,
    bootstrap: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=2, help="Fit N resampled tables too, and show parameters with intervals of 95 %."
        ),
    ] = None,
    seed: Seed = 0,
    columns: Columns = None,
    header: Header = None,
    weights: Weights = None,
    as_json: Json = False,
) -> None:
    """Sum up a model and what it says of the rows of a table: family, likelihood, criteria, clusters."""
    from dataclasses import replace

    from mixtura.cli.model import load_row_model
    from mixtura.cli.output import print_json
    from mixtura.cli.rows import read_weighted_rows_for, without_names

    mixture = load_row_model(model)
    rows = read_weighted_rows_for(mixture, data, columns, header, weights)
    unnamed = without_names(mixture)
    intervals = None
    if bootstrap is not None:
        from mixtura.selection import bootstrap_parameters

        intervals = bootstrap_parameters(
            unnamed, rows.values, n_bootstrap=bootstrap, sample_weight=rows.weights, random_state=seed, verbose=1
        )
    page = unnamed.summary(rows.values, parameters=parameters, intervals=intervals, sample_weight=rows.weights)
    names = getattr(mixture, "feature_names_in_", page.feature_names)
    page = replace(page, feature_names=tuple(str(name) for name in names))
    print_json(page.as_dict()) if as_json else print(page)
