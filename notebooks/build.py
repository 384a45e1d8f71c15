"""Build the notebooks of a class from their plain-text master: one with blanks for students, one with the solutions.

The master is ``gaussian_mixtures.py`` in jupytext's percent format. Three marks on a cell say what it is:

``# %% answer="name"``
    Code that students write. What lies between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` becomes a blank.
``# %% check="name" points=2``
    Assertions that students see but do not change: nbgrader runs them and gives the points.
``# %% [markdown] written="name" points=1``
    An answer in words, given points by hand. All of it becomes a blank.

Blanks and metadata are nbgrader's (its schema version 3), so ``built/solution`` is what it takes as ``source`` and
``built/student`` can be handed out as it is. The same master gives the same bytes.
"""

import argparse
import copy
import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mixtura.extras import MissingExtraError, require
from mixtura.files import UnwritableError, write_beside

HERE = Path(__file__).resolve().parent
MASTER = HERE / "gaussian_mixtures.py"
BUILT = HERE / "built"

CODE_BLANK = ("# YOUR CODE HERE", "raise NotImplementedError()")
TEXT_BLANK = ("YOUR ANSWER HERE",)

# What nbgrader should know of a cell, by the mark that the master puts on it.
ROLES: dict[str, dict[str, bool]] = {
    "answer": {"grade": False, "locked": False, "solution": True, "task": False},
    "check": {"grade": True, "locked": True, "solution": False, "task": False},
    "written": {"grade": True, "locked": False, "solution": True, "task": False},
}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class MasterError(ValueError):
    """The master breaks a rule of its marks; the message names the cell."""


class RunError(RuntimeError):
    """A cell of the solution failed; the message shows it."""


def read_master(path: Path = MASTER) -> Any:
    """Read a master as a notebook with the solutions and with nbgrader's metadata.

    Parameters
    ----------
    path : Path
        A script in the percent format.

    Returns
    -------
    nbformat.NotebookNode
        The notebook, in format 4.5, without outputs.

    Raises
    ------
    MasterError
        Where a mark is used twice or on the wrong kind of cell, points are missing or meant for an answer, or a
        solution's region stands in an unmarked cell.
    MissingExtraError
        Where jupytext or nbformat is not installed.
    """
    notebook = _library("jupytext").reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        cell.metadata = _nbgrader(cell)
        identity = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{number}")
        if identity in seen:
            raise MasterError(f"Got two cells named {identity!r}, but expected a name of its own for each: rename one.")
        seen.add(identity)
        cell.id = identity  # jupytext draws random ones
        blank(cell)  # finds out now whether the solution's markers are in order
    _library("nbformat").validate(notebook)
    return notebook


def blank(cell: Any) -> str:
    """Return the source of a cell as students get it, by nbgrader's rules.

    Raises
    ------
    MasterError
        Where regions of the solution are nested, not closed, not opened, or in a cell that is no answer.
    """
    stub = CODE_BLANK if cell.cell_type == "code" else TEXT_BLANK
    is_answer = cell.metadata.get("nbgrader", {}).get("solution", False)
    kept: list[str] = []
    inside = found = False
    for line in cell.source.split("\n"):
        begins, ends = "BEGIN SOLUTION" in line, "END SOLUTION" in line
        if (begins and inside) or (ends and not inside) or (begins and not is_answer):
            raise MasterError(
                f"Got {line.strip()!r} in the cell\n\n{cell.source}\n\nbut expected regions of the solution in pairs, "
                'not nested, and only in cells marked answer="..." or written="...".'
            )
        if begins:
            kept += [re.match(r"\s*", line)[0] + word for word in stub]  # type: ignore[index]
            inside = found = True
        elif ends:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise MasterError(f"Got no END SOLUTION in the cell\n\n{cell.source}\n\nbut expected one for each beginning.")
    return "\n".join(stub if is_answer and not found else kept)


def student_version(solution: Any) -> Any:
    """Return a copy of a notebook in which every answer is a blank and nothing has an output."""
    student = copy.deepcopy(solution)
    for cell in student.cells:
        cell.source = blank(cell)
        if "nbgrader" in cell.metadata:
            cell.metadata["deletable"] = False
            if cell.metadata["nbgrader"]["locked"]:
                cell.metadata["editable"] = False
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return student


