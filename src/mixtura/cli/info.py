"""``mixtura info``: what a model file holds."""

from mixtura.cli.options import Json, Model

__all__ = ["info"]


def info(model: Model, as_json: Json = False) -> None:
    """Say what a model file holds: its components, and how its fit went."""
    from mixtura.cli.description import describe, print_description
    from mixtura.cli.output import print_json
    from mixtura.model_file import load_model

    mixture = load_model(model)
    print_json(describe(mixture, model)) if as_json else print_description(mixture, model)
