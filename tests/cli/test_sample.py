"""``mixtura sample``."""

import io

import numpy as np
import pandas as pd


def test_names_and_numbers(run, model):
    ran = run("sample", "model.mix", "-n", 5, "--seed", 4)
    frame = pd.read_csv(io.StringIO(ran.out))
    assert frame.columns.tolist() == ["width", "length"]
    assert (frame.to_numpy() == model.sample(5, random_state=4)[0]).all()


def test_without_names(run, unnamed):
    document = run("sample", "unnamed.mix", "-n", 2, "--json").document
    assert document["columns"] == ["x0", "x1"]
    assert np.shape(document["values"]) == (2, 2)


def test_a_seed_repeats_and_none_does_not(run, model):
    """The seed of the fit, which the model keeps, does not make samples repeat."""
    assert run("sample", "model.mix", "--seed", 1).out == run("sample", "model.mix", "--seed", 1).out
    assert run("sample", "model.mix").out != run("sample", "model.mix").out


def test_a_sample_is_data_again(run, model):
    assert run("sample", "model.mix", "-n", 500, "-o", "new.parquet", "--seed", 0).out.startswith("Wrote 500 rows")
    assert run("fit", "new.parquet", "-k", 2, "-o", "again.mix").code == 0
    assert run("predict", "again.mix", "plain.csv").code == 0


def test_how_many(refuse, model):
    refuse(2, "'--rows'", "sample", "model.mix", "-n", 0)
