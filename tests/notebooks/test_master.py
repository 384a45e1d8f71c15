"""The lab's own notebook: the solution runs, the student version stops at its blanks, the checks have teeth."""

from itertools import pairwise

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from mixtura.datasets import DatasetNotFoundError, ImageSet

from .conftest import NOTEBOOKS

# For every blank an answer that a student may well give, and that its checks must refuse.
WRONG = {
    "two-blobs": "weights1, means1 = gmm1.weights_[order], gmm1.means_[order]\n"
    "deviations1 = gmm1.covariances_[order].diagonal(axis1=1, axis2=2)  # variances",
    "wide-and-tight": "X2, truth2 = two_blobs(sizes=(250, 250), spreads=(1.0, 0.25), random_state=SEED)\n"
    "gmm2 = GaussianMixture(n_components=2, random_state=SEED).fit(X2)",
    "responsibilities": "def responsibilities(gmm, X):\n"
    "    pairs = zip(gmm.means_, gmm.covariances_)\n"
    "    densities = np.stack([multivariate_normal(m, c).pdf(X) for m, c in pairs], axis=1)  # no weights\n"
    "    return densities / densities.sum(axis=1, keepdims=True)\n"
    "on_plane = responsibilities(gmm2, plane)",
    "far-away": "share_of_wide = responsibilities(gmm2, circle)[:, tight]",
    "mapped-blobs": "score_mixture = score_kmeans  # the same labels scored twice",
    "criteria": "criteria = {name: [gmm.score(X4) for gmm in candidates] for name in ('BIC', 'AIC', 'ICL')}",
    "arcs": "arc_of_component = np.arange(best.n_components) // (best.n_components - 1)  # one component alone\n"
    "arcs = arc_of_component[best.predict(X4)]",
    "svd": "U, S, Vt = np.linalg.svd(images.reshape(n, -1), full_matrices=False)  # not centred",
    "reconstruct": "def reconstruct(pictures, q):\n"
    "    return ((pictures.reshape(len(pictures), -1) @ Vt[:q].T) @ Vt[:q]).reshape(pictures.shape)\n"
    "versions = {q: reconstruct(unseen[:3], q) for q in steps}",
    "compression": "error_unseen = error_seen",
    "image-mixture": "Z = U[:, :N_BASIS]\n"
    "gmm_images = GaussianMixture(n_components=N_COMPONENTS, random_state=SEED).fit(Z)",
    "draw": "def draw(gmm, size, rng):\n"
    "    chosen = rng.choice(len(gmm.weights_), size=size, p=gmm.weights_)\n"
    "    noise = rng.standard_normal((size, gmm.means_.shape[1]))\n"
    "    roots = np.linalg.cholesky(gmm.covariances_)\n"
    "    return gmm.means_[chosen] + np.einsum('nd,nde->ne', noise, roots[chosen])  # noise @ L\n",
    "sizes": "bits = {q: bits[q] for q in basis_sizes[:1]}",
    "ten-classes": "drawn = by_class.sample(100, random_state=SEED)  # of any class",
}


@pytest.fixture(scope="module")
def solution(build):
    return build.read_master()


