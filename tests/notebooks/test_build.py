"""Blanks, metadata, files and errors of the builder, on small masters."""

import json
import sys
from textwrap import dedent

import pytest

from mixtura.extras import MissingExtraError

MASTER = '''\
# %% [markdown]
# # A lesson
#
# Add two numbers.

# %%
one, two = 1, 2

# %% answer="sum"
def add(a, b):
    """Add."""
    ### BEGIN SOLUTION
    total = a + b
    return total
    ### END SOLUTION


three = add(one, two)

# %% check="sum" points=2
assert three == 3, "one and two"
print("checked")

# %% answer="whole-cell"
four = 4

# %% [markdown] written="why" points=1
# Because they are added.
'''


@pytest.fixture
def write(tmp_path):
    """Write a master of these cells."""

    def write_master(text):
        path = tmp_path / "lesson.py"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write_master


def sources(notebook):
    return {cell.id: cell.source for cell in notebook.cells}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_solution_keeps_every_line_of_the_master(build, write):
    solution = sources(build.read_master(write(MASTER)))
    assert "    ### BEGIN SOLUTION\n    total = a + b\n" in solution["sum"]
    assert solution["whole-cell"] == "four = 4"
    assert solution["why"] == "Because they are added."


def test_answers_become_the_blanks_of_nbgrader(build, write):
    """Its stubs, indented as the marker was; cells without markers become one whole; all else stays."""
    solution = build.read_master(write(MASTER))
    student = sources(build.student_version(solution))
    assert student["sum"] == (
        'def add(a, b):\n    """Add."""\n    # YOUR CODE HERE\n    raise NotImplementedError()\n\n\n'
        "three = add(one, two)"
    )
    assert student["whole-cell"] == "# YOUR CODE HERE\nraise NotImplementedError()"
    assert student["why"] == "YOUR ANSWER HERE"
    untouched = {"cell-0", "cell-1", "sum-check"}
    assert {name: student[name] for name in untouched} == {name: sources(solution)[name] for name in untouched}


def test_a_cell_may_have_several_regions(build, write):
    master = """\
        # %% answer="two"
        if one:
            ### BEGIN SOLUTION
            a = 1
            ### END SOLUTION
        else:
            # BEGIN SOLUTION
            a = 2
            # END SOLUTION
        """
    (cell,) = build.student_version(build.read_master(write(master))).cells
    blank = "    # YOUR CODE HERE\n    raise NotImplementedError()\n"
    assert cell.source == f"if one:\n{blank}else:\n{blank}".rstrip()


def test_metadata_are_those_of_nbgrader(build, write):
    """Its schema, version 3: an answer, a test with points, an answer in words with points."""
    cells = {cell.id: cell.metadata for cell in build.read_master(write(MASTER)).cells}
    assert cells["cell-0"] == cells["cell-1"] == {}
    assert cells["sum"]["nbgrader"] == {
        "grade_id": "sum",
        "schema_version": 3,
        "grade": False,
        "locked": False,
        "solution": True,
        "task": False,
    }
    assert cells["sum-check"]["nbgrader"] == {
        "grade_id": "sum-check",
        "schema_version": 3,
        "grade": True,
        "locked": True,
        "solution": False,
        "task": False,
        "points": 2,
    }
    assert cells["why"]["nbgrader"] == {
        "grade_id": "why",
        "schema_version": 3,
        "grade": True,
        "locked": False,
        "solution": True,
        "task": False,
        "points": 1,
    }


def test_students_can_delete_no_graded_cell_and_edit_no_check(build, write):
    cells = {cell.id: cell.metadata for cell in build.student_version(build.read_master(write(MASTER))).cells}
    assert {name for name, data in cells.items() if data.get("deletable") is False} == {
        "sum",
        "sum-check",
        "whole-cell",
        "why",
    }
    assert {name for name, data in cells.items() if data.get("editable") is False} == {"sum-check"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ('# %% answer="a"\nx = 1\n# %% answer="a"\nx = 2', "two cells named 'a'.*rename one"),
        ("# %% points=2\nx = 1", "expected one of answer, check, written"),
        ('# %% answr="a"\nx = 1', "answr.*expected one of answer, check, written"),
        ('# %% answer="a" check="b" points=1\nx = 1', "expected one of answer, check, written"),
        ('# %% [markdown] answer="a"\n# Words.', "expected written on markdown, and answer and check on code"),
        ('# %% written="a" points=1\nx = 1', "expected written on markdown"),
        ('# %% check="a"\nassert x', "expected a whole number of points for check and written"),
        ('# %% check="a" points="many"\nassert x', "expected a whole number of points for check and written"),
        ('# %% answer="a" points=1\nx = 1', "none for answer"),
        ('# %% answer="a b"\nx = 1', "expected a name of at most 58 letters"),
        ("# %%\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION", 'BEGIN SOLUTION.*only in cells marked answer="..."'),
        ('# %% answer="a"\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION', "not nested"),
        ('# %% answer="a"\nx = 1\n### END SOLUTION', "in pairs"),
        ('# %% answer="a"\n### BEGIN SOLUTION\nx = 1', "Got no END SOLUTION"),
    ],
)
def test_a_master_that_breaks_the_rules_is_refused(build, write, tmp_path, cells, message):
    path = write(cells)
    with pytest.raises(build.MasterError, match=f"(?s){message}"):
        build.build(path, tmp_path / "built")
    assert not (tmp_path / "built").exists()