def execute(notebook: Any, folder: Path = HERE, *, timeout: int = 1800) -> Any:
    """Run a notebook from top to bottom in a kernel of the running interpreter, and return it with its outputs.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        What to run; it stays as it is.
    folder : Path
        The working folder of the cells.
    timeout : int, default=1800
        Most seconds for one cell.

    Raises
    ------
    RunError
        Where a cell fails or takes too long.
    """
    nbclient, failures = _library("nbclient"), _library("nbclient.exceptions")
    # A kernel that a user or a system once registered as python3 may belong to another interpreter. Where no folder is
    # searched for kernels, the name stands for the interpreter that asks.
    here = _library("jupyter_client.kernelspec").KernelSpecManager(kernel_dirs=[])
    notebook = copy.deepcopy(notebook)
    with TemporaryDirectory(prefix="kernel-") as private:  # sockets in a folder of our own: no ports that others see
        kernel = _library("jupyter_client.manager").AsyncKernelManager(
            kernel_name=KERNEL["name"],
            kernel_spec_manager=here,
            transport="ipc" if os.name == "posix" else "tcp",
            connection_file=str(Path(private) / "kernel.json"),
        )
        where = {"metadata": {"path": str(folder)}}
        client = nbclient.NotebookClient(notebook, km=kernel, timeout=timeout, record_timing=False, resources=where)
        try:
            client.execute(cleanup_kc=True)
        except (failures.CellExecutionError, failures.CellTimeoutError, failures.DeadKernelError) as error:
            raise RunError(str(error)) from error
    return notebook


def build(master: Path = MASTER, out: Path = BUILT, *, run: bool = False) -> tuple[Path, Path]:
    """Build both versions of a master; return their paths, the student's first.

    Parameters
    ----------
    master : Path
        A script in the percent format.
    out : Path
        A folder, made where it does not exist. It gets ``student/`` and ``solution/``, each with a notebook of the
        master's name.
    run : bool, default=False
        Whether to run the solution and keep its outputs.

    Raises
    ------
    MasterError, MissingExtraError, RunError
        As `read_master` and `execute` do.
    UnwritableError
        Where the folder cannot be made or written. Whatever is raised, notebooks of an earlier build stay as they are.
    """
    solution = read_master(master)
    student = student_version(solution)
    name = master.with_suffix(".ipynb").name
    paths = out / "student" / name, out / "solution" / name
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnwritableError(
                f"Cannot make the folder {path.parent}: {error.strerror}. Name another one."
            ) from error
    with ExitStack() as both:  # the one is renamed only after the other was written whole
        places = [both.enter_context(write_beside(path)) for path in paths]
        for notebook, place in zip((student, execute(solution) if run else solution), places, strict=True):
            place.write_text(_library("nbformat").writes(notebook) + "\n", encoding="utf-8")
    return paths


def _nbgrader(cell: Any) -> dict[str, Any]:
    """Turn the mark of a cell into the metadata that nbgrader reads."""
    marks = {mark: cell.metadata[mark] for mark in ROLES if mark in cell.metadata}
    points = cell.metadata.get("points")
    unknown = set(cell.metadata) - set(ROLES) - {"points", "lines_to_next_cell"}
    if not marks and points is None and not unknown:
        return {}
    where = f"marks {dict(cell.metadata)} on a {cell.cell_type} cell"
    if len(marks) != 1 or unknown:
        raise MasterError(f"Got {where}, but expected one of {', '.join(ROLES)}, and points.")
    ((mark, name),) = marks.items()
    role = ROLES[mark]
    if (cell.cell_type == "markdown") != (mark == "written"):
        raise MasterError(f"Got {where}, but expected written on markdown, and answer and check on code.")
    if role["grade"] != (isinstance(points, int) and points > 0):
        raise MasterError(f"Got {where}, but expected a whole number of points for check and written, none for answer.")
    grade_id = f"{name}-check" if mark == "check" else name
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", str(grade_id)):
        raise MasterError(f"Got {where}, but expected a name of at most 58 letters, digits, hyphens and underscores.")
    worth = {"points": points} if role["grade"] else {}
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **role, **worth}}


def _library(name: str) -> Any:
    return require(name, extra="notebooks", purpose="building the notebooks")


def main(arguments: list[str] | None = None) -> int:
    """Build, print where the notebooks lie, and return 0; or print in one line what is wrong, and return 1."""
    parser = argparse.ArgumentParser(description="Build the student and the solution notebooks from their master.")
    parser.add_argument("--execute", action="store_true", help="run the solution and keep its outputs (minutes)")
    parser.add_argument("--out", type=Path, default=BUILT, help="folder to build in (default: notebooks/built)")
    given = parser.parse_args(arguments)
    if given.execute:
        print("running the solution; with all images this takes minutes ...", file=sys.stderr)
    try:
        for path in build(out=given.out, run=given.execute):
            print(path)
    except (MasterError, RunError, MissingExtraError, UnwritableError) as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
