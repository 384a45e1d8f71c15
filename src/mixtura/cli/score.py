"""``mixtura score``: how well a model describes a table."""

from typing import Annotated

from mixtura.cli.options import Columns, Data, Header, Json, Model, Table, typer

__all__ = ["score"]


def score(
    model: Model,
    data: Data,
    per_row: Annotated[bool, typer.Option("--per-row", help="The log-density of each row instead of sums.")] = False,
    output: Table = None,
    columns: Columns = None,
    header: Header = None,
    as_json: Json = False,
) -> None:
    """Say how well a model describes the rows of a table, in nats."""
    from mixtura.cli.output import check_output, emit_table, print_columns, print_json
    from mixtura.cli.rows import read_rows_for, without_names
    from mixtura.model_file import load_model

    if output is not None and not per_row:
        raise typer.BadParameter("--output goes with --per-row: the sums are printed.", param_hint="--output")
    check_output(output, model, data)
    mixture = load_model(model)
    rows = read_rows_for(mixture, data, columns, header)
    unnamed = without_names(mixture)
    if per_row:
        emit_table(output, ["log_density"], unnamed.score_samples(rows), as_json)
        return
    mean = unnamed.score(rows)
    figures = {
        "rows": len(rows),
        "mean_log_likelihood": mean,
        "log_likelihood": mean * len(rows),
        "n_parameters": mixture.n_parameters_,
        "bic": unnamed.bic(rows),
        "aic": unnamed.aic(rows),
        "icl": unnamed.icl(rows),
    }
    if as_json:
        print_json(figures)
        return
    print_columns(
        [
            ["rows", str(len(rows)), ""],
            ["mean log-likelihood", f"{mean:.6f}", "nats per row"],
            ["log-likelihood", f"{figures['log_likelihood']:.6g}", "nats"],
            ["free parameters", str(mixture.n_parameters_), ""],
            *([name.upper(), f"{figures[name]:.6g}", "lower is better"] for name in ("bic", "aic", "icl")),
        ],
        right={1},
    )
