"""The pages of docs: their snippets run, and the names in their tables exist."""

import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest

import mixtura
from mixtura import clusters, plots, selection

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["from-mclust.md", "from-sklearn.md"]


@pytest.mark.parametrize("name", PAGES)
def test_the_snippets_run_in_order(name, capsys):
    text = (DOCS / name).read_text(encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(snippets) >= 5
    namespace = {}
    for snippet in snippets:
        exec(compile(snippet, name, "exec"), namespace)
    assert "lower is better" in capsys.readouterr().out
    plt.close("all")


@pytest.mark.parametrize("name", PAGES)
def test_the_names_of_the_tables_exist(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    pictures = set(re.findall(r"\bplot_\w+", text))
    assert pictures <= set(plots.__all__)
    functions = {*re.findall(r"\b(bootstrap_\w+)\(", text)}
    assert functions <= set(selection.__all__)
    classes = set(re.findall(r"`(GaussianMixtureSearch|MergedGaussianMixture|GaussianMixture)\b", text))
    assert classes
    assert classes <= set(mixtura.__all__)
    assert "project_clusters" in clusters.__all__


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_one_width(name):
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    width = 0
    for line in lines:
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line)) - 1
        width = width or cells
        assert cells == width, line


def test_the_pages_are_linked_from_the_front_door():
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for name in PAGES:
        assert f"(docs/{name})" in readme
