"""Page: the study as Markdown with pictures beside, and as plain numbers."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from mixtura.files import check_folder, make_folder, write_beside
from mixtura.plots.canvas import close_figure
from mixtura.study.charts import chart_measure, chart_samples, measured
from mixtura.study.figures import MEASURES
from mixtura.study.grid import Group, Study
from mixtura.study.setting import group_name
from mixtura.study.store import Conditions

__all__ = ["check_page", "group_table", "write_page"]


def check_page(folder: Path, groups: Iterable[tuple[int, ...]]) -> None:
    """Raise now where the page of these groups of classes, its numbers or its pictures could not be written.

    Raises
    ------
    UnwritableError
    """
    endings = [*(measure.name for measure in MEASURES), "samples", "rivals"]
    pictures = [f"{group_name(classes)}_{ending}.png" for classes in groups for ending in endings]
    check_folder(folder, ["study.md", "study.json", *pictures])


def write_page(study: Study, folder: Path) -> Path:
    """Write ``study.md``, ``study.json`` and the pictures into a folder; return the path of the page."""
    make_folder(folder)
    parts = [
        "# Basis vectors, components, classes: what they do to generated images",
        f"{study.conditions.dataset}; the classifier whose features are compared is right for "
        f"{study.accuracy:.1%} of the unseen images, and its weights have the SHA-256 {study.conditions.classifier}. "
        f"Seed {study.conditions.seed}, {_state(study.conditions)}.",
    ]
    for group in study.groups:
        name = group_name(group.classes)
        charted = list(measured(group)) if len(group.cells) > 1 else []  # of one model there is no line to draw
        pictures = [f"{name}_{measure.name}.png" for measure in charted]
        for measure, picture in zip(charted, pictures, strict=True):
            ax = chart_measure(group, measure)
            _save(ax.figure.figure, folder / picture)
        _save(chart_samples(group).figure_, folder / f"{name}_samples.png")
        parts += [
            f"## {', '.join(group.names)}",
            f"{group.n_train:,} training images, {group.n_test:,} unseen images.",
            group_table(group),
            "\n".join(f"![{picture.removesuffix('.png')}]({picture})" for picture in pictures),
            "Real images, then samples, a row for each model, in the order of the table:",
            f"![samples]({name}_samples.png)",
        ]
        if group.rivals:
            _save(chart_samples(group, group.rivals).figure_, folder / f"{name}_rivals.png")
            parts += ["Real images again, then samples of the other generators:", f"![rivals]({name}_rivals.png)"]
    with write_beside(folder / "study.json") as beside:
        beside.write_text(json.dumps(_document(study), indent=1), encoding="utf-8")
    page = folder / "study.md"
    with write_beside(page) as beside:
        beside.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return page


def _state(found: Conditions) -> str:
    code, libraries = found.code[:12] or "not noted", found.libraries or "libraries not noted"
    return f"mixtura {found.version} (code {code}; {libraries}; threads: {found.threads or 'not noted'})"


def group_table(group: Group) -> str:
    """Return the figures of a group as a table in Markdown; real images first, then models, then rivals."""
    header = [
        "model",
        "parameters",
        *(f"{measure.title} ({measure.better})" for measure in MEASURES),
        "processor seconds",
    ]
    rows = [["real images", "–", *(measure.write(group.floor) for measure in MEASURES), "–"]]
    for cell in (*group.cells, *group.rivals):
        found = cell.figures
        count = "–" if found.n_parameters is None else f"{found.n_parameters:,}"
        rows.append(
            [cell.title, count, *(measure.write(found) for measure in MEASURES), f"{found.processor_seconds:.0f}"]
        )
    lines = [header, ["---", *("---:" for _ in header[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _document(study: Study) -> dict[str, object]:
    return {
        "conditions": asdict(study.conditions),
        "accuracy": study.accuracy,
        "groups": [
            {
                "classes": list(group.classes),
                "names": list(group.names),
                "n_train": group.n_train,
                "n_test": group.n_test,
                "floor": group.floor.as_json(),
                "models": [
                    {"title": cell.title, "setting": cell.setting and asdict(cell.setting), **cell.figures.as_json()}
                    for cell in (*group.cells, *group.rivals)
                ],
            }
            for group in study.groups
        ],
    }


def _save(figure: object, path: Path) -> None:
    with write_beside(path) as beside:
        figure.savefig(  # type: ignore[attr-defined]
            beside, dpi=110, bbox_inches="tight", facecolor="white", metadata={"Software": None}
        )
    close_figure(figure)  # type: ignore[arg-type]
