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
    from mixtura.cli.output import check_output, emit_table
    from mixtura.cli.rows import read_rows_for, without_names
    from mixtura.model_file import load_model

    if proba and uncertainty:
        raise typer.BadParameter("--uncertainty does not go with --proba: give one.", param_hint="--uncertainty")
    check_output(output, model, data)
    mixture = load_model(model)
    rows = read_rows_for(mixture, data, columns, header)
    unnamed = without_names(mixture)
    if proba:
        names = [f"component_{k}" for k in range(mixture.mixture_.n_components)]
        names += [] if mixture.mixture_.noise is None else ["noise"]
        emit_table(output, names, unnamed.predict_proba(rows), as_json)
    elif uncertainty:
        emit_table(output, ["uncertainty"], unnamed.uncertainty(rows), as_json)
    else:
        emit_table(output, ["component"], unnamed.predict(rows), as_json)
