"""Results: a study read back from the numbers that were written beside its page."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from mixtura.study.bench import Cell
from mixtura.study.figures import Figures
from mixtura.study.grid import Group, Study
from mixtura.study.setting import Setting
from mixtura.study.store import Conditions

__all__ = ["read_study"]


def read_study(path: Path | str) -> Study:
    """Read a ``study.json``; its cells have all of their figures, and no samples.

    Raises
    ------
    OSError, ValueError, KeyError
        Where there is no such file, or it is none of a study.
    """
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    groups = tuple(_group(group) for group in document["groups"])
    return Study(Conditions(**document["conditions"]), document["accuracy"], groups)


def _group(document: dict[str, Any]) -> Group:
    models = [_cell(dict(model)) for model in document["models"]]
    return Group(
        classes=tuple(document["classes"]),
        names=tuple(document["names"]),
        n_train=document["n_train"],
        n_test=document["n_test"],
        floor=Figures.from_json(document["floor"]),
        cells=tuple(cell for cell in models if cell.setting),
        rivals=tuple(cell for cell in models if not cell.setting),
    )


def _cell(document: dict[str, Any]) -> Cell:
    title, setting = document.pop("title"), document.pop("setting")
    if setting is not None:
        setting = Setting(**{**setting, "classes": tuple(setting["classes"])})
    return Cell(title, setting, Figures.from_json(document), np.empty((0, 0, 0), dtype=np.uint8))