@pytest.fixture
def small(monkeypatch):
    """Digits in the place of the 70,000 images: no file, no network, seconds.

    One thread, here and in a kernel: on data so small more of them only wait for each other when cores are shared.
    """
    monkeypatch.setenv("MIXTURA_NOTEBOOK_DATASET", "digits")
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    with threadpool_limits(1):
        yield


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def names(notebook, **role):
    """Names of the cells whose metadata for nbgrader have all these values."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return [mark["grade_id"] for mark in marks if mark and role.items() <= mark.items()]


def run(source, name, variables):
    exec(compile(source, name, "exec"), variables)


def test_the_solution_runs_from_top_to_bottom_in_a_kernel(build, solution, small, monkeypatch):
    """As ``make notebooks`` with ``--execute`` runs it; every picture is drawn."""
    monkeypatch.delenv("MPLBACKEND", raising=False)  # which the command line sets for its own pictures
    outputs = [output for cell in code(build.execute(solution)) for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 15


def test_students_stop_only_at_their_blanks(build, solution, small, shown):
    """Each blank raises NotImplementedError; with its solution in place all goes on to the next; no check is blind."""
    student = build.student_version(solution)
    answers, checks = names(solution, solution=True, grade=False), set(names(solution, locked=True))
    assert {f"{name}-check" for name in WRONG} == checks
    variables = {}
    wrong = None  # what the last blank was filled with, in a world of its own
    for cell, own in zip(code(student), code(solution), strict=True):
        if cell.id in answers:
            with pytest.raises(NotImplementedError):
                run(cell.source, cell.id, dict(variables))
            run(own.source, cell.id, variables)
            if cell.id in WRONG:
                wrong = dict(variables)
                run(WRONG[cell.id], f"{cell.id} (wrong)", wrong)
            continue
        assert cell.source == own.source
        if cell.id in checks:
            with pytest.raises(AssertionError):
                run(cell.source, f"{cell.id} (wrong)", wrong)
        run(cell.source, cell.id, variables)
    assert variables["train"].name == "digits"
    assert len(shown) >= 15


def test_every_answer_is_blank_for_students(build, solution):
    student = build.student_version(solution)
    for cell in student.cells:
        assert "SOLUTION" not in cell.source
        if cell.id in names(solution, solution=True):
            assert "YOUR CODE HERE" in cell.source or cell.source == "YOUR ANSWER HERE"
    assert len(names(solution, solution=True, grade=False)) >= 12
    assert len(names(solution, solution=True, grade=True)) >= 8


def test_every_checked_answer_stands_right_before_its_check(solution):
    for before, cell in pairwise(solution.cells):
        if cell.id.endswith("-check"):
            assert cell.id == f"{before.id}-check"


@pytest.fixture
def data_cell(solution):
    """Run the imports, then what was monkeypatched, then the cell that finds images; return its variables."""

    def run_cell(**replaced):
        imports = code(solution)[0]
        (finds,) = (cell for cell in code(solution) if "MIXTURA_NOTEBOOK_DATASET" in cell.source)
        variables = {}
        run(imports.source, imports.id, variables)
        variables.update(replaced)
        run(finds.source, finds.id, variables)
        return variables

    return run_cell


def test_without_fashion_mnist_the_digits_serve_and_it_says_so(data_cell, monkeypatch, capsys):
    monkeypatch.delenv("MIXTURA_NOTEBOOK_DATASET", raising=False)

    def nowhere(split):
        raise DatasetNotFoundError("was found in none of its sources")

    variables = data_cell(load_fashion_mnist=nowhere)
    assert (variables["train"].name, variables["test"].name) == ("digits", "digits")
    assert not variables["IS_FASHION"]
    printed = capsys.readouterr().out
    assert "was found in none of its sources" in printed
    assert "digits of 8 by 8 pixels instead" in printed


def test_fashion_mnist_comes_first_with_the_sizes_of_the_lab(data_cell, monkeypatch):
    monkeypatch.delenv("MIXTURA_NOTEBOOK_DATASET", raising=False)
    images, labels = np.zeros((2, 28, 28), dtype=np.uint8), np.array([0, 2], dtype=np.uint8)
    found = ImageSet(images, labels, ("a", "b", "c"), name="Fashion-MNIST", source="Made up.")
    variables = data_cell(load_fashion_mnist=lambda split: found)
    assert variables["train"] is found
    assert (variables["N_BASIS"], variables["N_COMPONENTS"]) == (100, 25)


def test_the_readme_names_the_points_that_there_are(solution):
    marks = [cell.metadata.get("nbgrader", {}) for cell in solution.cells]
    by_check = sum(mark["points"] for mark in marks if mark and mark["locked"])
    by_hand = sum(mark["points"] for mark in marks if mark and mark["grade"] and mark["solution"])
    readme = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    assert f"{by_check} points are given by the checks, {by_hand} by hand" in readme
