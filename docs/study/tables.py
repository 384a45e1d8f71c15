"""Write the tables and charts of docs/study.md from the numbers that ``mixtura study`` left in this folder.

Run it as ``python docs/study/tables.py`` after another ``study.json`` has come to be one of the files here. A table
stands between ``<!-- table FILE GROUP -->`` and ``<!-- end -->``.
"""

import re
from pathlib import Path

from mixtura.study import Group, read_study
from mixtura.study.charts import chart_measure, measured
from mixtura.study.page import group_table
from mixtura.study.setting import group_name

HERE = Path(__file__).parent
PAGE = HERE.parent / "study.md"
PICTURES = HERE.parent / "pictures"


def with_tables(text: str) -> str:
    """Return a page whose tables are those of the files in this folder."""

    def table(found: re.Match[str]) -> str:
        file, name = found[1], found[2]
        groups = {group_name(group.classes): group for group in read_study(HERE / file).groups}
        return f"<!-- table {file} {name} -->\n{group_table(groups[name])}\n<!-- end -->"

    return re.sub(r"<!-- table (\S+) (\S+) -->\n.*?<!-- end -->", table, text, flags=re.DOTALL)


def draw(group: Group, path: Path) -> None:
    """Draw every measure of a group, one panel each."""
    import matplotlib.pyplot as plt

    measures = list(measured(group))
    n_rows = -(-len(measures) // 3)
    figure, axes = plt.subplots(n_rows, 3, figsize=(13.0, 2.9 * n_rows), layout="tight")
    for ax, measure in zip(axes.flat, measures, strict=False):
        chart_measure(group, measure, ax)
        if measure is not measures[2]:
            ax.get_legend().remove()
    for ax in axes.flat[len(measures) :]:
        ax.remove()
    figure.savefig(path, dpi=75, facecolor="white", metadata={"Software": None})
    plt.close(figure)


def main() -> None:
    """Rewrite the page, then its charts."""
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    for file in sorted(HERE.glob("grid*.json")):
        for group in read_study(file).groups:
            if len(group.cells) == len(group.basis_sizes) * len(group.component_counts):  # else lines have gaps
                draw(group, PICTURES / f"study-{group_name(group.classes)}.png")


if __name__ == "__main__":
    import matplotlib

    matplotlib.use("Agg")
    main()
