"""``mixtura score``."""

import numpy as np
import pytest


def test_the_figures_are_those_of_the_estimator(run, model, unnamed, flowers):
    X = flowers[0]
    document = run("score", "unnamed.mix", "flowers.npy", "--json").document
    assert document["mean_log_likelihood"] == unnamed.score(X)
    assert document["log_likelihood"] == pytest.approx(60 * unnamed.score(X))
    assert (document["bic"], document["aic"], document["icl"]) == (unnamed.bic(X), unnamed.aic(X), unnamed.icl(X))
    assert (document["rows"], document["n_parameters"]) == (60, 11)
    assert run("score", "model.mix", "shuffled.csv", "--json").document == document


def test_people_read_a_table(run, unnamed, flowers):
    lines = run("score", "unnamed.mix", "flowers.npy").out.splitlines()
    assert lines[0].split() == ["rows", "60"]
    assert lines[1].split() == ["mean", "log-likelihood", f"{unnamed.score(flowers[0]):.6f}", "nats", "per", "row"]
    assert lines[4].split()[0] == "BIC"
    assert lines[4].endswith("lower is better")


def test_each_row(run, unnamed, flowers):
    assert run("score", "unnamed.mix", "flowers.npy", "--per-row", "-o", "out.npy").code == 0
    assert (np.load("out.npy") == unnamed.score_samples(flowers[0])).all()
    printed = run("score", "unnamed.mix", "flowers.npy", "--per-row").out.split()
    assert printed[0] == "log_density"
    assert [float(cell) for cell in printed[1:]] == unnamed.score_samples(flowers[0]).tolist()


def test_a_density_of_zero_is_null_in_json(run, unnamed, data):
    (data / "far.csv").write_text("1e200,0\n0,5\n")
    values = run("score", "unnamed.mix", "far.csv", "--per-row", "--json").document["values"]
    assert values[0] is None
    assert values[1] < 0


def test_a_file_of_sums_is_refused(refuse, unnamed):
    refuse(2, "--output goes with --per-row", "score", "unnamed.mix", "flowers.npy", "-o", "a.csv")


def test_weights_count_rows(run, refuse, unnamed, flowers, data):
    """Weights of 1 and 2 are the rows written once and twice; the column is no data."""
    X, weights = flowers[0], np.repeat([1.0, 2.0], 30)
    np.savetxt(data / "weighted.csv", np.column_stack([weights, X]), delimiter=",", fmt="%.17g")
    np.save(data / "twice.npy", np.concatenate([X, X[30:]]))
    document = run("score", "unnamed.mix", "weighted.csv", "--weights", "0", "--json").document
    plain = run("score", "unnamed.mix", "twice.npy", "--json").document
    assert document == pytest.approx(plain, rel=1e-12)
    assert run("score", "unnamed.mix", "weighted.csv", "--weights", "0").out.split()[:2] == ["rows", "90"]
    refuse(2, "--weights goes with the sums", "score", "unnamed.mix", "weighted.csv", "--weights", "0", "--per-row")
    refuse(3, "cannot be both", "score", "unnamed.mix", "weighted.csv", "--weights", "0", "--columns", "0,1")
