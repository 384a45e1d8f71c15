"""``mixtura summary``: a model in words and numbers."""

from typing import Annotated

from mixtura.cli.options import Columns, Data, Header, Json, Model, typer

__all__ = ["summary"]


def summary(
    model: Model,
    data: Data,
    parameters: Annotated[bool, typer.Option("--parameters", help="Show means and covariances too.")] = False,
    columns: Columns = None,
    header: Header = None,
    as_json: Json = False,
) -> None:
    """Sum up a model and what it says of the rows of a table: family, likelihood, criteria, clusters."""
    from dataclasses import replace

    from mixtura.cli.output import print_json
    from mixtura.cli.rows import read_rows_for, without_names
    from mixtura.model_file import load_model

    mixture = load_model(model)
    rows = read_rows_for(mixture, data, columns, header)
    page = without_names(mixture).summary(rows, parameters=parameters)
    names = getattr(mixture, "feature_names_in_", page.feature_names)
    page = replace(page, feature_names=tuple(str(name) for name in names))
    print_json(page.as_dict()) if as_json else print(page)
