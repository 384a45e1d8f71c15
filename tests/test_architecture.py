"""The house keeps its shape: who may import whom, how long files are, where names become objects."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mixtura

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "mixtura"
FILES = sorted(PACKAGE.rglob("*.py"))

RECORDS = {"arrays", "needs", "moments", "forms", "low_rank", "uniform_noise", "mixture", "outcome", "regularisation"}
SUPPORT = {"extras", "files"}
COMPILED = {"compiled"}
PUBLIC = set(mixtura.__all__)
ALLOWED = {
    # who: whom it may import, besides itself
    "reference": {"arrays"},
    "checks": {"arrays"},
    "compiled": {"kernels"},
    "kernels": RECORDS,
    "structures": RECORDS | COMPILED,
    "engines": RECORDS | {"kernels"},
    "diagnostics": {"kernels", "engines"},
    "em": RECORDS | {"engines", "structures"},
    "starts": RECORDS | COMPILED | {"engines", "structures", "em"},
    "families": {"structures"},
    "estimators": RECORDS | {"kernels", "engines", "structures", "em", "starts", "families"},
}
INNER = {"compiled", "kernels", "structures", "engines", "em", "starts", "needs", "moments", "forms", "regularisation"}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Dotted names below ``mixtura`` that a file imports, at any depth of its code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("mixtura.") for name in found if name.startswith("mixtura.")}


def test_every_file_is_found():
    assert {"em", "kernels", "estimators", "structures", "selection"} <= {room(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_import_arrows_point_one_way(path):
    me = room(path)
    seen = {name.partition(".")[0] for name in imports(path)} - {me}
    if me in RECORDS:
        order = [
            "arrays",
            "needs",
            "forms",
            "low_rank",
            "uniform_noise",
            "mixture",
            "moments",
            "outcome",
            "regularisation",
        ]
        allowed = set(order[: order.index(me)]) | COMPILED
    elif me in ALLOWED:
        allowed = ALLOWED[me]
    else:  # a room sees the public estimators and records, never the inner parts
        assert not seen & INNER, f"{path} reaches into {seen & INNER}"
        return
    assert seen <= allowed | PUBLIC, f"{path} imports {seen - allowed}"


def test_a_private_name_stays_in_its_file():
    for path in FILES:
        private = {name for name in imports(path) if re.match(r"_[a-z]", name.rpartition(".")[2])}
        assert private <= {"kernels._native"}, f"{path} imports {private}"


def test_nothing_but_its_own_command_sees_the_lab():
    for path in FILES:
        if room(path) != "lab" and path != PACKAGE / "cli" / "lab.py":
            assert "lab" not in {name.partition(".")[0] for name in imports(path)}, path


def test_em_knows_engines_and_structures_by_contract_only():
    names = imports(PACKAGE / "em.py")
    for place in ("engines", "structures"):
        assert {name for name in names if name.startswith(f"{place}.")} == {
            f"{place}.contract",
            f"{place}.contract.{'Engine' if place == 'engines' else 'Structure'}",
        }


def test_networks_that_see_no_images_need_nothing_of_them():
    for name in ("framework", "training", "checks", "mixture_density"):
        assert not [found for found in imports(PACKAGE / "neural" / f"{name}.py") if found.startswith("images")]


def test_kernels_and_engines_never_name_a_structure():
    for path in [*PACKAGE.glob("kernels/*.py"), *PACKAGE.glob("engines/*.py"), PACKAGE / "em.py"]:
        text = path.read_text()
        assert not re.search(r"""["'](full|tied|diag|spherical)["']""", text), path


def test_names_become_objects_in_one_table():
    """No comparison with a covariance type anywhere: strings die at the border."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                literals = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
                assert not literals & {"full", "tied", "diag", "spherical"}, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_one_noun(path):
    """A file past 300 lines says why in its first docstring."""
    text = path.read_text()
    lines = len(text.splitlines())
    assert lines <= 300 or "long because" in (ast.get_docstring(ast.parse(text)) or ""), f"{path} has {lines} lines"


def test_every_module_and_folder_says_what_it_is():
    for path in FILES:
        assert ast.get_docstring(ast.parse(path.read_text())), path


@pytest.mark.parametrize("library", ["matplotlib", "pooch", "pyarrow", "typer", "rich", "jinja2", "torch"])
def test_an_optional_library_has_one_home(library):
    """Each optional library is reached through ``require`` in one file, and imported nowhere else."""
    homes = [path for path in FILES if re.search(rf"""require\(\s*["']{library}[."']""", path.read_text())]
    assert len(homes) <= 1, homes
    for path in FILES:
        tree = ast.parse(path.read_text())
        typing_only = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if id(node) in typing_only:
                continue
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == library for name in names), f"{path}:{node.lineno}"


def test_import_is_light():
    """``import mixtura`` loads neither NumPy nor scikit-learn; the names load when they are used."""
    code = "import sys, mixtura; print(sorted(set(sys.modules) & {'numpy', 'scipy', 'sklearn', 'matplotlib'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_listed_and_load():
    import mixtura

    assert set(mixtura.__all__) <= set(dir(mixtura))
    for name in mixtura.__all__:
        assert getattr(mixtura, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'Mixtur'"):
        _ = mixtura.Mixtur


def test_the_repository_speaks_of_the_project_alone():
    """No path of a machine in what is shipped."""
    for path in [*FILES, *ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        assert not re.search(r"(?<![\w.])/(root|home/\w+|work)/", path.read_text()), path
