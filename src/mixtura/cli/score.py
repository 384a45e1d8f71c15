"""``mixtura score``: how well a model describes a table."""

from typing import Annotated

from mixtura.cli.options import Columns, Data, Header, Json, Model, Table, Weights, typer

__all__ = ["score"]


def score(
    model: Model,
    data: Data,
    per_row: Annotated[bool, typer.Option("--per-row", help="The log-density of each row instead of sums.")] = False,
    output: Table = None,
    columns: Columns = None,
    header: Header = None,
    weights: Weights = None,
    as_json: Json = False,
) -> None:
    """Say how well a model describes the rows of a table, in nats."""
    from mixtura.cli.model import load_row_model
    from mixtura.cli.output import check_output, emit_table, print_columns, print_json
    from mixtura.cli.rows import read_weighted_rows_for, without_names

    if output is not None and not per_row:
        raise typer.BadParameter("--output goes with --per-row: the sums are printed.", param_hint="--output")
    if weights is not None and per_row:
        raise typer.BadParameter("--weights goes with the sums: a row has one log-density.", param_hint="--weights")
    check_output(output, model, data)
    mixture = load_row_model(model)
    rows = read_weighted_rows_for(mixture, data, columns, header, weights)
    unnamed = without_names(mixture)
    if per_row:
        emit_table(output, ["log_density"], unnamed.score_samples(rows.values), as_json)
        return
    page = unnamed.summary(rows.values, sample_weight=rows.weights)
    mean = page.log_likelihood / page.n_rows
    figures = {
        "rows": page.n_rows,
        "mean_log_likelihood": mean,
        "log_likelihood": page.log_likelihood,
        "n_parameters": page.n_parameters,
        "bic": page.bic,
        "aic": page.aic,
        "icl": page.icl,
    }
    if as_json:
        print_json(figures)
        return
    print_columns(
        [
            ["rows", f"{page.n_rows:.10g}", ""],
            ["mean log-likelihood", f"{mean:.6f}", "nats per row"],
            ["log-likelihood", f"{figures['log_likelihood']:.6g}", "nats"],
            ["free parameters", str(page.n_parameters), ""],
            *([name.upper(), f"{figures[name]:.6g}", "lower is better"] for name in ("bic", "aic", "icl")),
        ],
        right={1},
    )
