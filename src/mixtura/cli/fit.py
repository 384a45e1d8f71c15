"""``mixtura fit``: a model from a table."""

from pathlib import Path
from typing import Annotated

import mixtura
from mixtura.cli.exits import ExitCode
from mixtura.cli.options import Data, Header, Json, Noise, Seed, TrainingColumns, Weights, typer

__all__ = ["fit"]


def _floor(text: str) -> float | str:
    """Read ``--reg-covar``."""
    try:
        return "auto" if text == "auto" else float(text)
    except ValueError:
        raise typer.BadParameter(f"Got {text!r}, expected 'auto' or a number of at least 0.") from None


def fit(
    data: Data,
    components: Annotated[
        int, typer.Option("-k", "--components", metavar="K", min=1, help="How many.", show_default=False)
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The model to write, such as model.mix.", show_default=False
        ),
    ],
    covariance: Annotated[
        str, typer.Option(metavar="TYPE", help="full, tied, diag, spherical or one of mclust's codes.")
    ] = "full",
    columns: TrainingColumns = None,
    header: Header = None,
    weights: Weights = None,
    seed: Seed = 0,
    n_init: Annotated[int, typer.Option(metavar="N", min=1, help="Runs from different starts; the best is kept.")] = 1,
    tol: Annotated[
        float,
        typer.Option(
            metavar="NATS", min=0.0, help="Converged when the mean log-likelihood changes by no more, in nats."
        ),
    ] = 1e-3,
    max_iter: Annotated[int, typer.Option(metavar="N", min=0, help="Most iterations in a run.")] = 100,
    reg_covar: Annotated[
        str, typer.Option(metavar="auto|NUMBER", parser=_floor, help="What is added to every variance.")
    ] = "auto",
    noise: Noise = "none",
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw rows and components too: .png, .svg, .pdf or .jpg.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Fit a mixture to the rows of a table and write it to a file."""
    import numpy as np

    from mixtura.cli.description import describe, print_description
    from mixtura.cli.iterations import show_iterations
    from mixtura.cli.output import check_apart, print_json
    from mixtura.cli.picture import check_columns, draw_mixture, new_picture
    from mixtura.cli.rows import read_training_rows
    from mixtura.model_file import save_model

    model = mixtura.GaussianMixture(
        components,
        covariance_type=covariance,
        tol=tol,
        reg_covar=reg_covar,
        max_iter=max_iter,
        n_init=n_init,
        noise=noise,
        random_state=seed,
    )
    model._validate_params()
    check_apart(output, data)
    with new_picture(plot, data, output) as ax:
        rows = read_training_rows(data, columns, header, weights)
        if ax is not None:
            check_columns(rows.values.shape[1])
        with show_iterations(model):
            model.fit(rows.values, sample_weight=rows.weights)
        if rows.names is not None:
            model.feature_names_in_ = np.array(rows.names, dtype=object)
        if ax is not None:
            draw_mixture(ax, model, rows.values)
        save_model(model, output)
    if as_json:
        print_json({**describe(model, output), "rows": len(rows.values), "plot": None if plot is None else str(plot)})
    else:
        print_description(model, output)
    sound = model.converged_ or model.outcome_ is mixtura.Outcome.STARTED
    return ExitCode.DONE if sound else ExitCode.UNFINISHED
