"""The pages of docs: their snippets run, and the names in their tables exist."""

import ast
import inspect
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest

import mixtura
from mixtura import GaussianMixture, clusters, plots, selection

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["from-mclust.md", "from-sklearn.md"]


@pytest.mark.parametrize("name", PAGES)
def test_the_snippets_run_in_order_and_then_the_tables_make_sense(name, capsys):
    text = (DOCS / name).read_text(encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(snippets) >= 5
    namespace = {}
    for snippet in snippets:
        exec(compile(snippet, name, "exec"), namespace)
    assert "lower is better" in capsys.readouterr().out
    plt.close("all")
    pictures = {picture: getattr(plots, picture) for picture in plots.__all__}
    namespace |= pictures | {"mixtura": mixtura, "new": namespace["X"][:3], "n": 2}
    assert check_tables(text, namespace) >= {"from-mclust.md": 30, "from-sklearn.md": 0}[name]


def test_the_snippets_on_clusters_say_what_is_so():
    text = (DOCS / "clusters.md").read_text(encoding="utf-8")
    namespace = {}
    for snippet in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(compile(snippet, "clusters.md", "exec"), namespace)
    merged, gmm, X = (namespace[name] for name in ("merged", "gmm", "X"))
    assert merged.n_clusters_ == int(re.search(r"# (\d+) clusters of several components", text)[1])
    assert merged.mixture_.n_components > merged.n_clusters_
    assert gmm.predict_proba(X).shape == (len(X), 3)


def check_tables(text, namespace):
    """Evaluate what the tables say in code of ours, calls only as far as their signature; return how many there are."""
    n_checked = 0
    for line in filter(lambda line: line.startswith("|"), text.splitlines()):
        for code in re.findall(r"`([^`]+)`", line.split("|", 2)[2]):
            try:
                expression = ast.parse(code, mode="eval").body
            except SyntaxError:  # an argument by itself
                continue
            first = re.match(r"[a-zA-Z_]+", code)
            if isinstance(expression, ast.Name | ast.Constant) or (first and first[0] not in namespace):
                continue
            evaluate(expression, namespace)
            n_checked += 1
    return n_checked


def test_the_methods_and_attributes_exist():
    section = (DOCS / "from-sklearn.md").read_text(encoding="utf-8").partition("## Methods and attributes")[2]
    table = section.partition("## ")[0]
    names = set(re.findall(r"`(_?[a-z_]+)(?:\(X?\))?`", table)) - {"sample_weight", "random_state"}
    assert len(names) >= 20
    fitted = GaussianMixture(random_state=0).fit([[0.0], [1.0], [3.0]])
    assert not [name for name in names if not hasattr(fitted, name)]


def evaluate(expression, namespace):
    """Evaluate code whose outermost call may take long, or begin an estimator, and is only bound to its arguments."""
    calls = [node for node in ast.walk(expression) if isinstance(node, ast.Call)]
    if not calls:
        eval(ast.unparse(expression), namespace)
    for call in calls:
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):  # a method of what is made
            owner = eval(ast.unparse(call.func.value.func), namespace)
            assert hasattr(owner, call.func.attr)
            continue
        function = eval(ast.unparse(call.func), namespace)
        arguments = {keyword.arg: None for keyword in call.keywords}
        inspect.signature(function).bind(*call.args, **arguments)


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
