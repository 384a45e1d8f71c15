"""``mixtura plot``: a picture of a model over rows."""

from pathlib import Path
from typing import Annotated

from mixtura.cli.options import Columns, Data, Header, Json, Model, typer

__all__ = ["plot"]


def plot(
    model: Model,
    data: Data,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The picture: .png, .svg, .pdf or .jpg.", show_default=False
        ),
    ],
    columns: Columns = None,
    header: Header = None,
    as_json: Json = False,
) -> None:
    """Draw the rows of a table under the components of a model of one or two columns."""
    from mixtura.cli.output import print_json
    from mixtura.cli.picture import check_columns, draw_mixture, new_picture
    from mixtura.cli.rows import read_rows_for
    from mixtura.model_file import load_model

    mixture = load_model(model)
    check_columns(mixture.n_features_in_)
    with new_picture(output, model, data) as ax:
        rows = read_rows_for(mixture, data, columns, header)
        draw_mixture(ax, mixture, rows)
    print_json({"output": str(output), "rows": len(rows)}) if as_json else print(f"Wrote {output}.")
