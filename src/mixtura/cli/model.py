"""Model: a model file as the commands that read tables take it."""

from pathlib import Path
from typing import Any

__all__ = ["load_row_model"]


def load_row_model(path: Path) -> Any:
    """Return the fitted mixture of rows that a file holds.

    Raises
    ------
    ValueError
        If it holds a model of images, which takes no table.
    """
    from mixtura.model_file import load_model

    model = load_model(path)
    if not hasattr(model, "mixture_"):
        raise ValueError(
            f"{path} holds a model of the class {type(model).__name__}, expected a mixture of rows, as mixtura fit and "
            "mixtura select write it. Use this one from Python, with mixtura.load_model."
        )
    return model
