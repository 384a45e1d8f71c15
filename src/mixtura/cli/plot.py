"""``mixtura plot``: a picture of a model over rows."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from mixtura.cli.options import Columns, Data, Header, Json, Model, typer

__all__ = ["plot"]


class Show(StrEnum):
    """What a picture can show of a model."""

    MIXTURE = "mixture"
    CLASSIFICATION = "classification"
    UNCERTAINTY = "uncertainty"
    DENSITY = "density"
    PROJECTION = "projection"


def plot(
    model: Model,
    data: Data,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The picture: .png, .svg, .pdf or .jpg.", show_default=False
        ),
    ],
    show: Annotated[
        Show, typer.Option(help="What to draw. Of more than two columns, a mixture is drawn as a classification.")
    ] = Show.MIXTURE,
    columns: Columns = None,
    header: Header = None,
    as_json: Json = False,
) -> None:
    """Draw the rows of a table and what a model says of them."""
    from mixtura.cli.model import load_row_model
    from mixtura.cli.output import print_json
    from mixtura.cli.picture import check_columns, draw_mixture, new_picture
    from mixtura.cli.rows import read_rows_for

    mixture = load_row_model(model)
    if show is not Show.PROJECTION:
        check_columns(mixture.n_features_in_)
    with new_picture(output, model, data) as ax:
        rows = read_rows_for(mixture, data, columns, header)
        draw_mixture(ax, mixture, rows, show.value)
    print_json({"output": str(output), "rows": len(rows)}) if as_json else print(f"Wrote {output}.")
