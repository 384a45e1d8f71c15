"""``mixtura sample``: new rows from a model."""

from typing import Annotated

from mixtura.cli.options import Json, Model, Seed, Table, typer

__all__ = ["sample"]


def sample(
    model: Model,
    rows: Annotated[int, typer.Option("-n", "--rows", metavar="N", min=1, help="How many.")] = 1000,
    output: Table = None,
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Draw new rows from a model. Without a seed they are others each time."""
    from mixtura.cli.model import load_row_model
    from mixtura.cli.output import check_output, emit_table

    check_output(output, model)
    mixture = load_row_model(model)
    mixture.random_state = None  # the seed of the fit is not the seed of the sample
    names = getattr(mixture, "feature_names_in_", [f"x{place}" for place in range(mixture.n_features_in_)])
    emit_table(output, [str(name) for name in names], mixture.sample(rows, random_state=seed)[0], as_json)