def test_both_notebooks_are_written_and_the_same_master_gives_the_same_bytes(build, write, tmp_path):
    path = write(MASTER)
    student, solution = build.build(path, tmp_path / "built")
    assert student == tmp_path / "built" / "student" / "lesson.ipynb"
    assert solution == tmp_path / "built" / "solution" / "lesson.ipynb"
    assert [cell["id"] for cell in read(student)["cells"]] == [cell["id"] for cell in read(solution)["cells"]]
    before = student.read_bytes(), solution.read_bytes()
    build.build(path, tmp_path / "built")
    assert (student.read_bytes(), solution.read_bytes()) == before


def test_a_notebook_says_which_kernel_and_format_it_is(build, write):
    notebook = build.read_master(write(MASTER))
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata["kernelspec"]["name"] == "python3"


def test_executing_keeps_outputs_in_the_solution_alone(build, write, tmp_path):
    student, solution = build.build(write(MASTER), tmp_path / "built", run=True)
    outputs = {cell["id"]: cell["outputs"] for cell in read(solution)["cells"] if cell["cell_type"] == "code"}
    assert outputs["sum-check"][0]["text"] == ["checked\n"]
    assert not any(cell.get("outputs") for cell in read(student)["cells"])


def test_the_kernel_is_the_running_interpreter_whatever_is_registered(build, write, tmp_path, monkeypatch):
    """A user's own kernel of the same name points elsewhere: it is not asked."""
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({"argv": ["false"], "display_name": "Other", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    path = write("# %%\nimport os, sys\nprint(sys.executable)\nprint(os.getcwd())")
    notebook = build.execute(build.read_master(path), tmp_path)
    assert notebook.cells[0].outputs[0]["text"] == f"{sys.executable}\n{tmp_path}\n"


def test_a_solution_that_fails_leaves_the_old_notebooks_alone(build, write, tmp_path):
    before = [path.read_bytes() for path in build.build(write(MASTER), tmp_path / "built")]
    path = write(MASTER.replace("total = a + b", "total = a - b"))
    with pytest.raises(build.RunError, match="one and two"):
        build.build(path, tmp_path / "built", run=True)
    assert [
        path.read_bytes() for path in sorted((tmp_path / "built").rglob("*"), reverse=True) if path.is_file()
    ] == before
    assert len(list((tmp_path / "built").rglob("*.ipynb"))) == 2


def test_the_command_prints_where_the_notebooks_lie(build, tmp_path, capsys):
    assert build.main(["--out", str(tmp_path / "built")]) == 0
    printed = capsys.readouterr().out.split()
    assert [name.removeprefix(str(tmp_path)) for name in printed] == [
        "/built/student/gaussian_mixtures.ipynb",
        "/built/solution/gaussian_mixtures.ipynb",
    ]


def test_the_command_says_in_words_what_is_wrong(build, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("")
    assert build.main(["--out", str(tmp_path / "file")]) == 1
    message = capsys.readouterr().err
    assert message.startswith(f"build.py: Cannot make the folder {tmp_path}/file/student: ")
    assert "Name another one" in message
    monkeypatch.setitem(sys.modules, "jupytext", None)
    assert build.main(["--out", str(tmp_path)]) == 1
    assert "pip install 'mixtura[notebooks]'" in capsys.readouterr().err


def test_a_missing_library_names_its_extra(build, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(MissingExtraError, match=r"jupytext is needed for building the notebooks.*mixtura\[notebooks\]"):
        build.read_master()
