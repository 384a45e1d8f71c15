"""``mixtura predict``: the component of each row."""

from typing import Annotated

from mixtura.cli.options import Columns, Data, Header, Json, Model, Table, typer

__all__ = ["predict"]


def predict(
    model: Model,
    data: Data,
    output: Table = None,
    proba: Annotated[
        bool, typer.Option("--proba", help="The probability of every component instead of the most probable one.")
    ] = False,
    uncertainty: Annotated[
        bool, typer.Option("--uncertainty", help="The probability that a row belongs to another component.")
    ] = False,
    columns: Columns = None,
    header: Header = None,
    as_json: Json = False,
) -> None:
    """Say which component each row of a table belongs to; -1 is noise."""
    from mixtura.cli.model import load_row_model
    from mixtura.cli.output import check_output, emit_table
    from mixtura.cli.rows import read_rows_for, without_names

    if proba and uncertainty:
        raise typer.BadParameter("--uncertainty does not go with --proba: give one.", param_hint="--uncertainty")
    check_output(output, model, data)
    mixture = load_row_model(model)
    rows = read_rows_for(mixture, data, columns, header)
    unnamed = without_names(mixture)
    what = "cluster" if hasattr(mixture, "n_clusters_") else "component"
    if proba:
        shares = unnamed.predict_proba(rows)
        noise = [] if mixture.mixture_.noise is None else ["noise"]
        names = [f"{what}_{k}" for k in range(shares.shape[1] - len(noise))]
        emit_table(output, names + noise, shares, as_json)
    elif uncertainty:
        emit_table(output, ["uncertainty"], unnamed.uncertainty(rows), as_json)
    else:
        emit_table(output, [what], unnamed.predict(rows), as_json)
